// Gradient rules of primitive elementwise ops. y: the node; a, b: its operands; derivatives from y where that is possible.
#include "autodiff/rules.hpp"

#include <numbers>

namespace ingot::codegen {
namespace {

ValueId operand(const Sweep& s, ValueId v, std::size_t k) { return s.b.graph().node(v).in[k]; }
ValueId zero(Sweep& s, ValueId like) { return s.b.constant(0, s.b.type(like).dtype); }

void cast_rule(Sweep& s, ValueId v, ValueId dy) { s.accumulate(v, 0, s.b.cast(dy, s.b.type(operand(s, v, 0)).dtype)); }
void neg_rule(Sweep& s, ValueId v, ValueId dy) { s.accumulate(v, 0, s.b.unary(Op::neg, dy)); }
void exp_rule(Sweep& s, ValueId v, ValueId dy) { s.accumulate(v, 0, s.b.mul(dy, v)); }
void log_rule(Sweep& s, ValueId v, ValueId dy) { s.accumulate(v, 0, s.b.div(dy, operand(s, v, 0))); }
void log1p_rule(Sweep& s, ValueId v, ValueId dy) { s.accumulate(v, 0, s.b.div(dy, s.b.add(operand(s, v, 0), 1.0))); }
void sqrt_rule(Sweep& s, ValueId v, ValueId dy) { s.accumulate(v, 0, s.b.div(s.b.mul(dy, 0.5), v)); }
void abs_rule(Sweep& s, ValueId v, ValueId dy) { s.accumulate(v, 0, s.b.mul(dy, s.b.unary(Op::sign, operand(s, v, 0)))); }
void tanh_rule(Sweep& s, ValueId v, ValueId dy) { s.accumulate(v, 0, s.b.mul(dy, s.b.sub_from(1, s.b.mul(v, v)))); }
void sigmoid_rule(Sweep& s, ValueId v, ValueId dy) { s.accumulate(v, 0, s.b.mul(dy, s.b.mul(v, s.b.sub_from(1, v)))); }

void erf_rule(Sweep& s, ValueId v, ValueId dy) {
  const ValueId x = operand(s, v, 0);
  const ValueId bell = s.b.unary(Op::exp, s.b.unary(Op::neg, s.b.mul(x, x)));
  s.accumulate(v, 0, s.b.mul(dy, s.b.mul(bell, 2 * std::numbers::inv_sqrtpi)));
}

void add_rule(Sweep& s, ValueId v, ValueId dy) {
  s.accumulate(v, 0, dy);
  s.accumulate(v, 1, dy);
}
void sub_rule(Sweep& s, ValueId v, ValueId dy) {
  s.accumulate(v, 0, dy);
  if (s.wants(v, 1)) s.accumulate(v, 1, s.b.unary(Op::neg, dy));
}
void mul_rule(Sweep& s, ValueId v, ValueId dy) {
  const ValueId a = operand(s, v, 0), b = operand(s, v, 1);
  if (a == b) return s.accumulate(v, 0, s.b.mul(s.b.mul(dy, 2.0), a));
  if (s.wants(v, 0)) s.accumulate(v, 0, s.b.mul(dy, b));
  if (s.wants(v, 1)) s.accumulate(v, 1, s.b.mul(dy, a));
}
void div_rule(Sweep& s, ValueId v, ValueId dy) {
  const ValueId b = operand(s, v, 1);
  const ValueId da = s.b.div(dy, b);
  s.accumulate(v, 0, da);
  if (s.wants(v, 1)) s.accumulate(v, 1, s.b.unary(Op::neg, s.b.mul(da, v)));
}

/// The first operand has the gradient where `first` holds, the second elsewhere.
void choose(Sweep& s, ValueId v, ValueId dy, ValueId first, std::size_t k) {
  if (s.wants(v, k)) s.accumulate(v, k, s.b.select(first, dy, zero(s, v)));
  if (s.wants(v, k + 1)) s.accumulate(v, k + 1, s.b.select(first, zero(s, v), dy));
}
void maximum_rule(Sweep& s, ValueId v, ValueId dy) { choose(s, v, dy, s.b.binary(Op::greater, operand(s, v, 0), operand(s, v, 1)), 0); }
void minimum_rule(Sweep& s, ValueId v, ValueId dy) { choose(s, v, dy, s.b.binary(Op::greater, operand(s, v, 1), operand(s, v, 0)), 0); }
void select_rule(Sweep& s, ValueId v, ValueId dy) { choose(s, v, dy, operand(s, v, 0), 1); }

}  // namespace

GradientRule map_rule(Op op) {
  switch (op) {
    case Op::cast:
      return cast_rule;
    case Op::neg:
      return neg_rule;
    case Op::exp:
      return exp_rule;
    case Op::log:
      return log_rule;
    case Op::log1p:
      return log1p_rule;
    case Op::sqrt:
      return sqrt_rule;
    case Op::abs:
      return abs_rule;
    case Op::tanh:
      return tanh_rule;
    case Op::erf:
      return erf_rule;
    case Op::sigmoid:
      return sigmoid_rule;
    case Op::add:
      return add_rule;
    case Op::sub:
      return sub_rule;
    case Op::mul:
      return mul_rule;
    case Op::div:
      return div_rule;
    case Op::maximum:
      return maximum_rule;
    case Op::minimum:
      return minimum_rule;
    case Op::select:
      return select_rule;
    default:
      return nullptr;
  }
}

}  // namespace ingot::codegen
