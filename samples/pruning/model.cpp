// A wide dense layer, 98.7 % of the weights: without zeros, for the command `prune`, and pruned in blocks while it trains.
#include <ingot/dsl.hpp>

using namespace ingot;

constexpr auto network = input(28, 28) | flatten | dense(512, relu).as("hidden") | dense(10).as("logits");
constexpr auto loss = sparse_categorical_crossentropy(from_logits);

inline constexpr auto pruning_dense = model(network, loss, adam(1e-3), batch(64), epochs(8), rescale(1 / 255.));

inline constexpr auto pruning_gradual =
    model(network, loss, adam(1e-3), batch(64), epochs(12), rescale(1 / 255.),
          prune(polynomial_sparsity(0.0, 0.8), starting(epochs(2)), ending(epochs(8)), blocks(16, 16), only("hidden")));

INGOT_EXPORT(pruning_dense);
INGOT_EXPORT(pruning_gradual);
