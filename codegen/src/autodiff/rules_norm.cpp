// Batch normalization: two sums over the batch, then one elementwise expression. With c = x - mean, s = gamma / sqrt(v), v = variance +
// epsilon and n rows: dx = s dy - s sum(dy) / n - c s sum(dy c) / (v n) (Ioffe and Szegedy, Batch Normalization, section 3).
#include "autodiff/rules.hpp"
#include "ir/batch_moments.hpp"

namespace ingot::codegen {
namespace {

void batch_norm_rule(Sweep& s, ValueId v, ValueId dy) {
  const Node n = s.b.graph().node(v);
  const ValueId x = n.in[0], gamma = n.in[1], beta = n.in[2], epsilon = n.in[3], whole = s.full(dy, v);
  const BatchMoments m = batch_moments(s.b, x);
  const ValueId shifted = s.b.add(m.variance, epsilon), deviation = s.b.unary(Op::sqrt, shifted);
  const ValueId sum = s.b.unary(Op::column_sum, whole), product = s.b.unary(Op::column_sum, s.b.mul(whole, m.centred));
  // a row, or one number for all channels
  const auto give = [&s](ValueId to, ValueId row) { s.accumulate_exact(to, s.b.type(to).cols == 1 ? s.b.unary(Op::row_sum, row) : row); };
  if (s.wants(v, 1)) give(gamma, s.b.div(product, deviation));
  if (s.wants(v, 2)) give(beta, sum);
  if (s.wants(v, 3)) give(epsilon, s.b.mul(s.b.div(s.b.mul(product, gamma), s.b.mul(shifted, deviation)), -0.5));
  if (!s.wants(v, 0)) return;
  const ValueId scale = s.b.div(gamma, deviation), share = s.b.div(scale, m.count);
  const ValueId constant = s.b.mul(share, sum), slope = s.b.mul(share, s.b.div(product, shifted));
  s.accumulate_exact(x, s.b.sub(s.b.sub(s.b.mul(whole, scale), constant), s.b.mul(m.centred, slope)));
}

}  // namespace

GradientRule norm_rule(Op op) { return op == Op::batch_norm ? batch_norm_rule : nullptr; }

}  // namespace ingot::codegen
