// Closed-form gradients of the losses with respect to the prediction; targets (and Huber's delta) have none.
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

ValueId clip(Sweep& s, ValueId p) {
  const DType t = s.b.type(p).dtype;
  return s.b.binary(Op::minimum, s.b.constant(1 - loss_epsilon, t), s.b.binary(Op::maximum, s.b.constant(loss_epsilon, t), p));
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
    default:
      return nullptr;
  }
}

}  // namespace ingot::codegen
