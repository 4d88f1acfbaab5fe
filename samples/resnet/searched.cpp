// A residual network whose search decides on width, depth, kernel and head: every point of the space is proven when this file is compiled.
#include <ingot/dsl.hpp>

using namespace ingot;
using namespace ingot::literals;

constexpr auto normalized = [](auto width) { return conv2d(width, "kernel"_hp, same, no_bias, he_normal) | batch_norm; };
constexpr auto unit = [](auto width) { return residual(normalized(width) | activation(relu) | normalized(width)) | activation(relu); };
constexpr auto down = [](auto width) {
  return residual(conv2d(width, 3, same, strides(2), no_bias, he_normal) | batch_norm,
                  conv2d(width, 1, same, strides(2), no_bias, he_normal) | batch_norm) |
         activation(relu);
};

inline constexpr auto searched = model(
    input(32, 32, 3) |
        (conv2d("width"_hp = range(16, 64, 16), "kernel"_hp = choice(3, 5), same, no_bias, he_normal) | batch_norm | activation(relu))
            .as("stem") |
        repeat<"depth1", 1, 3>([](auto) { return unit("width"_hp); }) | down("width"_hp * 2) |
        repeat<"depth2", 1, 3>([](auto) { return unit("width"_hp * 2); }) | either<"head">(global_avg_pool, max_pool(4) | flatten) |
        repeat<"layers", 0, 2>([](auto i) {
          return dense("units"_hp[i] = range(32, 128, 32), "act"_hp[i] = choice(relu, gelu)) |
                 when("drop"_hp[i] = flag, dropout("rate"_hp[i] = range(0.1, 0.5)));
        }) |
        dense(10).as("logits"),
    sparse_categorical_crossentropy(from_logits), sgd("learning_rate"_hp = log_range(1e-3, 1e-1), momentum(0.9)), batch(32), epochs(10),
    validation(0.1), rescale(1 / 255.), early_stopping{.monitor = val_loss, .patience = 5}, random_search{val_accuracy, 50});

INGOT_EXPORT(searched);
