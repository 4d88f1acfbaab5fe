// One network in three precisions: what differs is a word of the recipe.
#include <ingot/dsl.hpp>

using namespace ingot;

constexpr auto network = input(28, 28) | flatten | dense(1024, relu).as("one") | dense(1024, relu).as("two") |
                         dense(1024, relu).as("three") | dense(10).as("logits");
constexpr auto loss = sparse_categorical_crossentropy(from_logits);

inline constexpr auto fashion_f32 =
    model(network, loss, adam(1e-3), cosine_decay(), batch(256), epochs(4), validation(10000), rescale(1 / 255.));
inline constexpr auto fashion_bf16 =
    model(network, loss, adam(1e-3), cosine_decay(), batch(256), epochs(4), validation(10000), rescale(1 / 255.), mixed_precision(bf16));
inline constexpr auto fashion_f16 = model(network, loss, adam(1e-3), cosine_decay(), batch(256), epochs(4), validation(10000),
                                          rescale(1 / 255.), mixed_precision(f16, growth_after(200)));

INGOT_EXPORT(fashion_f32);
INGOT_EXPORT(fashion_bf16);
INGOT_EXPORT(fashion_f16);
