// A network wide enough to learn 2,000 images by heart, with augmentation whose factors are hyper-parameters: 0 leaves the images as they
// are.
#include <ingot/dsl.hpp>

using namespace ingot;
using namespace ingot::literals;

// clang-format off: one line for each layer
inline constexpr auto augmentation = model(
    input(28, 28)
      | flatten
      | dense(512, relu).as("hidden")
      | dense(10).as("logits"),
    sparse_categorical_crossentropy(from_logits),
    adam(1e-3),
    augment(random_rotation("turn"_hp = range(0.0, 0.2)),
            random_zoom("zoom"_hp = range(0.0, 0.5)),
            random_translation("shift"_hp = range(0.0, 0.5))),
    batch(32), epochs(60), validation(5000), rescale(1 / 255.));

INGOT_EXPORT(augmentation);
