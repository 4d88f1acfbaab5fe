// Local identities that are exact in IEEE arithmetic up to the sign of zero: x*1, x+0, x-0, x/1, x*(-1), cast of cast, neg of neg,
// select of equal branches, reshape of reshape, whole slices, division by a power of two.
#pragma once
#include "ir/graph.hpp"

namespace ingot::codegen {

/// Returns whether the graph changed.
bool simplify(Graph& g);

}  // namespace ingot::codegen
