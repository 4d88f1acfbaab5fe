// Evaluates maps of constants, in double; the graph's dtype rounds when the constant is emitted.
#pragma once
#include "ir/graph.hpp"

namespace ingot::codegen {

/// Returns whether the graph changed.
bool fold_constants(Graph& g);

}  // namespace ingot::codegen
