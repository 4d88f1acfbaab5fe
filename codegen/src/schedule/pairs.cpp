#include "schedule/pairs.hpp"

namespace ingot::codegen {

bool multiplies_pairs(const Graph& g, const Node& n, const Target& target) {
  if (!target.bf16_pairs || n.op != Op::matmul || n.type.cols == 1) return false;
  const Type &a = g.type(n.in[0]), &b = g.type(n.in[1]);
  return a.dtype == DType::bf16 && a.cols > 1 && b.cols > 1 && (b.batched || b.rows > 1);
}

bool reads_paired(const Node& matmul, std::size_t k) { return k == 1 || matmul.attr.transpose_a; }

}  // namespace ingot::codegen
