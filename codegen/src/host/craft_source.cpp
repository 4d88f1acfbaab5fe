#include "host/craft_source.hpp"

#include "host/source_cells.hpp"

namespace ingot::codegen {
namespace {

std::string augmentations(const ingot_craft& c) {
  std::string rows;
  for (std::uint32_t k = 0; k < c.n_augmentations; ++k) {
    const ingot_augmentation& a = c.augmentations[k];
    rows += std::string(k > 0 ? ",\n     " : "") + "{" + cells(a.kind, a.fill, a.flip, a.ranges, a.mirrored, a.reserved) + ", {" +
            cells(a.value[0], a.value[1], a.value[2], a.value[3]) + "}, " + cell(a.fill_value) + "}";
  }
  return rows;
}

std::string pruning(const ingot_prune& p) {
  std::string layers;
  for (std::uint32_t k = 0; k < p.n_layers; ++k) layers += (k > 0 ? ", " : "") + quoted(p.layers[k]);
  return "{" + cells(p.form, p.schedule, p.scope, p.pool, p.rows, p.columns, p.initial, p.final, p.power) + ",\n     " +
         cells(p.begin, p.end, p.frequency, p.n_layers, p.reserved) + ", {" + layers + "}}";
}

}  // namespace

std::string craft_source(const ingot_craft& c) {
  return "{" + cells(c.cache, c.n_augmentations) + ", {" + augmentations(c) + "},\n    " +
         cells(c.pixel_low, c.pixel_high, c.mixup, c.cutmix) + ",\n    " + pruning(c.prune) + ",\n    {" +
         cells(c.precision.compute, c.precision.reserved, c.precision.loss_scale, c.precision.growth) + "}, " +
         cells(c.gradcheck_every, c.reserved) + "}";
}

}  // namespace ingot::codegen
