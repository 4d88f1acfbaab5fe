// Small models in mixed precision: what programs_test.cpp trains step by step.
#include <ingot/dsl.hpp>

using namespace ingot;

constexpr auto network = input(20) | dense(24, relu).as("one") | dense(16, tanh_act).as("two") | dense(3).as("logits");
constexpr auto loss = sparse_categorical_crossentropy(from_logits);

inline constexpr auto mixed_f16 = model(network, loss, adam(0.01), cosine_decay(updates(40)), ema(0.9), batch(16), epochs(3),
                                        mixed_precision(f16, loss_scale(1024), growth_after(4)));
inline constexpr auto mixed_parts = model(network, loss, sgd(0.1, momentum(0.9)), accumulate(2), clip_global_norm(1), batch(16), epochs(3),
                                          mixed_precision(f16, loss_scale(1024), growth_after(0)));
inline constexpr auto mixed_bf16 = model(network, loss, adam(0.01), batch(16), epochs(3), mixed_precision(bf16));

INGOT_EXPORT(mixed_f16);
INGOT_EXPORT(mixed_parts);
INGOT_EXPORT(mixed_bf16);
