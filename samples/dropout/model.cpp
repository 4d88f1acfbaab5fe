// A network wide enough to learn 2,000 images by heart, with dropout and noise that are hyper-parameters: 0 is none.
#include <ingot/dsl.hpp>

using namespace ingot;
using namespace ingot::literals;

// clang-format off: one line for each layer
inline constexpr auto dropout_mlp = model(
    input(28, 28)
      | flatten
      | gaussian_noise("noise"_hp = range(0.0, 1.0))
      | dense(512, relu).as("hidden")
      | dropout("rate"_hp = range(0.0, 0.9))
      | dense(10).as("logits"),
    sparse_categorical_crossentropy(from_logits),
    adam(1e-3),
    batch(32), epochs(40), validation(5000), rescale(1 / 255.));

INGOT_EXPORT(dropout_mlp);
