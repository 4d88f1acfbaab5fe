// A network wide enough to learn 2,000 images by heart, with the penalties that keep it from doing so.
#include <ingot/dsl.hpp>

using namespace ingot;
using namespace ingot::literals;

// clang-format off: one line for each layer
inline constexpr auto regularization_mlp = model(
    input(28, 28)
      | flatten
      | dense(512, relu, l1_l2("l1"_hp = range(0.0, 0.1), "l2"_hp = range(0.0, 0.1))).as("hidden")
      | dense(10).as("logits"),
    sparse_categorical_crossentropy(from_logits),
    adamw(1e-3, weight_decay("decay"_hp = range(0.0, 10.0))),
    batch(32), epochs(40), validation(5000), rescale(1 / 255.));

INGOT_EXPORT(regularization_mlp);
