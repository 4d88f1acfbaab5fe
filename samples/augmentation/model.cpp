#include <ingot/dsl.hpp>

using namespace ingot;
using namespace ingot::literals;

// 2,000 pictures for 407,050 weights: without augmentation they are learned by heart. With factors of 0 the images stay as they are.
inline constexpr auto augmentation = model(
    input(28, 28)
      | flatten
      | dense(512, relu).as("hidden")
      | dense(10).as("logits"),
    sparse_categorical_crossentropy(from_logits),
    adam(1e-3),
    augment(random_rotation("turn"_hp = choice(0.0, 0.02)),
            random_zoom("zoom"_hp = choice(0.0, 0.1)),
            random_translation("shift"_hp = choice(0.0, 0.05))),
    batch(32), epochs(30), validation(58000), rescale(1 / 255.),
    random_search{val_accuracy, 8});

INGOT_EXPORT(augmentation);
