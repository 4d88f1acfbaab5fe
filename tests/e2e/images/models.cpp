// Dense models on images: what images_test.py feeds from folders.
#include <ingot/dsl.hpp>

using namespace ingot;

inline constexpr auto colours = model(input(12, 16, 3) | flatten | dense(16, relu) | dense(3).as("scores"),
                                      sparse_categorical_crossentropy(from_logits), adam(1e-2), batch(8), epochs(12), rescale(1 / 255.));

inline constexpr auto brightness = model(input(10, 10, 1) | flatten | dense(8, relu) | dense(1, sigmoid).as("bright"), binary_crossentropy,
                                         adam(1e-2), batch(8), epochs(12), validation(0.2), standardize);

INGOT_EXPORT(colours);
INGOT_EXPORT(brightness);
