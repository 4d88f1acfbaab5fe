// Photographs of two classes from a folder of image files: two convolutions, each with its pool and dropout, and two dense layers.
#include <ingot/dsl.hpp>

using namespace ingot;
using namespace ingot::literals;

inline constexpr auto cats_vs_dogs =
    model(input(150, 150, 3) | conv2d(32, 3, same, relu, he_uniform).as("conv1") | max_pool(2) | dropout(0.2) |
              conv2d(128, 3, same, relu, he_uniform).as("conv2") | max_pool(2) | dropout(0.2) | flatten |
              dense(512, relu, he_uniform).as("hidden") | dense(1, sigmoid).as("probability"),
          binary_crossentropy, sgd("learning_rate"_hp = choice(1e-3, 3e-3, 1e-2), momentum(0.9)), batch(64), epochs(20), validation(0.2),
          rescale(1 / 127.5, -1), early_stopping{.monitor = val_loss, .patience = 5, .restore_best_weights = true},
          random_search{val_accuracy, 3});

INGOT_EXPORT(cats_vs_dogs);
