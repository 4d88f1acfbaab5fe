// Sealing, the recipe's craft: augmentation, mixed batches, pruning, precision.
#pragma once
#include <ingot/dsl/evaluate.hpp>
#include <ingot/dsl/recipe.hpp>
#include <ingot/dsl/sealing.hpp>

namespace ingot::detail {

/// The ranges of an augmentation, and its bounds.
constexpr void check_augmentation(sealing& s, const augment_t& a) {
  const auto number = [&](int k, bound b, std::string_view name) { check_number(s, a.value[k], b, name, -1, 0); };
  if (a.kind == augment_kind::crop) number(0, bound::nonnegative_integer, "padding of random_crop");
  if (a.kind == augment_kind::noise) number(0, bound::nonnegative, "deviation of random_noise");
  if (a.kind == augment_kind::erasing) {
    number(0, bound::unit_closed, "probability of random_erasing");
    number(1, bound::unit_closed, "smallest share");
    number(2, bound::unit_closed, "largest share");
  }
  for (int k = 0; k < a.ranges; ++k) {
    const bool mirrored = (a.mirrored >> k & 1U) != 0;
    const num &low = a.value[2 * k], &high = a.value[2 * k + 1];
    number(2 * k, bound::none, "an augmentation's factor");
    number(2 * k + 1, mirrored ? bound::nonnegative : bound::none, "an augmentation's factor");
    if (!mirrored && low.hp < 0 && high.hp < 0 && low.k > high.k) s.fail(error::reversed_range, 0, {}, low.k, high.k);
  }
  check_number(s, a.fill_value, bound::none, "fill value", -1, 0);
}

constexpr void check_pruning(sealing& s, const prune_t& p) {
  if (p.form == prune_form::none) return;
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
  check_number(s, num{c.precision.loss_scale, -1, 0}, bound::at_least_one, "loss scale", -1, 0);
  check_number(s, c.precision.growth, bound::nonnegative_integer, "number of updates", -1, 0);
  if (sink.scales_loss && c.precision.compute != precision_kind::f16) s.fail(error::scaled_bf16, 0, {});
  check_number(s, num{static_cast<double>(c.gradcheck_every), -1, 0}, bound::nonnegative_integer, "number of updates", -1, 0);
}

constexpr bool is_given(const num& n) { return n.hp >= 0 || n.k != 0; }

constexpr bool is_pruned_kind(op_kind k) {
  return k == op_kind::dense || k == op_kind::conv2d || k == op_kind::conv1d || k == op_kind::conv2d_transpose || k == op_kind::embedding;
}

/// What concerns layers by name, inputs and losses. The layers have their names now, the outputs are resolved.
constexpr void check_craft_fits(sealing& s, const recipe_t& r) {
  for (int k = 0; k < r.craft.prune.n_layers; ++k) {
    const name_t& layer = r.craft.prune.layer[k];
    bool known = false;
    for (int i = 0; i < s.n_ops; ++i) known = known || (s.ops[i].name == layer && is_pruned_kind(s.ops[i].kind));
    if (!known) s.fail(error::unknown_pruned, 0, layer);
  }
  const bool images = r.craft.n_augmentations > 0 || is_given(r.craft.cutmix);
  for (int i = 0; images && i < s.n_ops && s.ops[i].kind == op_kind::input; ++i)
    if (s.ops[i].rank < 2) s.fail_op(error::augment_input, i, {}).a = input_shape(s.ops[i]);
  if (!is_given(r.craft.mixup) && !is_given(r.craft.cutmix)) return;
  for (int k = 0; k < r.n_outputs; ++k)
    if (!is_categorical(r.loss[k].kind) && !is_binary(r.loss[k].kind)) s.fail(error::mix_loss, 0, {}, static_cast<int>(r.loss[k].kind));
}

}  // namespace ingot::detail
