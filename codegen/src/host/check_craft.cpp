#include "host/check_craft.hpp"

namespace ingot::codegen {
namespace {

bool known(const augment_t& a) {
  return a.kind <= last_augment && a.fill <= fill_kind::nearest && a.flip <= flip_kind::both && a.ranges <= 2 && a.mirrored <= 3;
}

bool known(const prune_t& p) {
  const bool kinds = p.form <= prune_form::filters && p.schedule <= prune_schedule::polynomial && p.scope <= prune_scope::global &&
                     p.pool <= prune_pool::max;
  const bool units = p.begin.unit <= time_unit::epochs && p.end.unit <= time_unit::epochs && p.frequency.unit <= time_unit::epochs;
  return kinds && units && p.rows >= 1 && p.columns >= 1 && p.n_layers >= 0 && p.n_layers <= max_pruned;
}

}  // namespace

std::string_view check_craft(const craft_t& c) {
  if (c.cache > cache_kind::file) return "the recipe has an unknown cache";
  if (c.n_augmentations < 0 || c.n_augmentations > max_augmentations) return "the recipe has an impossible number of augmentations";
  for (const augment_t& a : c.augment)
    if (!known(a)) return "the recipe has an unknown augmentation";
  if (!known(c.prune)) return "the recipe prunes in an unknown way";
  if (c.precision.compute > precision_kind::bf16) return "the recipe has an unknown precision";
  if (c.gradcheck_every < 0) return "the recipe has an impossible number of updates";
  return {};
}

std::string_view check_constraint(const constraint_t& c) {
  return c.kind <= constraint_kind::min_max_norm ? std::string_view{} : "an op has an unknown constraint";
}

}  // namespace ingot::codegen
