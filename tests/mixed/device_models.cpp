// Models in mixed precision whose device code is looked at (tests/e2e/device_code_test.py): a chain of narrow layers, and the convolutional
// and residual networks of the samples, the latter with one unit of each width.
#include <ingot/dsl.hpp>

using namespace ingot;

constexpr auto loss = sparse_categorical_crossentropy(from_logits);
constexpr auto unit = [](int width) {
  return residual(conv2d(width, 3, same, no_bias, he_normal) | batch_norm | activation(relu) | conv2d(width, 3, same, no_bias, he_normal) |
                  batch_norm) |
         activation(relu);
};
constexpr auto down = [](int width) {
  return residual(conv2d(width, 3, same, strides(2), no_bias, he_normal) | batch_norm | activation(relu) |
                      conv2d(width, 3, same, no_bias, he_normal) | batch_norm,
                  conv2d(width, 1, same, strides(2), no_bias, he_normal) | batch_norm) |
         activation(relu);
};

inline constexpr auto narrow_f16 =
    model(input(32) | dense(64, relu) | dense(64, gelu) | dense(100, tanh_act) | dense(128, silu) | dense(10).as("logits"), loss,
          adam(0.001), batch(256), epochs(1), mixed_precision(f16));
inline constexpr auto cnn_f16 =
    model(input(28, 28, 1) | conv2d(32, 3, same, relu) | max_pool(2) | dropout(0.2) | conv2d(64, 3, same, relu) | max_pool(2) |
              dropout(0.2) | flatten | dense(128, relu) | dense(10).as("logits"),
          loss, adam(0.001), batch(64), epochs(1), rescale(1 / 255.), mixed_precision(f16));
inline constexpr auto resnet_bf16 = model(input(32, 32, 3) | conv2d(16, 3, same, no_bias, he_normal) | batch_norm | activation(relu) |
                                              unit(16) | down(32) | down(64) | global_avg_pool | dense(10).as("logits"),
                                          loss, sgd(0.1, momentum(0.9)), batch(64), epochs(1), rescale(1 / 255.), mixed_precision(bf16));

INGOT_EXPORT(narrow_f16);
INGOT_EXPORT(cnn_f16);
INGOT_EXPORT(resnet_bf16);
