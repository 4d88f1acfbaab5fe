// Merges nodes that compute the same: equal op, type, attributes and operands (in either order for commutative ops).
#pragma once
#include "ir/graph.hpp"

namespace ingot::codegen {

/// Returns whether the graph changed.
bool cse(Graph& g);

}  // namespace ingot::codegen
