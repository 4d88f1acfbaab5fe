// Keeps the nodes that results reach, in the order in which the results need them (operands first, left to right). So the text of a
// graph, and every hash made of it, is a function of what is computed: not of the order in which nodes were added, which C++ leaves
// open for the arguments of a call. Runs before cse, which orders operands and keeps names by node numbers.
#pragma once
#include "ir/graph.hpp"

namespace ingot::codegen {

/// Returns whether the graph changed.
bool dead_code(Graph& g);

}  // namespace ingot::codegen
