// ResNet-20 for 32x32 colour images (He et al., Deep Residual Learning, section 4.2), with projections where the width changes.
#include <ingot/dsl.hpp>

using namespace ingot;
using namespace ingot::literals;

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

inline constexpr auto resnet20 =
    model(input(32, 32, 3) | (conv2d(16, 3, same, no_bias, he_normal) | batch_norm | activation(relu)).as("stem") | unit(16) | unit(16) |
              unit(16) | down(32) | unit(32) | unit(32) | down(64) | unit(64) | unit(64) | global_avg_pool | dense(10).as("logits"),
          sparse_categorical_crossentropy(from_logits), sgd("learning_rate"_hp = choice(0.1, 0.03, 0.01), momentum(0.9)), batch(64),
          epochs(10), validation(0.1), rescale(1 / 255.), random_search{val_accuracy, 10});

INGOT_EXPORT(resnet20);
