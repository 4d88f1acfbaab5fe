// A user's scalar rule as ops of the graph: one op for each step, so that gradients, fusion and code come from those of the ops.
#pragma once
#include "ir/builder.hpp"

#include <ingot/dsl/flat_expression.hpp>

#include <functional>
#include <span>

namespace ingot::codegen {

/// The rule's value, element by element over the broadcast extents of `arguments`; `number`: a hyper-parameter's value [1,1] in the dtype
/// of computation. The rule is well-formed.
[[nodiscard]] ValueId bind_expression(Builder& b, const expression_t& rule, std::span<const ValueId> arguments,
                                      const std::function<ValueId(const num&)>& number);

}  // namespace ingot::codegen
