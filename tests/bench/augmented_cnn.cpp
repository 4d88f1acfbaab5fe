// The sample fashion_cnn with augmentation, to see what that costs.
#include <ingot/dsl.hpp>

using namespace ingot;
using namespace ingot::literals;

inline constexpr auto augmented_cnn =
    model(input(28, 28, 1) | conv2d(32, 3, same, relu).as("conv1") | max_pool(2) | dropout("rate"_hp = range(0.2, 0.5)) |
              conv2d("filters"_hp = choice(64, 32, 96), 3, same, relu).as("conv2") | max_pool(2) | dropout("rate"_hp) | flatten |
              dense(128, relu).as("hidden") | dense(10).as("logits"),
          sparse_categorical_crossentropy(from_logits), adam("learning_rate"_hp = choice(1e-3, 3e-3, 3e-4)),
          augment(random_flip(), random_rotation(0.05), random_zoom(0.1), random_translation(0.1), random_contrast(0.2)), batch(64),
          epochs(10), validation(10000), rescale(1 / 255.));

INGOT_EXPORT(augmented_cnn);
