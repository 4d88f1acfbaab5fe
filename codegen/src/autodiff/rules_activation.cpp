// Gradient rules of composite activations and dropout: from the output wherever that decides, so that the pre-activation
// need not live until the backward pass.
#include "autodiff/rules.hpp"

#include <cmath>
#include <numbers>

namespace ingot::codegen {
namespace {

ValueId operand(const Sweep& s, ValueId v, std::size_t k) { return s.b.graph().node(v).in[k]; }
double parameter(const Sweep& s, ValueId v) { return s.b.graph().node(v).attr.value; }

/// The output is positive exactly where the operand is, unless the negative side can be positive too.
ValueId positive(Sweep& s, ValueId v, bool from_output) { return s.b.greater(from_output ? v : operand(s, v, 0), 0.0); }

void relu_rule(Sweep& s, ValueId v, ValueId dy) {
  s.accumulate(v, 0, s.b.select(positive(s, v, true), dy, s.b.constant(0, s.b.type(v).dtype)));
}

void leaky_relu_rule(Sweep& s, ValueId v, ValueId dy) {
  const double slope = parameter(s, v);
  s.accumulate(v, 0, s.b.select(positive(s, v, slope >= 0), dy, s.b.mul(dy, slope)));
}

void elu_rule(Sweep& s, ValueId v, ValueId dy) {
  const double alpha = parameter(s, v);  // below zero: alpha * exp(x) = y + alpha
  s.accumulate(v, 0, s.b.select(positive(s, v, alpha >= 0), dy, s.b.mul(dy, s.b.add(v, alpha))));
}

void gelu_rule(Sweep& s, ValueId v, ValueId dy) {  // Phi(x) + x * phi(x)
  const ValueId x = operand(s, v, 0);
  const ValueId cdf = s.b.mul(s.b.add(s.b.unary(Op::erf, s.b.mul(x, std::numbers::sqrt2 / 2)), 1.0), 0.5);
  const ValueId bell = s.b.unary(Op::exp, s.b.mul(s.b.mul(x, x), -0.5));
  const ValueId density = s.b.mul(bell, std::numbers::inv_sqrtpi / std::numbers::sqrt2);
  s.accumulate(v, 0, s.b.mul(dy, s.b.add(cdf, s.b.mul(x, density))));
}

void silu_rule(Sweep& s, ValueId v, ValueId dy) {  // p + y * (1 - p), p = sigmoid(x)
  const ValueId p = s.b.unary(Op::sigmoid, operand(s, v, 0));
  s.accumulate(v, 0, s.b.mul(dy, s.b.add(p, s.b.mul(v, s.b.sub_from(1, p)))));
}

/// The mask is a function of the counters, so the gradient is the same dropout of dy.
void dropout_rule(Sweep& s, ValueId v, ValueId dy) {
  const Attr attr = s.b.graph().node(v).attr;
  s.accumulate(v, 0, s.b.binary(Op::dropout, s.full(dy, v), operand(s, v, 1), attr));
}

}  // namespace

GradientRule activation_rule(Op op) {
  switch (op) {
    case Op::relu:
      return relu_rule;
    case Op::leaky_relu:
      return leaky_relu_rule;
    case Op::elu:
      return elu_rule;
    case Op::gelu:
      return gelu_rule;
    case Op::silu:
      return silu_rule;
    case Op::dropout:
      return dropout_rule;
    default:
      return nullptr;
  }
}

}  // namespace ingot::codegen
