// Losses and accuracies as primitive ops. Sources: keras/src/losses/losses.py, keras/src/backend/tensorflow/nn.py.
#include "ir/error.hpp"
#include "ir/op_info.hpp"
#include "pass/decompose_rules.hpp"

#include <numbers>

namespace ingot::codegen {
namespace {

ValueId is_label(Builder& b, ValueId x, ValueId label) { return b.binary(Op::equal, b.iota(b.type(x).cols, b.type(x).dtype), label); }
ValueId zero(Builder& b, ValueId like) { return b.constant(0, b.type(like).dtype); }

/// Constants first: minimum and maximum return their second operand for a NaN.
ValueId at_least(Builder& b, double limit, ValueId x) { return b.binary(Op::maximum, b.constant(limit, b.type(x).dtype), x); }
ValueId clip(Builder& b, ValueId p, double highest = 1 - loss_epsilon) {
  return b.binary(Op::minimum, b.constant(highest, b.type(p).dtype), at_least(b, loss_epsilon, p));
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

/// Of each element: max(x, 0) - x y + log(1 + exp(-|x|)).
ValueId bce_logits(Builder& b, ValueId x, ValueId y) {
  const ValueId tail = b.unary(Op::log1p, b.unary(Op::exp, b.unary(Op::neg, b.unary(Op::abs, x))));
  const ValueId linear = b.sub(at_least(b, 0, x), b.mul(x, y));
  return b.add(linear, tail);
}
/// Of each element; `c`: the clipped probability.
ValueId bce_probs(Builder& b, ValueId c, ValueId y) {
  const ValueId yes = b.mul(y, b.unary(Op::log, c)), no = b.mul(b.sub_from(1, y), b.unary(Op::log, b.sub_from(1, c)));
  return b.unary(Op::neg, b.add(yes, no));
}

/// x ^ exponent for x > 0.
ValueId power(Builder& b, ValueId x, ValueId exponent) { return b.unary(Op::exp, b.mul(b.unary(Op::log, x), exponent)); }

/// wrong^gamma * crossentropy per element; wrong = y (1 - p) + (1 - y) p is the probability of the other class.
ValueId binary_focal(Builder& b, const Node& n, std::span<const ValueId> in) {
  const bool logits = n.op == Op::binary_focal_logits;
  const ValueId x = in[0], y = in[1], not_y = b.sub_from(1, y);
  const ValueId c = clip(b, logits ? b.unary(Op::sigmoid, x) : x);
  const ValueId wrong = b.add(b.mul(y, b.sub_from(1, c)), b.mul(not_y, c));
  ValueId loss = b.mul(power(b, wrong, in[2]), logits ? bce_logits(b, x, y) : bce_probs(b, c, y));
  if (n.attr.value != 0) loss = b.mul(loss, b.add(b.mul(y, in[3]), b.mul(not_y, b.sub_from(1, in[3]))));
  return row_mean(b, loss);
}

/// sum of y (1 - p)^gamma * -log p.
ValueId categorical_focal(Builder& b, Op op, ValueId x, ValueId y, ValueId gamma) {
  ValueId c = no_value, minus_log = no_value;
  if (op == Op::categorical_focal_logits) {
    const Shifted s = shift(b, x);
    minus_log = b.sub(s.log_sum, s.logits);
    c = clip(b, b.unary(Op::exp, b.unary(Op::neg, minus_log)));
  } else {
    c = clip(b, b.div(x, b.unary(Op::row_sum, x)));
    minus_log = b.unary(Op::neg, b.unary(Op::log, c));
  }
  return b.unary(Op::row_sum, b.mul(b.mul(y, power(b, b.sub_from(1, c), gamma)), minus_log));
}

ValueId huber(Builder& b, ValueId x, ValueId y, ValueId delta) {
  const ValueId e = b.sub(x, y), a = b.unary(Op::abs, e);
  const ValueId linear = b.mul(delta, b.sub(a, b.mul(delta, 0.5)));
  return row_mean(b, b.select(b.binary(Op::greater, a, delta), linear, b.mul(b.mul(e, e), 0.5)));
}

ValueId square(Builder& b, ValueId x) { return b.mul(x, x); }

ValueId msle(Builder& b, ValueId x, ValueId y) {
  const auto logarithm = [&](ValueId v) { return b.unary(Op::log1p, at_least(b, loss_epsilon, v)); };
  return row_mean(b, square(b, b.sub(logarithm(x), logarithm(y))));
}

ValueId mape(Builder& b, ValueId x, ValueId y) {
  const ValueId size = at_least(b, loss_epsilon, b.unary(Op::abs, y));
  return b.mul(row_mean(b, b.div(b.unary(Op::abs, b.sub(x, y)), size)), 100.0);
}

ValueId log_cosh(Builder& b, ValueId x, ValueId y) {  // |e| + log(1 + exp(-2 |e|)) - log 2
  const ValueId a = b.unary(Op::abs, b.sub(x, y)), tail = b.unary(Op::log1p, b.unary(Op::exp, b.mul(a, -2.0)));
  return row_mean(b, b.sub(b.add(a, tail), std::numbers::ln2));
}

ValueId kl_divergence(Builder& b, ValueId x, ValueId y) {
  const ValueId p = clip(b, x, 1), q = clip(b, y, 1);
  return b.unary(Op::row_sum, b.mul(q, b.sub(b.unary(Op::log, q), b.unary(Op::log, p))));
}

ValueId poisson(Builder& b, ValueId x, ValueId y) { return row_mean(b, b.sub(x, b.mul(y, b.unary(Op::log, b.add(x, loss_epsilon))))); }

/// max(1 - y x, 0) per element. Keras looks at the whole batch to tell labels 0 and 1 from -1 and 1; here each 0 counts as -1.
ValueId hinge(Builder& b, ValueId x, ValueId y) {
  const DType t = b.type(y).dtype;
  const ValueId label = b.select(b.binary(Op::equal, y, zero(b, y)), b.constant(-1, t), y);
  return at_least(b, 0, b.sub_from(1, b.mul(label, x)));
}

ValueId cosine_similarity(Builder& b, ValueId x, ValueId y) {
  const auto unit = [&](ValueId v) { return b.div(v, at_least(b, loss_epsilon, b.unary(Op::sqrt, b.unary(Op::row_sum, square(b, v))))); };
  return b.unary(Op::neg, b.unary(Op::row_sum, b.mul(unit(x), unit(y))));
}

ValueId equal(Builder& b, ValueId x, ValueId y) { return b.cast(b.binary(Op::equal, x, y), b.type(x).dtype); }

ValueId binary_accuracy(Builder& b, ValueId x, ValueId y, double threshold) {
  const DType t = b.type(x).dtype;
  return row_mean(b, equal(b, b.cast(b.greater(x, threshold), t), b.cast(b.greater(y, 0.5), t)));
}

/// Fewer than k columns are above that of the label; a NaN counts as above.
ValueId sparse_top_k_accuracy(Builder& b, ValueId x, ValueId label, double k) {
  const Type t = b.type(x);
  const ValueId own = b.unary(Op::row_sum, b.select(is_label(b, x, label), x, zero(b, x)));
  const ValueId not_above = b.unary(Op::row_sum, b.cast(b.binary(Op::greater_equal, own, x), t.dtype));
  return b.cast(b.greater(not_above, static_cast<double>(t.cols) - k), t.dtype);
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
      return row_mean(b, bce_logits(b, x, y));
    case Op::bce_probs:
      return row_mean(b, bce_probs(b, clip(b, x), y));
    case Op::binary_focal_probs:
    case Op::binary_focal_logits:
      return binary_focal(b, n, in);
    case Op::categorical_focal_probs:
    case Op::categorical_focal_logits:
      return categorical_focal(b, n.op, x, y, in[2]);
    case Op::mse:
      return row_mean(b, square(b, b.sub(x, y)));
    case Op::mae:
      return row_mean(b, b.unary(Op::abs, b.sub(x, y)));
    case Op::huber:
      return huber(b, x, y, in[2]);
    case Op::msle:
      return msle(b, x, y);
    case Op::mape:
      return mape(b, x, y);
    case Op::log_cosh:
      return log_cosh(b, x, y);
    case Op::kl_divergence:
      return kl_divergence(b, x, y);
    case Op::poisson:
      return poisson(b, x, y);
    case Op::hinge:
      return row_mean(b, hinge(b, x, y));
    case Op::squared_hinge:
      return row_mean(b, square(b, hinge(b, x, y)));
    case Op::cosine_similarity:
      return cosine_similarity(b, x, y);
    case Op::sparse_top_k_accuracy:
      return sparse_top_k_accuracy(b, x, y, n.attr.value);
    case Op::sparse_accuracy:
      return equal(b, b.first_maximum(x), y);
    case Op::categorical_accuracy:
      return equal(b, b.first_maximum(x), b.first_maximum(y));
    case Op::binary_accuracy:
      return binary_accuracy(b, x, y, n.attr.value);
    default:
      throw InternalError("decompose: no rule for " + std::string(op_name(n.op)));
  }
}

}  // namespace ingot::codegen
