// Gradient rules of reductions and of the softmax family.
#include "autodiff/rules.hpp"

namespace ingot::codegen {
namespace {

ValueId operand(const Sweep& s, ValueId v) { return s.b.graph().node(v).in[0]; }

/// The adjoint of a sum is constant along the summed axis: it stays small and broadcasts.
void sum_rule(Sweep& s, ValueId v, ValueId dy) { s.accumulate_exact(operand(s, v), dy); }

/// To the first element that attains the extremum.
void extremum_rule(Sweep& s, ValueId v, ValueId dy) {
  const ValueId x = operand(s, v);
  const Type t = s.b.type(x);
  const ValueId iota = s.b.iota(t.cols, t.dtype);
  const ValueId beyond = s.b.constant(static_cast<double>(t.cols), t.dtype);
  const ValueId first = s.b.unary(Op::row_min, s.b.select(s.b.binary(Op::equal, x, v), iota, beyond));
  s.accumulate_exact(x, s.b.select(s.b.binary(Op::equal, iota, first), dy, s.b.constant(0, t.dtype)));
}

void softmax_rule(Sweep& s, ValueId v, ValueId dy) {
  const ValueId mean = s.b.unary(Op::row_sum, s.b.mul(dy, v));
  s.accumulate_exact(operand(s, v), s.b.mul(v, s.b.sub(dy, mean)));
}

void log_softmax_rule(Sweep& s, ValueId v, ValueId dy) {
  const ValueId sum = s.b.unary(Op::row_sum, s.full(dy, v));
  s.accumulate_exact(operand(s, v), s.b.sub(dy, s.b.mul(s.b.unary(Op::exp, v), sum)));
}

}  // namespace

GradientRule rows_rule(Op op) {
  switch (op) {
    case Op::row_sum:
    case Op::column_sum:
      return sum_rule;
    case Op::row_max:
    case Op::row_min:
      return extremum_rule;
    case Op::softmax:
      return softmax_rule;
    case Op::log_softmax:
      return log_softmax_rule;
    default:
      return nullptr;
  }
}

}  // namespace ingot::codegen
