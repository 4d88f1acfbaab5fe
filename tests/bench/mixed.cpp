// Four layers of 2048 in f32 and in mixed precision: what the figure `mixed` compares.
#include <ingot/dsl.hpp>

using namespace ingot;

constexpr auto network = input(28, 28) | flatten | dense(2048, relu).as("one") | dense(2048, relu).as("two") |
                         dense(2048, relu).as("three") | dense(2048, relu).as("four") | dense(10).as("logits");
constexpr auto loss = sparse_categorical_crossentropy(from_logits);

inline constexpr auto wide_f32 = model(network, loss, adam(1e-4), batch(256), rescale(1 / 255.));
inline constexpr auto wide_bf16 = model(network, loss, adam(1e-4), batch(256), rescale(1 / 255.), mixed_precision(bf16));
inline constexpr auto wide_f16 = model(network, loss, adam(1e-4), batch(256), rescale(1 / 255.), mixed_precision(f16));

INGOT_EXPORT(wide_f32);
INGOT_EXPORT(wide_bf16);
INGOT_EXPORT(wide_f16);
