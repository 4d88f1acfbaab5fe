// Sealing, the recipe's craft: augmentation, mixed batches, pruning, precision.
#pragma once
#include <ingot/dsl/evaluate.hpp>
#include <ingot/dsl/recipe.hpp>
#include <ingot/dsl/sealing.hpp>

namespace ingot::detail {

constexpr void check_order(sealing& s, const num& low, const num& high) {
  if (low.hp < 0 && high.hp < 0 && low.k > high.k) s.fail(error::reversed_range, 0, {}, low.k, high.k);
}

/// The ranges of an augmentation, and its bounds.
constexpr void check_augmentation(sealing& s, const augment_t& a) {
  const auto number = [&](int k, bound b, std::string_view name) { check_number(s, a.value[k], b, name, -1, 0); };
  if (a.kind == augment_kind::crop) number(0, bound::nonnegative_integer, "padding of random_crop");
  if (a.kind == augment_kind::noise) number(0, bound::nonnegative, "deviation of random_noise");
  if (a.kind == augment_kind::erasing) {
    number(0, bound::unit_closed, "probability of random_erasing");
    number(1, bound::unit_closed, "smallest share");
    number(2, bound::unit_closed, "largest share");
    check_order(s, a.value[1], a.value[2]);
  }
  for (int k = 0; k < a.ranges; ++k) {
    const bool mirrored = (a.mirrored >> k & 1U) != 0;
    const num &low = a.value[2 * k], &high = a.value[2 * k + 1];
    number(2 * k, bound::none, "an augmentation's factor");
    number(2 * k + 1, mirrored ? bound::nonnegative : bound::none, "an augmentation's factor");
    if (!mirrored) check_order(s, low, high);
    const num& smallest = mirrored ? high : low;
    const double zoom = mirrored ? -smallest.k : smallest.k;
    if (a.kind == augment_kind::zoom && smallest.hp < 0 && !(zoom > -1)) s.fail(error::zoom_factor, 0, {}, zoom);
  }
  check_number(s, a.fill_value, bound::none, "fill value", -1, 0);
}

constexpr bool is_given(const num& n) { return n.hp >= 0 || n.k != 0; }

constexpr void check_pruning(sealing& s, const prune_t& p) {
  if (p.form == prune_form::none) return;
  const bool half = p.form == prune_form::n_of_m;
  if (half == is_given(p.final)) s.fail(error::prune_share, 0, {}, half ? 1 : 0);
  if (half && p.scope == prune_scope::global) s.fail(error::prune_global, 0, {});
  const auto duration = [&](const duration_t& d, std::string_view name) { check_number(s, d.n, bound::nonnegative, name, -1, 0); };
  check_number(s, p.initial, bound::unit_open, "sparsity", -1, 0);
  check_number(s, p.final, bound::unit_open, "sparsity", -1, 0);
  check_number(s, p.power, bound::positive, "decay power", -1, 0);
  duration(p.begin, "start of pruning");
  duration(p.end, "end of pruning");
  check_number(s, p.frequency.n, bound::positive, "time between choices", -1, 0);
  for (const std::int32_t extent : {p.rows, p.columns})
    check_number(s, num{static_cast<double>(extent), -1, 0}, bound::at_least_one, "block", -1, 0);
}

constexpr void check_craft(sealing& s, const recipe_sink& sink, const craft_t& c) {
  if (sink.cache_late) s.fail(error::cache_late, 0, {});
  if (sink.n_augmentations > max_augmentations) s.fail(error::many_augmentations, 0, {}, sink.n_augmentations);
  if (sink.n_pruned > max_pruned) s.fail(error::many_pruned, 0, {}, sink.n_pruned);
  for (int k = 0; k < c.n_augmentations; ++k) check_augmentation(s, c.augment[k]);
  check_number(s, c.pixel_low, bound::none, "lowest value", -1, 0);
  check_number(s, c.pixel_high, bound::none, "highest value", -1, 0);
  if (c.pixel_low.hp < 0 && c.pixel_high.hp < 0 && !(c.pixel_low.k < c.pixel_high.k))
    s.fail(error::reversed_range, 0, {}, c.pixel_low.k, c.pixel_high.k);
  check_number(s, c.mixup, bound::nonnegative, "alpha of mixup", -1, 0);
  check_number(s, c.cutmix, bound::nonnegative, "alpha of cutmix", -1, 0);
  check_pruning(s, c.prune);
  check_number(s, c.precision.loss_scale, bound::positive, "loss scale", -1, 0);
  check_number(s, c.precision.growth, bound::nonnegative_integer, "number of updates", -1, 0);
  check_number(s, num{static_cast<double>(c.gradcheck_every), -1, 0}, bound::nonnegative_integer, "number of updates", -1, 0);
}

/// Augmentation and cutmix want images, changes of colour those with three channels.
constexpr void check_images(sealing& s, const craft_t& c) {
  bool colours = false;
  for (int k = 0; k < c.n_augmentations; ++k)
    colours = colours || c.augment[k].kind == augment_kind::hue || c.augment[k].kind == augment_kind::saturation;
  const bool images = c.n_augmentations > 0 || is_given(c.cutmix);
  for (int i = 0; images && i < s.n_ops && s.ops[i].kind == op_kind::input; ++i) {
    const shape of = input_shape(s.ops[i]);
    if (of.rank < 2)
      s.fail_op(error::augment_input, i, {}).a = of;
    else if (colours && !(of.rank == 3 && of.d[2] == 3))
      s.fail_op(error::augment_colours, i, {}).a = of;
  }
}

constexpr bool mixes(const craft_t& c) { return is_given(c.mixup) || is_given(c.cutmix); }

/// The target of a mixed row is a distribution over the classes, for which sparse categorical cross-entropy is the categorical one:
/// both are linear in it, so loss and gradient are the shares of those of the two rows.
constexpr void spread_targets(recipe_t& r) {
  for (int k = 0; mixes(r.craft) && k < r.n_outputs; ++k)
    if (r.loss[k].kind == loss_kind::sparse_categorical_crossentropy) r.loss[k].kind = loss_kind::categorical_crossentropy;
}

/// What concerns layers by name, inputs and losses. The layers have their names now, the outputs are resolved.
constexpr void check_craft_fits(sealing& s, const recipe_t& r) {
  for (int k = 0; k < r.craft.prune.n_layers; ++k) {
    const name_t& layer = r.craft.prune.layer[k];
    bool known = false;
    for (int i = 0; i < s.n_ops; ++i) known = known || (s.ops[i].name == layer && is_pruned_kind(s.ops[i].kind));
    if (!known) s.fail(error::unknown_pruned, 0, layer);
  }
  check_images(s, r.craft);
  if (!mixes(r.craft)) return;
  for (int k = 0; k < r.n_outputs; ++k)
    if (!is_categorical(r.loss[k].kind) && !is_binary(r.loss[k].kind)) s.fail(error::mix_loss, 0, {}, static_cast<int>(r.loss[k].kind));
}

}  // namespace ingot::detail
