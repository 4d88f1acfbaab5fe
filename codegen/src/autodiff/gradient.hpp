// Reverse-mode differentiation: appends the nodes of the backward sweep to a graph.
//
// Rules work on composites and losses as they stand (before decompose), so that derivatives come from outputs and losses have
// their closed forms. An adjoint may be smaller than its value where it is constant along an axis (it broadcasts).
#pragma once
#include "ir/graph.hpp"

#include <span>

namespace ingot::codegen {

/// d loss / d wrt[k] for a [1,1] `loss`: values of exactly the types of wrt[k]; zeros where loss does not depend on it.
/// wrt: leaves. Nodes are named after what they are the gradient of: "hidden.kernel/grad".
/// `scale`: a [1,1] value of the loss's dtype that all are multiplied by from the beginning of the sweep on; no_value: 1.
[[nodiscard]] std::vector<ValueId> gradient(Graph& g, ValueId loss, std::span<const ValueId> wrt, ValueId scale = no_value);

}  // namespace ingot::codegen
