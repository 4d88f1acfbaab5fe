// Models whose recipes use what tests/e2e/recipe_test.py asks for.
#include <ingot/dsl.hpp>

using namespace ingot;

constexpr auto network = input(20) | dense(24, tanh_act).as("hidden") | dense(1).as("logits");

// the same updates in one batch of 32 rows, and in four of 8
inline constexpr auto recipe_whole = model(network, mse, sgd(0.05, momentum(0.9)), cosine_decay(epochs(3)), batch(32));
inline constexpr auto recipe_parts = model(network, mse, sgd(0.05, momentum(0.9)), cosine_decay(epochs(3)), batch(8), accumulate(4));

inline constexpr auto recipe_everything =
    model(network, mse, nadam(0.01, weight_decay(1e-3)), cosine_restarts(updates(50), warmup(epochs(0.5))), clip_global_norm(1),
          accumulate(2), ema(0.9, overwrite_every(7)), no_decay_on_bias_and_norm, group("logits", rate_multiplier(0.5)), batch(16),
          epochs(40), validation(200), stop_when(train_loss < 0.3 || (prechelt_gl(50) && prechelt_up(2, 2))));

// statistics of a normalization that move while gradients are gathered, and figures of whole passes that are watched
inline constexpr auto recipe_measured =
    model(input(20) | dense(24).as("hidden") | batch_norm.as("norm") | activation(relu) | dense(1).as("logits"),
          binary_crossentropy(from_logits, label_smoothing(0.05)), adamw(0.01), metrics(auc, f1), class_weight(1, 2), accumulate(2),
          ema(0.9), clip_norm(1), no_decay_on_bias_and_norm, reduce_on_plateau{.monitor = val_f1, .patience = 3}, batch(32), epochs(40),
          validation(256), stop_when(val_auc > 0.9));

// that one's network, whose body stays as --init gives it
inline constexpr auto recipe_frozen =
    model(input(20) | dense(24).as("hidden").frozen() | batch_norm.as("norm").frozen() | activation(relu) | dense(1).as("logits"),
          binary_crossentropy(from_logits), adamw(0.01), batch(32), epochs(2));

// weights that are chosen again and again in the middle of accumulated gradients, an average and constraints
inline constexpr auto recipe_pruned =
    model(input(20) | dense(24, tanh_act, max_norm(1.5), bias_constraint(max_norm(1))).as("hidden") |
              residual(dense(24) | stochastic_depth(0.1)) | dense(1).as("logits"),
          mse, adam(0.01), accumulate(2), ema(0.9), clip_global_norm(1), batch(16), epochs(12), validation(200),
          prune(polynomial_sparsity(0.1, 0.75), starting(epochs(1)), ending(epochs(6)), every(updates(7)), blocks(2, 4),
                only("hidden", "logits")),
          early_stopping{.monitor = val_loss, .patience = 100, .restore_best_weights = true});

// the same training within half of the memory
constexpr auto images = input(20) | reshape(5, 4, 1) | conv2d(16, 3, same, no_bias) | batch_norm | activation(relu) |
                        conv2d(16, 3, same, no_bias) | batch_norm | activation(relu) | conv2d(16, 3, same, relu) | flatten |
                        dense(1).as("logits");
inline constexpr auto recipe_unlimited = model(images, mse, sgd(0.02, momentum(0.9)), batch(64), epochs(2));
inline constexpr auto recipe_limited = model(images, mse, sgd(0.02, momentum(0.9)), batch(64), epochs(2), step_memory(640 * 1024));

INGOT_EXPORT(recipe_whole);
INGOT_EXPORT(recipe_parts);
INGOT_EXPORT(recipe_everything);
INGOT_EXPORT(recipe_measured);
INGOT_EXPORT(recipe_pruned);
INGOT_EXPORT(recipe_unlimited);
INGOT_EXPORT(recipe_limited);
INGOT_EXPORT(recipe_frozen);
