// One network and three recipes: 30 epochs whatever happens, Keras's early stopping, and one of Prechelt's criteria. The learning rate
// falls by a fifth with each epoch, so that a long run comes to rest and is no lottery at its end.
#include <ingot/dsl.hpp>

using namespace ingot;

// clang-format off: one line for each recipe
constexpr auto network = input(28, 28) | flatten | dense(256, relu).as("hidden") | dropout(0.2) | dense(10).as("logits");
constexpr auto loss = sparse_categorical_crossentropy(from_logits);
constexpr auto rate = exponential_decay(epochs(1), 0.8);
constexpr auto scale = rescale(1 / 255.);

inline constexpr auto stopping_fixed = model(network, loss, adam(2e-3), rate, batch(128), epochs(30), validation(10000), scale);

inline constexpr auto stopping_patience = model(network, loss, adam(2e-3), rate, batch(128), epochs(30), validation(10000), scale,
    early_stopping{.monitor = val_loss, .patience = 3, .min_delta = 1e-3, .restore_best_weights = true});

inline constexpr auto stopping_prechelt = model(network, loss, adam(2e-3), rate, batch(128), epochs(30), validation(10000), scale,
    stop_when(prechelt_gl(0.5)));

INGOT_EXPORT(stopping_fixed);
INGOT_EXPORT(stopping_patience);
INGOT_EXPORT(stopping_prechelt);
