// One network and five ways for the learning rate to go over 10 epochs.
#include <ingot/dsl.hpp>

using namespace ingot;

constexpr auto network = input(28, 28) | flatten | dense(128, relu).as("hidden") | dense(10).as("logits");
constexpr auto loss = sparse_categorical_crossentropy(from_logits);
constexpr auto scale = rescale(1 / 255.);

inline constexpr auto rate_constant = model(network, loss, adam(3e-3), batch(128), epochs(10), validation(10000), scale);
inline constexpr auto rate_exponential =
    model(network, loss, adam(3e-3), exponential_decay(epochs(1), 0.7), batch(128), epochs(10), validation(10000), scale);
inline constexpr auto rate_cosine =
    model(network, loss, adam(3e-3), cosine_decay(warmup(epochs(1))), batch(128), epochs(10), validation(10000), scale);
inline constexpr auto rate_one_cycle = model(network, loss, adam(3e-3), one_cycle(), batch(128), epochs(10), validation(10000), scale);
inline constexpr auto rate_plateau = model(network, loss, adam(3e-3), reduce_on_plateau{.monitor = val_loss, .factor = 0.3, .patience = 1},
                                           batch(128), epochs(10), validation(10000), scale);

INGOT_EXPORT(rate_constant);
INGOT_EXPORT(rate_exponential);
INGOT_EXPORT(rate_cosine);
INGOT_EXPORT(rate_one_cycle);
INGOT_EXPORT(rate_plateau);
