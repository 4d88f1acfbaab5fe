// Losses and accuracies as primitive ops. Sources: keras/src/losses/losses.py, keras/src/backend/tensorflow/nn.py.
#include "ir/error.hpp"
#include "ir/op_info.hpp"
#include "pass/decompose_rules.hpp"

namespace ingot::codegen {
namespace {

ValueId is_label(Builder& b, ValueId x, ValueId label) { return b.binary(Op::equal, b.iota(b.type(x).cols, b.type(x).dtype), label); }
ValueId zero(Builder& b, ValueId like) { return b.constant(0, b.type(like).dtype); }

/// Constants first: minimum and maximum return their second operand for a NaN.
ValueId clip(Builder& b, ValueId p) {
  const DType t = b.type(p).dtype;
  return b.binary(Op::minimum, b.constant(1 - loss_epsilon, t), b.binary(Op::maximum, b.constant(loss_epsilon, t), p));
}

ValueId row_mean(Builder& b, ValueId x) {
  const std::int64_t cols = b.type(x).cols;
  return cols == 1 ? x : b.div(b.unary(Op::row_sum, x), b.constant(static_cast<double>(cols), b.type(x).dtype));
}

struct Shifted {
  ValueId logits, log_sum;  ///< x - max, log of the sum of exponentials: -log_softmax = log_sum - logits
};
Shifted shift(Builder& b, ValueId x) {
  const ValueId shifted = b.sub(x, b.unary(Op::row_max, x));
  return {shifted, b.unary(Op::log, b.unary(Op::row_sum, b.unary(Op::exp, shifted)))};
}

ValueId sparse_ce_logits(Builder& b, ValueId x, ValueId label) {
  const Shifted s = shift(b, x);
  const ValueId own = b.unary(Op::row_sum, b.select(is_label(b, x, label), s.logits, zero(b, x)));
  return b.sub(s.log_sum, own);
}

ValueId sparse_ce_probs(Builder& b, ValueId p, ValueId label) {
  const ValueId c = clip(b, p);  // clipped before it is normalised, as on TensorFlow
  const ValueId own = b.unary(Op::row_sum, b.select(is_label(b, p, label), b.unary(Op::log, c), zero(b, p)));
  return b.sub(b.unary(Op::log, b.unary(Op::row_sum, c)), own);
}

ValueId ce_logits(Builder& b, ValueId x, ValueId y) {
  const Shifted s = shift(b, x);
  return b.unary(Op::row_sum, b.mul(y, b.sub(s.log_sum, s.logits)));
}

ValueId ce_probs(Builder& b, ValueId p, ValueId y) {
  const ValueId c = clip(b, b.div(p, b.unary(Op::row_sum, p)));
  return b.unary(Op::neg, b.unary(Op::row_sum, b.mul(y, b.unary(Op::log, c))));
}

ValueId bce_logits(Builder& b, ValueId x, ValueId y) {  // max(x, 0) - x y + log(1 + exp(-|x|))
  const ValueId tail = b.unary(Op::log1p, b.unary(Op::exp, b.unary(Op::neg, b.unary(Op::abs, x))));
  const ValueId linear = b.sub(b.binary(Op::maximum, zero(b, x), x), b.mul(x, y));
  return row_mean(b, b.add(linear, tail));
}

ValueId bce_probs(Builder& b, ValueId p, ValueId y) {
  const ValueId c = clip(b, p);
  const ValueId yes = b.mul(y, b.unary(Op::log, c)), no = b.mul(b.sub_from(1, y), b.unary(Op::log, b.sub_from(1, c)));
  return row_mean(b, b.unary(Op::neg, b.add(yes, no)));
}

ValueId huber(Builder& b, ValueId x, ValueId y, ValueId delta) {
  const ValueId e = b.sub(x, y), a = b.unary(Op::abs, e);
  const ValueId linear = b.mul(delta, b.sub(a, b.mul(delta, 0.5)));
  return row_mean(b, b.select(b.binary(Op::greater, a, delta), linear, b.mul(b.mul(e, e), 0.5)));
}

/// Index of the first column that attains the maximum.
ValueId first_maximum(Builder& b, ValueId x) {
  const Type t = b.type(x);
  const ValueId is_maximum = b.binary(Op::equal, x, b.unary(Op::row_max, x));
  const ValueId beyond = b.constant(static_cast<double>(t.cols), t.dtype);
  return b.unary(Op::row_min, b.select(is_maximum, b.iota(t.cols, t.dtype), beyond));
}

ValueId equal(Builder& b, ValueId x, ValueId y) { return b.cast(b.binary(Op::equal, x, y), b.type(x).dtype); }

ValueId binary_accuracy(Builder& b, ValueId x, ValueId y, double threshold) {
  const DType t = b.type(x).dtype;
  return row_mean(b, equal(b, b.cast(b.greater(x, threshold), t), b.cast(b.greater(y, 0.5), t)));
}

}  // namespace

ValueId decompose_loss(Builder& b, const Node& n, std::span<const ValueId> in) {
  const ValueId x = in[0], y = in[1];
  switch (n.op) {
    case Op::sparse_ce_logits:
      return sparse_ce_logits(b, x, y);
    case Op::sparse_ce_probs:
      return sparse_ce_probs(b, x, y);
    case Op::ce_logits:
      return ce_logits(b, x, y);
    case Op::ce_probs:
      return ce_probs(b, x, y);
    case Op::bce_logits:
      return bce_logits(b, x, y);
    case Op::bce_probs:
      return bce_probs(b, x, y);
    case Op::mse: {
      const ValueId e = b.sub(x, y);
      return row_mean(b, b.mul(e, e));
    }
    case Op::mae:
      return row_mean(b, b.unary(Op::abs, b.sub(x, y)));
    case Op::huber:
      return huber(b, x, y, in[2]);
    case Op::sparse_accuracy:
      return equal(b, first_maximum(b, x), y);
    case Op::categorical_accuracy:
      return equal(b, first_maximum(b, x), first_maximum(b, y));
    case Op::binary_accuracy:
      return binary_accuracy(b, x, y, n.attr.value);
    default:
      throw InternalError("decompose: no rule for " + std::string(op_name(n.op)));
  }
}

}  // namespace ingot::codegen
