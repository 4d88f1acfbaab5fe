// Activations as ops of the graph: one op each, or an expression of a few. Definitions: keras/src/activations/activations.py.
#include "import/bind_expression.hpp"
#include "import/binder.hpp"
#include "ir/error.hpp"

namespace ingot::codegen {
namespace {

/// The op that is the activation; Op::cast: it is an expression.
Op activation_op(act a) {
  constexpr Op ops[] = {Op::cast, Op::relu,    Op::leaky_relu, Op::elu,     Op::gelu,
                        Op::silu, Op::sigmoid, Op::tanh,       Op::softmax, Op::log_softmax};
  return a > act::log_softmax ? Op::cast : ops[static_cast<std::size_t>(a)];
}

/// log(1 + exp(x)) as max(x, 0) + log1p(exp(-|x|)), which does not overflow. The maximum as (x + |x|) / 2: a slope of 1/2 at 0.
ValueId softplus(Builder& b, ValueId x) {
  const ValueId size = b.unary(Op::abs, x);
  const ValueId tail = b.unary(Op::log1p, b.unary(Op::exp, b.unary(Op::neg, size)));
  return b.add(b.mul(b.add(x, size), 0.5), tail);
}

/// The constant first: minimum returns its second operand for a NaN.
ValueId relu6(Builder& b, ValueId x) {
  const ValueId positive = b.unary(Op::relu, x);
  return b.binary(Op::minimum, b.constant(6, b.type(x).dtype), positive);
}

ValueId hard_sigmoid(Builder& b, ValueId x) { return b.mul(relu6(b, b.add(x, 3.0)), 1.0 / 6); }

/// Constants of Klambauer et al., Self-Normalizing Neural Networks, equation 14.
ValueId selu(Builder& b, ValueId x) {
  Attr attr;
  attr.value = 1.67326324235437728;
  return b.mul(b.unary(Op::elu, x, attr), 1.05070098735548050);
}

}  // namespace

ValueId Binder::activation(int i, ValueId x) {
  const op& o = layer(i);
  const act a = activation_of(o, values_);
  if (a == act::linear) return x;
  b_.set_name(name(i, act_name(a)));
  switch (a) {
    case act::exponential:
      return b_.unary(Op::exp, x);
    case act::softplus:
      return softplus(b_, x);
    case act::softsign:
      return b_.div(x, b_.add(b_.unary(Op::abs, x), 1.0));
    case act::mish:
      return b_.mul(x, b_.unary(Op::tanh, softplus(b_, x)));
    case act::hard_sigmoid:
      return hard_sigmoid(b_, x);
    case act::hard_silu:
      return b_.mul(x, hard_sigmoid(b_, x));
    case act::relu6:
      return relu6(b_, x);
    case act::selu:
      return selu(b_, x);
    case act::own:
      return bind_expression(b_, layer(i).rule, std::span(&x, 1), [this](const num& n) { return number(n); });
    default:
      break;
  }
  Attr attr;
  if (a == act::leaky_relu || a == act::elu) attr.value = activation_alpha(o, values_);
  const Op op = activation_op(a);
  if (op == Op::cast) throw InternalError("bind: the activation " + std::string(act_name(a)) + " is not handled");
  return b_.unary(op, x, attr);
}

}  // namespace ingot::codegen
