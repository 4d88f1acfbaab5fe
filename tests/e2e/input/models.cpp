// What input_test.py trains: cached image files, augmented and mixed batches.
#include <ingot/dsl.hpp>

using namespace ingot;
using namespace ingot::literals;

inline constexpr auto cached = model(input(12, 10, 3) | flatten | dense(8, relu) | dense(3), sparse_categorical_crossentropy(from_logits),
                                     adam(0.01), cache(file), batch(8), epochs(3), validation(0.2), rescale(1 / 255.));
INGOT_EXPORT(cached);

// Everything at once, with dropout beside it.
inline constexpr auto crafted =
    model(input(12, 10, 3) | conv2d(4, 3, relu) | flatten | dropout(0.2) | dense(3), sparse_categorical_crossentropy(from_logits),
          adam(0.01), cache(file),
          augment(random_flip(), random_rotation(0.1), random_zoom(0.1, nearest), random_crop(1), random_brightness(0.1),
                  random_contrast(0.2), random_hue(0.05), random_saturation(0.2), random_erasing(0.3), random_noise(0.02)),
          mixup(0.3), cutmix(1), batch(8), epochs("epochs"_hp = choice(4, 40)), validation(0.2), rescale(1 / 255.), metrics(f1));
INGOT_EXPORT(crafted);

// The mixed target of a binary loss is a number between 0 and 1.
inline constexpr auto binary_mixed = model(input(12, 10, 3) | flatten | dense(1).as("score"), binary_crossentropy(from_logits), adam(0.01),
                                           mixup(0.4), batch(8), epochs(8), validation(0.2), rescale(1 / 255.));
INGOT_EXPORT(binary_mixed);

// A recipe with all that a checkpoint must carry, for kill_test.py: cached, augmented and mixed rows, dropout, moving statistics, gathered
// gradients, an average of the weights, weights that are pruned, a rate that falls, early stopping, a scale of the loss that moves.
inline constexpr auto whole_craft =
    model(input(12, 10, 3) | conv2d(8, 3, same).as("conv") | batch_norm | activation(relu) | spatial_dropout(0.1) | max_pool(2) | flatten |
              dense(32, relu, l2(1e-4)).as("hidden") | dropout(0.3) | dense(3).as("logits"),
          sparse_categorical_crossentropy(from_logits), adamw(0.01), cache(file),
          augment(random_flip(), random_rotation(0.05), random_brightness(0.1), random_noise(0.02)), mixup(0.3), accumulate(2),
          ema(0.9, overwrite_every(7)), clip_global_norm(1), mixed_precision(f16, loss_scale(16777216), growth_after(20)),
          prune(polynomial_sparsity(0.1, 0.75), starting(epochs(2)), ending(epochs(12)), every(updates(7)), blocks(2, 4), only("hidden")),
          reduce_on_plateau{.monitor = val_loss, .patience = 3}, gradcheck_every(40), metrics(f1),
          early_stopping{.monitor = val_loss, .patience = 100, .restore_best_weights = true}, stop_when(time_budget(1000)), batch(8),
          epochs(24), validation(0.2), rescale(1 / 255.));
INGOT_EXPORT(whole_craft);
