// Models on folders of images: dense ones for images_test.py, and the network of samples/cats_vs_dogs on few pixels for figures_test.py.
#include <ingot/dsl.hpp>

using namespace ingot;

inline constexpr auto colours = model(input(12, 16, 3) | flatten | dense(16, relu) | dense(3).as("scores"),
                                      sparse_categorical_crossentropy(from_logits), adam(1e-2), batch(8), epochs(12), rescale(1 / 255.));

inline constexpr auto brightness = model(input(10, 10, 1) | flatten | dense(8, relu) | dense(1, sigmoid).as("bright"), binary_crossentropy,
                                         adam(1e-2), batch(8), epochs(12), validation(0.2), standardize);

inline constexpr auto figures =
    model(input(40, 40, 3) | conv2d(16, 3, same, relu, he_uniform) | max_pool(2) | dropout(0.2) | conv2d(32, 3, same, relu, he_uniform) |
              max_pool(2) | dropout(0.2) | flatten | dense(64, relu, he_uniform) | dense(1, sigmoid).as("probability"),
          binary_crossentropy, adam(1e-3), batch(32), epochs(8), validation(0.2), rescale(1 / 255.));

INGOT_EXPORT(colours);
INGOT_EXPORT(brightness);
INGOT_EXPORT(figures);
