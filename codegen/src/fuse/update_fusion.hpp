// When may an optimizer update run in the epilogue of the kernel that makes its gradient?
#pragma once
#include "ir/graph.hpp"

namespace ingot::codegen {

enum class UpdateFusion : std::uint8_t {
  fused,               ///< the gradient dies in registers
  not_an_update,       ///< the value does not end in assignments at all
  gradient_is_result,  ///< the caller wants the gradient itself
  other_consumer,      ///< a reduction, contraction or value of other extents reads it: a global norm, a finite check, a statistic
};

/// For each value: does everything that is computed from it consist of elementwise nodes of the same extents that end in
/// assignments of states? A gradient with `fused` may be consumed where it is made; every other verdict means that something
/// must see the whole gradient before the first parameter changes, or beside the update, so it has to be stored.
[[nodiscard]] std::vector<UpdateFusion> update_fusion(const Graph& g);

}  // namespace ingot::codegen
