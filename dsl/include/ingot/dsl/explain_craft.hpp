// Mistakes in the craft of a recipe, as sentences.
#pragma once
#include <ingot/dsl/explain_words.hpp>

namespace ingot::detail {

/// Mistakes in caching, augmentation, mixed batches and pruning. False when the code is none of them.
constexpr bool put_craft_mistake(message& m, const diag& d) {
  switch (d.code) {
    case error::cache_late:
      m << "cache stands behind augment, so every epoch would see the same augmented rows; put cache before augment";
      return true;
    case error::many_augmentations:
      say(m, d.x, " augmentations, at most ", max_augmentations, " are possible");
      return true;
    case error::many_pruned:
      say(m, "prune names ", d.x, " layers, at most ", max_pruned, " are possible");
      return true;
    case error::unknown_pruned:
      say(m, "prune names ", d.name.view(), ", which is no dense layer, convolution or embedding of the network");
      return true;
    case error::reversed_range:
      say(m, "the range ", d.x, " .. ", d.y, " of an augmentation is empty");
      return true;
    case error::augment_input:
      say(m, "augment and cutmix want images, height x width or height x width x channels, the input is ", d.a);
      return true;
    case error::mix_loss:
      say(m, "mixup and cutmix mix classes, the loss ", loss_name(static_cast<loss_kind>(static_cast<int>(d.x))), " has none");
      return true;
    case error::augment_colours:
      say(m, "random_hue and random_saturation want images of three channels, the input is ", d.a);
      return true;
    case error::zoom_factor:
      say(m, "random_zoom shows 1 + factor of the image, a factor of ", d.x, " leaves nothing; stay above -1");
      return true;
    case error::prune_share:
      say(m, d.x > 0 ? "prune has two_of_four, which is a share of one half by itself: leave the sparsity out"
                     : "prune has no share of zeros: give constant_sparsity or polynomial_sparsity above 0, or two_of_four");
      return true;
    case error::prune_global:
      m << "two_of_four compares weights within each four of them: leave global_threshold out";
      return true;
    default:
      return false;
  }
}

}  // namespace ingot::detail
