// Sums of all elements, [1,1].
#pragma once
#include "ir/builder.hpp"

#include <span>

namespace ingot::codegen {

[[nodiscard]] ValueId total(Builder& b, ValueId v);

/// Of several tensors, one or more, added from the last to the first: so gradients come, and what is left to do behind the first layer's
/// is as little as can be.
[[nodiscard]] ValueId total(Builder& b, std::span<const ValueId> tensors);

}  // namespace ingot::codegen
