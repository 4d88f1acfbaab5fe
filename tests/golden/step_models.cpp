// The networks of samples/fashion_cnn (without dropout) and samples/resnet, narrowed: single steps of them are compared with PyTorch's, one
// for each configuration of torch_steps.py with the same name.
#include <ingot/dsl.hpp>

using namespace ingot;

inline constexpr auto step_cnn =
    model(input(28, 28, 1) | conv2d(6, 3, same, relu).as("conv1") | max_pool(2) | conv2d(8, 3, same, relu).as("conv2") | max_pool(2) |
              flatten | dense(16, relu).as("hidden") | dense(10).as("logits"),
          sparse_categorical_crossentropy(from_logits), adam(1e-3), batch(16), rescale(1 / 255.));

constexpr auto normalized = [](int width) { return conv2d(width, 3, same, no_bias) | batch_norm; };
constexpr auto unit = [](int width) { return residual(normalized(width) | activation(relu) | normalized(width)) | activation(relu); };
constexpr auto down = [](int width) {
  return residual(conv2d(width, 3, same, strides(2), no_bias) | batch_norm | activation(relu) | normalized(width),
                  conv2d(width, 1, same, strides(2), no_bias) | batch_norm) |
         activation(relu);
};

inline constexpr auto step_resnet =
    model(input(16, 16, 3) | normalized(4) | activation(relu) | unit(4) | unit(4) | unit(4) | down(8) | unit(8) | unit(8) | down(16) |
              unit(16) | unit(16) | global_avg_pool | dense(10).as("logits"),
          sparse_categorical_crossentropy(from_logits), sgd(0.03, momentum(0.9)), batch(16), rescale(1 / 255.));

INGOT_EXPORT(step_cnn);
INGOT_EXPORT(step_resnet);
