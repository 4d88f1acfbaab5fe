#include "host/craft_tables.hpp"

#include "host/recipe_tables.hpp"

namespace ingot::codegen {

static_assert(static_cast<int>(cache_kind::memory) == INGOT_CACHE_MEMORY && static_cast<int>(cache_kind::file) == INGOT_CACHE_FILE);
static_assert(static_cast<int>(augment_kind::rotation) == INGOT_ROTATION && static_cast<int>(augment_kind::crop) == INGOT_CROP &&
              static_cast<int>(augment_kind::hue) == INGOT_HUE && static_cast<int>(last_augment) == INGOT_NOISE &&
              max_augmentations == INGOT_MAX_AUGMENTATIONS);
static_assert(static_cast<int>(fill_kind::constant) == INGOT_FILL_CONSTANT && static_cast<int>(fill_kind::wrap) == INGOT_FILL_WRAP &&
              static_cast<int>(fill_kind::nearest) == INGOT_FILL_NEAREST);
static_assert(static_cast<int>(flip_kind::vertical) == INGOT_FLIP_VERTICAL && static_cast<int>(flip_kind::both) == INGOT_FLIP_BOTH);
static_assert(static_cast<int>(prune_form::unstructured) == INGOT_PRUNE_UNSTRUCTURED &&
              static_cast<int>(prune_form::block) == INGOT_PRUNE_BLOCK && static_cast<int>(prune_form::n_of_m) == INGOT_PRUNE_N_OF_M &&
              static_cast<int>(prune_form::filters) == INGOT_PRUNE_FILTERS && max_pruned == INGOT_MAX_PRUNED);
static_assert(static_cast<int>(prune_schedule::polynomial) == INGOT_PRUNE_POLYNOMIAL &&
              static_cast<int>(prune_scope::global) == INGOT_PRUNE_GLOBAL && static_cast<int>(prune_pool::max) == INGOT_PRUNE_MAX);

namespace {

template <class E>
std::uint32_t code(E e) {
  return static_cast<std::uint32_t>(e);
}

ingot_augmentation make_augmentation(const augment_t& a) {
  ingot_augmentation row{code(a.kind), code(a.fill), code(a.flip), a.ranges, a.mirrored, 0, {}, make_num(a.fill_value)};
  for (int k = 0; k < 4; ++k) row.value[k] = make_num(a.value[k]);
  return row;
}

ingot_prune make_prune(StringPool& pool, const prune_t& p) {
  ingot_prune row{};
  row.form = code(p.form);
  row.schedule = code(p.schedule);
  row.scope = code(p.scope);
  row.pool = code(p.pool);
  row.rows = static_cast<std::uint32_t>(p.rows);
  row.columns = static_cast<std::uint32_t>(p.columns);
  row.initial = make_num(p.initial);
  row.final = make_num(p.final);
  row.power = make_num(p.power);
  row.begin = make_duration(p.begin);
  row.end = make_duration(p.end);
  row.frequency = make_duration(p.frequency);
  row.n_layers = static_cast<std::uint32_t>(p.n_layers);
  for (std::int32_t k = 0; k < p.n_layers; ++k) row.layers[k] = pool.keep(p.layer[k].view());
  return row;
}

std::uint32_t compute_dtype(precision_kind k) {
  return k == precision_kind::f16 ? INGOT_F16 : k == precision_kind::bf16 ? INGOT_BF16 : INGOT_F32;
}

}  // namespace

ingot_craft make_craft(StringPool& pool, const craft_t& c) {
  ingot_craft row{};
  row.cache = code(c.cache);
  row.n_augmentations = static_cast<std::uint32_t>(c.n_augmentations);
  for (std::int32_t k = 0; k < c.n_augmentations; ++k) row.augmentations[k] = make_augmentation(c.augment[k]);
  row.pixel_low = make_num(c.pixel_low);
  row.pixel_high = make_num(c.pixel_high);
  row.mixup = make_num(c.mixup);
  row.cutmix = make_num(c.cutmix);
  row.prune = make_prune(pool, c.prune);
  row.precision = {compute_dtype(c.precision.compute), 0, make_num(c.precision.loss_scale), make_num(c.precision.growth)};
  row.gradcheck_every = static_cast<std::uint32_t>(c.gradcheck_every);
  return row;
}

}  // namespace ingot::codegen
