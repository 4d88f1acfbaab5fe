// Closed-form gradients of the losses with respect to the prediction; targets and the numbers of a loss have none.
#include "autodiff/rules.hpp"
#include "ir/op_info.hpp"

namespace ingot::codegen {
namespace {

struct LossNode {
  ValueId x, y;  ///< prediction, target
  std::int64_t cols;
  DType dtype;
};
LossNode parts(const Sweep& s, ValueId v) {
  const ValueId x = s.b.graph().node(v).in[0], y = s.b.graph().node(v).in[1];
  return {x, y, s.b.type(x).cols, s.b.type(x).dtype};
}

ValueId is_label(Sweep& s, const LossNode& n) { return s.b.binary(Op::equal, s.b.iota(n.cols, n.dtype), n.y); }
ValueId one_hot(Sweep& s, const LossNode& n) { return s.b.cast(is_label(s, n), n.dtype); }
/// dy spread over the mean of the columns.
ValueId column_mean(Sweep& s, const LossNode& n, ValueId dy) {
  return n.cols == 1 ? dy : s.b.div(dy, s.b.constant(static_cast<double>(n.cols), n.dtype));
}

ValueId at_least(Sweep& s, double limit, ValueId x) { return s.b.binary(Op::maximum, s.b.constant(limit, s.b.type(x).dtype), x); }
ValueId clip(Sweep& s, ValueId p, double highest = 1 - loss_epsilon) {
  return s.b.binary(Op::minimum, s.b.constant(highest, s.b.type(p).dtype), at_least(s, loss_epsilon, p));
}
/// `g` where clipping left p alone, limits included; 0 elsewhere.
ValueId inside(Sweep& s, ValueId p, ValueId clipped, ValueId g) {
  return s.b.select(s.b.binary(Op::equal, p, clipped), g, s.b.constant(0, s.b.type(p).dtype));
}

void sparse_ce_logits_rule(Sweep& s, ValueId v, ValueId dy) {
  const LossNode n = parts(s, v);
  s.accumulate_exact(n.x, s.b.mul(s.b.sub(s.b.unary(Op::softmax, n.x), one_hot(s, n)), dy));
}

void sparse_ce_probs_rule(Sweep& s, ValueId v, ValueId dy) {  // log(sum clip(p)) - log(clip(p)[label])
  const LossNode n = parts(s, v);
  const ValueId c = clip(s, n.x), one = s.b.constant(1, n.dtype);
  const ValueId all = s.b.div(one, s.b.unary(Op::row_sum, c));
  const ValueId own = s.b.select(is_label(s, n), s.b.div(one, c), s.b.constant(0, n.dtype));
  s.accumulate_exact(n.x, inside(s, n.x, c, s.b.mul(s.b.sub(all, own), dy)));
}

void ce_logits_rule(Sweep& s, ValueId v, ValueId dy) {
  const LossNode n = parts(s, v);
  const ValueId total = s.b.unary(Op::row_sum, n.y);  // 1 for one-hot targets; the formula holds for any
  s.accumulate_exact(n.x, s.b.mul(s.b.sub(s.b.mul(s.b.unary(Op::softmax, n.x), total), n.y), dy));
}

void ce_probs_rule(Sweep& s, ValueId v, ValueId dy) {  // q = p / sum p; dq = -y / q where not clipped; dp = (dq - sum(dq q)) / sum p
  const LossNode n = parts(s, v);
  const ValueId sum = s.b.unary(Op::row_sum, n.x), q = s.b.div(n.x, sum), c = clip(s, q);
  const ValueId dq = inside(s, q, c, s.b.unary(Op::neg, s.b.div(n.y, c)));
  const ValueId mean = s.b.unary(Op::row_sum, s.b.mul(dq, q));
  s.accumulate_exact(n.x, s.b.mul(s.b.div(s.b.sub(dq, mean), sum), dy));
}

void bce_logits_rule(Sweep& s, ValueId v, ValueId dy) {
  const LossNode n = parts(s, v);
  s.accumulate_exact(n.x, s.b.mul(s.b.sub(s.b.unary(Op::sigmoid, n.x), n.y), column_mean(s, n, dy)));
}

void bce_probs_rule(Sweep& s, ValueId v, ValueId dy) {
  const LossNode n = parts(s, v);
  const ValueId c = clip(s, n.x);
  const ValueId g = s.b.sub(s.b.div(s.b.sub_from(1, n.y), s.b.sub_from(1, c)), s.b.div(n.y, c));
  s.accumulate_exact(n.x, inside(s, n.x, c, s.b.mul(g, column_mean(s, n, dy))));
}

/// x ^ exponent for x > 0.
ValueId power(Sweep& s, ValueId x, ValueId exponent) { return s.b.unary(Op::exp, s.b.mul(s.b.unary(Op::log, x), exponent)); }

/// u^gamma * bce with u = y (1 - c) + (1 - y) c: the product rule; u' = 1 - 2 y.
void binary_focal_rule(Sweep& s, ValueId v, ValueId dy) {
  Builder& b = s.b;
  const Node node = b.graph().node(v);
  const LossNode n = parts(s, v);
  const bool logits = node.op == Op::binary_focal_logits;
  const ValueId gamma = node.in[2], not_y = b.sub_from(1, n.y);
  const ValueId p = logits ? b.unary(Op::sigmoid, n.x) : n.x, c = clip(s, p), not_c = b.sub_from(1, c);
  const ValueId wrong = b.add(b.mul(n.y, not_c), b.mul(not_y, c)), factor = power(s, wrong, gamma);
  const ValueId loss = b.unary(Op::neg, b.add(b.mul(n.y, b.unary(Op::log, c)), b.mul(not_y, b.unary(Op::log, not_c))));
  ValueId from_factor = b.mul(b.mul(b.mul(gamma, b.div(factor, wrong)), b.sub(not_y, n.y)), loss);
  ValueId from_loss = b.sub(b.div(not_y, not_c), b.div(n.y, c));
  if (logits) {  // dp/dx = p (1 - p), which cancels in the second term: it stays exact where p is clipped
    from_factor = b.mul(inside(s, p, c, from_factor), b.mul(c, not_c));
    from_loss = b.sub(p, n.y);
  }
  ValueId g = b.add(from_factor, b.mul(factor, from_loss));
  if (node.attr.value != 0) g = b.mul(g, b.add(b.mul(n.y, node.in[3]), b.mul(not_y, b.sub_from(1, node.in[3]))));
  g = b.mul(g, column_mean(s, n, dy));
  s.accumulate_exact(n.x, logits ? g : inside(s, n.x, c, g));
}

/// -y (1 - c)^gamma log q: `by_log` is the derivative with respect to log q, `by_c` through the factor, with respect to c.
struct FocalTerms {
  ValueId by_log, by_c;
};
FocalTerms focal_terms(Sweep& s, ValueId y, ValueId gamma, ValueId c, ValueId log_q) {
  const ValueId wrong = s.b.sub_from(1, c), weighed = s.b.mul(y, power(s, wrong, gamma));
  return {s.b.unary(Op::neg, weighed), s.b.mul(s.b.mul(gamma, s.b.div(weighed, wrong)), log_q)};
}

void categorical_focal_probs_rule(Sweep& s, ValueId v, ValueId dy) {  // q = p / sum p, as for ce_probs
  Builder& b = s.b;
  const LossNode n = parts(s, v);
  const ValueId gamma = b.graph().node(v).in[2];
  const ValueId sum = b.unary(Op::row_sum, n.x), q = b.div(n.x, sum), c = clip(s, q);
  const FocalTerms t = focal_terms(s, n.y, gamma, c, b.unary(Op::log, c));
  const ValueId dq = inside(s, q, c, b.add(b.div(t.by_log, c), t.by_c));
  const ValueId mean = b.unary(Op::row_sum, b.mul(dq, q));
  s.accumulate_exact(n.x, b.mul(b.div(b.sub(dq, mean), sum), dy));
}

void categorical_focal_logits_rule(Sweep& s, ValueId v, ValueId dy) {  // p = softmax(x): d log p_i / dx_j = [i = j] - p_j
  Builder& b = s.b;
  const LossNode n = parts(s, v);
  const ValueId gamma = b.graph().node(v).in[2];
  const ValueId p = b.unary(Op::softmax, n.x), c = clip(s, p);
  const FocalTerms t = focal_terms(s, n.y, gamma, c, b.unary(Op::log_softmax, n.x));
  const ValueId dlog = b.add(t.by_log, b.mul(inside(s, p, c, t.by_c), p));
  s.accumulate_exact(n.x, b.mul(b.sub(dlog, b.mul(p, b.unary(Op::row_sum, dlog))), dy));
}

void mse_rule(Sweep& s, ValueId v, ValueId dy) {
  const LossNode n = parts(s, v);
  s.accumulate_exact(n.x, s.b.mul(s.b.sub(n.x, n.y), s.b.mul(column_mean(s, n, dy), 2.0)));
}

void mae_rule(Sweep& s, ValueId v, ValueId dy) {
  const LossNode n = parts(s, v);
  s.accumulate_exact(n.x, s.b.mul(s.b.unary(Op::sign, s.b.sub(n.x, n.y)), column_mean(s, n, dy)));
}

void huber_rule(Sweep& s, ValueId v, ValueId dy) {  // the error, limited to +-delta
  const LossNode n = parts(s, v);
  const ValueId delta = s.b.graph().node(v).in[2], e = s.b.sub(n.x, n.y);
  const ValueId limited = s.b.binary(Op::minimum, delta, s.b.binary(Op::maximum, s.b.unary(Op::neg, delta), e));
  s.accumulate_exact(n.x, s.b.mul(limited, column_mean(s, n, dy)));
}

void msle_rule(Sweep& s, ValueId v, ValueId dy) {
  const LossNode n = parts(s, v);
  const ValueId q = at_least(s, loss_epsilon, n.x);
  const ValueId e = s.b.sub(s.b.unary(Op::log1p, q), s.b.unary(Op::log1p, at_least(s, loss_epsilon, n.y)));
  const ValueId g = s.b.div(s.b.mul(e, 2.0), s.b.add(q, 1.0));
  s.accumulate_exact(n.x, inside(s, n.x, q, s.b.mul(g, column_mean(s, n, dy))));
}

void mape_rule(Sweep& s, ValueId v, ValueId dy) {
  const LossNode n = parts(s, v);
  const ValueId size = at_least(s, loss_epsilon, s.b.unary(Op::abs, n.y));
  const ValueId g = s.b.div(s.b.mul(s.b.unary(Op::sign, s.b.sub(n.x, n.y)), 100.0), size);
  s.accumulate_exact(n.x, s.b.mul(g, column_mean(s, n, dy)));
}

void log_cosh_rule(Sweep& s, ValueId v, ValueId dy) {
  const LossNode n = parts(s, v);
  s.accumulate_exact(n.x, s.b.mul(s.b.unary(Op::tanh, s.b.sub(n.x, n.y)), column_mean(s, n, dy)));
}

void kl_divergence_rule(Sweep& s, ValueId v, ValueId dy) {
  const LossNode n = parts(s, v);
  const ValueId c = clip(s, n.x, 1);
  s.accumulate_exact(n.x, inside(s, n.x, c, s.b.mul(s.b.unary(Op::neg, s.b.div(clip(s, n.y, 1), c)), dy)));
}

void poisson_rule(Sweep& s, ValueId v, ValueId dy) {
  const LossNode n = parts(s, v);
  s.accumulate_exact(n.x, s.b.mul(s.b.sub_from(1, s.b.div(n.y, s.b.add(n.x, loss_epsilon))), column_mean(s, n, dy)));
}

void hinge_rule(Sweep& s, ValueId v, ValueId dy) {
  const LossNode n = parts(s, v);
  const ValueId zero = s.b.constant(0, n.dtype);
  const ValueId label = s.b.select(s.b.binary(Op::equal, n.y, zero), s.b.constant(-1, n.dtype), n.y);
  const ValueId margin = s.b.sub_from(1, s.b.mul(label, n.x));
  const ValueId slope = s.b.graph().node(v).op == Op::hinge ? s.b.constant(-1, n.dtype) : s.b.mul(margin, -2.0);
  const ValueId g = s.b.select(s.b.greater(margin, 0.0), s.b.mul(label, slope), zero);
  s.accumulate_exact(n.x, s.b.mul(g, column_mean(s, n, dy)));
}

void cosine_similarity_rule(Sweep& s, ValueId v, ValueId dy) {  // (x (x y) - y) / |x| of unit vectors; a tiny x is divided by epsilon only
  const LossNode n = parts(s, v);
  const auto norm = [&](ValueId a) { return s.b.unary(Op::sqrt, s.b.unary(Op::row_sum, s.b.mul(a, a))); };
  const ValueId length = norm(n.x), divisor = at_least(s, loss_epsilon, length);
  const ValueId x = s.b.div(n.x, divisor), y = s.b.div(n.y, at_least(s, loss_epsilon, norm(n.y)));
  const ValueId along = s.b.unary(Op::row_sum, s.b.mul(x, y));
  const ValueId turned = s.b.select(s.b.greater(length, loss_epsilon), s.b.mul(x, along), s.b.constant(0, n.dtype));
  s.accumulate_exact(n.x, s.b.mul(s.b.div(s.b.sub(turned, y), divisor), dy));
}

}  // namespace

GradientRule loss_rule(Op op) {
  switch (op) {
    case Op::sparse_ce_logits:
      return sparse_ce_logits_rule;
    case Op::sparse_ce_probs:
      return sparse_ce_probs_rule;
    case Op::ce_logits:
      return ce_logits_rule;
    case Op::ce_probs:
      return ce_probs_rule;
    case Op::bce_logits:
      return bce_logits_rule;
    case Op::bce_probs:
      return bce_probs_rule;
    case Op::mse:
      return mse_rule;
    case Op::mae:
      return mae_rule;
    case Op::huber:
      return huber_rule;
    case Op::msle:
      return msle_rule;
    case Op::mape:
      return mape_rule;
    case Op::log_cosh:
      return log_cosh_rule;
    case Op::kl_divergence:
      return kl_divergence_rule;
    case Op::poisson:
      return poisson_rule;
    case Op::hinge:
    case Op::squared_hinge:
      return hinge_rule;
    case Op::cosine_similarity:
      return cosine_similarity_rule;
    case Op::binary_focal_probs:
    case Op::binary_focal_logits:
      return binary_focal_rule;
    case Op::categorical_focal_probs:
      return categorical_focal_probs_rule;
    case Op::categorical_focal_logits:
      return categorical_focal_logits_rule;
    default:
      return nullptr;
  }
}

}  // namespace ingot::codegen
