// C = op(A) op(B): dop(A) = dC op(B)^T, dop(B) = op(A)^T dC, written so that no transposed copy is needed.
#include "autodiff/rules.hpp"

namespace ingot::codegen {
namespace {

void rule(Sweep& s, ValueId v, ValueId dy) {
  const ValueId a = s.b.graph().node(v).in[0], b = s.b.graph().node(v).in[1];
  const bool ta = s.b.graph().node(v).attr.transpose_a, tb = s.b.graph().node(v).attr.transpose_b;
  const ValueId dc = s.full(dy, v);
  if (s.wants(v, 0)) s.accumulate_exact(a, ta ? s.b.matmul(b, dc, tb, true) : s.b.matmul(dc, b, false, !tb));
  if (s.wants(v, 1)) s.accumulate_exact(b, tb ? s.b.matmul(dc, a, true, ta) : s.b.matmul(a, dc, !ta, false));
}

}  // namespace

GradientRule matmul_rule(Op op) { return op == Op::matmul ? rule : nullptr; }

}  // namespace ingot::codegen
