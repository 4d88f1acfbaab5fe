// A network, its search space and how it is trained, as one constant. Shapes are checked by the C++ compiler for every point
// of the space.
#include <ingot/dsl.hpp>

using namespace ingot;
using namespace ingot::literals;

// clang-format off: one line for each layer
inline constexpr auto @PROJECT@ = model(
    input(28, 28)
      | flatten
      | dense("units"_hp = range(32, 512, 32), relu).as("hidden")
      | dense(10).as("logits"),
    sparse_categorical_crossentropy(from_logits),
    adam("learning_rate"_hp = choice(1e-2, 1e-3, 1e-4)),
    batch(32), epochs(10), validation(10000), rescale(1 / 255.),
    random_search{val_accuracy, 10});

INGOT_EXPORT(@PROJECT@);
