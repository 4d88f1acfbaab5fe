// Which contractions go through dot products of two (vdpbf16ps), and so want an operand whose rows lie in pairs (Layout::paired).
#pragma once
#include "ir/graph.hpp"
#include "schedule/target.hpp"

namespace ingot::codegen {

/// A matmul of bf16 operands, of which neither is a single column, on a target that has such products.
[[nodiscard]] bool multiplies_pairs(const Graph& g, const Node& n, const Target& target);

/// Whether operand `k` of such a matmul is read with its rows in pairs: the second always, the first where it is transposed. The sum
/// runs over rows then, or (A B^T) the panel is transposed anyway.
[[nodiscard]] bool reads_paired(const Node& matmul, std::size_t k);

}  // namespace ingot::codegen
