// The three reference programs of the language, as in the design.
#pragma once
#include <ingot/dsl.hpp>

namespace reference {
using namespace ingot;
using namespace ingot::literals;

// 1. MLP with a search
inline constexpr auto fashion = model(
    input(28, 28) | flatten | dense("units"_hp = range(32, 512, 32), relu).as("hidden") | dense(10).as("logits"),
    sparse_categorical_crossentropy(from_logits), adam("learning_rate"_hp = choice(1e-2, 1e-3, 1e-4)), random_search{val_accuracy, 10});

// 2. CNN
inline constexpr auto cats = model(input(150, 150, 3)                                                         //
                                       | conv2d(32, 3, same, relu, he_uniform) | max_pool(2) | dropout(0.2)   //
                                       | conv2d(128, 3, same, relu, he_uniform) | max_pool(2) | dropout(0.2)  //
                                       | flatten | dense(512, relu, l1_l2(1e-5, 1e-4)) | dense(1, sigmoid),
                                   binary_crossentropy, adam(1e-3), early_stopping{val_loss, 3});

// 3. residual net: reusable block with a searched width, conditional layers, a choice of heads
constexpr auto unit = [](auto width) {
  return residual(conv2d(width, 3, same) | batch_norm | activation(relu) | conv2d(width, 3, same) | batch_norm) | activation(relu);
};
constexpr auto down = [](auto width) {
  return residual(conv2d(width, 3, same, strides(2)), conv2d(width, 1, same, strides(2))) | activation(relu);
};
inline constexpr auto resnet = model(input(32, 32, 3)                                                                                    //
                                         | (conv2d("width"_hp = range(16, 64, 16), 3, same) | batch_norm | activation(relu)).as("stem")  //
                                         | repeat<"depth1", 1, 3>([](auto) { return unit("width"_hp); })                                 //
                                         | down("width"_hp * 2) | repeat<"depth2", 1, 3>([](auto) { return unit("width"_hp * 2); })      //
                                         | either<"head">(global_avg_pool, max_pool(4) | flatten)                                        //
                                         | repeat<"layers", 0, 3>([](auto i) {
                                             return dense("units"_hp[i] = range(32, 128, 32), "act"_hp[i] = choice(relu, gelu)) |
                                                    when("drop"_hp[i] = flag, dropout("rate"_hp[i] = range(0.1, 0.5)));
                                           })  //
                                         | dense(10, softmax).as("scores"),
                                     sparse_categorical_crossentropy, sgd("lr"_hp = log_range(1e-3, 1e-1), 0.9),
                                     random_search{val_accuracy, 50}, early_stopping{val_loss, 5});

}  // namespace reference
