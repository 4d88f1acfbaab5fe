// The primitive forms of composites: what decompose emits for one node. `in`: the operands, in the new graph.
#pragma once
#include "ir/builder.hpp"

#include <span>

namespace ingot::codegen {

ValueId decompose_activation(Builder& b, const Node& n, std::span<const ValueId> in);  ///< also dropout, the softmax family, batch_norm
ValueId decompose_loss(Builder& b, const Node& n, std::span<const ValueId> in);        ///< also accuracies

}  // namespace ingot::codegen
