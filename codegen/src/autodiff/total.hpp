// Sums of all elements, [1,1].
#pragma once
#include "ir/builder.hpp"

#include <span>

namespace ingot::codegen {

[[nodiscard]] ValueId total(Builder& b, ValueId v);

/// Of several tensors, one or more, added in their order.
[[nodiscard]] ValueId total(Builder& b, std::span<const ValueId> tensors);

}  // namespace ingot::codegen
