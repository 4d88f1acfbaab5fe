#include "import/row_values.hpp"

#include "import/bind_expression.hpp"
#include "import/tables.hpp"
#include "ir/error.hpp"

namespace ingot::codegen {
namespace {

bool sparse(const BoundOutput& out) { return out.loss->kind == loss_kind::sparse_categorical_crossentropy; }

/// The op of a loss that has no numbers of its own.
Op plain_op(const BoundOutput& out, bool smoothed) {
  const bool logits = out.loss->from_logits;
  switch (out.loss->kind) {
    case loss_kind::sparse_categorical_crossentropy:
      if (!smoothed) return logits ? Op::sparse_ce_logits : Op::sparse_ce_probs;
      return logits ? Op::ce_logits : Op::ce_probs;
    case loss_kind::categorical_crossentropy:
      return logits ? Op::ce_logits : Op::ce_probs;
    case loss_kind::binary_crossentropy:
      return logits ? Op::bce_logits : Op::bce_probs;
    case loss_kind::mse:
      return Op::mse;
    case loss_kind::mae:
      return Op::mae;
    case loss_kind::msle:
      return Op::msle;
    case loss_kind::mape:
      return Op::mape;
    case loss_kind::log_cosh:
      return Op::log_cosh;
    case loss_kind::kl_divergence:
      return Op::kl_divergence;
    case loss_kind::poisson:
      return Op::poisson;
    case loss_kind::hinge:
      return Op::hinge;
    case loss_kind::squared_hinge:
      return Op::squared_hinge;
    case loss_kind::cosine_similarity:
      return Op::cosine_similarity;
    default:
      throw InternalError("build: output '" + out.name + "' has no loss");
  }
}

}  // namespace

ValueId RowValues::number(const num& n) { return b_.cast(number_value(b_, d_, values_, n), bound_.graph.dtype); }

ValueId RowValues::smoothed_target(const BoundOutput& out) {
  const loss_t& l = *out.loss;
  if (is_zero(l.smoothing)) return out.target;
  const std::int64_t cols = b_.type(out.value).cols;
  const DType dtype = bound_.graph.dtype;
  ValueId y = out.target;
  if (sparse(out)) y = b_.cast(b_.binary(Op::equal, b_.iota(cols, dtype), y), dtype);
  const ValueId share = number(l.smoothing);
  const double uniform = is_binary(l.kind) ? 0.5 : 1.0 / static_cast<double>(cols);
  return b_.add(b_.mul(y, b_.sub_from(1, share)), b_.mul(share, uniform));
}

ValueId RowValues::focal(const BoundOutput& out, ValueId target) {
  const loss_t& l = *out.loss;
  const ValueId gamma = number(l.gamma), alpha = number(l.alpha);
  if (!is_binary(l.kind)) {
    const ValueId in[] = {out.value, target, gamma};
    return b_.mul(b_.node(l.from_logits ? Op::categorical_focal_logits : Op::categorical_focal_probs, in, {}, {}), alpha);
  }
  const ValueId in[] = {out.value, target, gamma, alpha};
  Attr attr;
  attr.value = l.balance ? 1 : 0;
  return b_.node(l.from_logits ? Op::binary_focal_logits : Op::binary_focal_probs, in, attr, {});
}

ValueId RowValues::loss(const BoundOutput& out) {
  b_.set_name(out.name + ".loss");
  const ValueId target = smoothed_target(out);
  switch (out.loss->kind) {
    case loss_kind::binary_focal_crossentropy:
    case loss_kind::categorical_focal_crossentropy:
      return focal(out, target);
    case loss_kind::huber: {
      const ValueId in[] = {out.value, target, number(out.loss->delta)};
      return b_.node(Op::huber, in, {}, {});
    }
    case loss_kind::own: {
      const ValueId arguments[] = {out.value, target};
      const ValueId each = bind_expression(b_, out.loss->rule, arguments, [this](const num& n) { return number(n); });
      return b_.mul(b_.unary(Op::row_sum, each), 1.0 / static_cast<double>(b_.type(out.value).cols));
    }
    default:
      return b_.binary(plain_op(out, target != out.target), out.value, target);
  }
}

ValueId RowValues::class_number(const BoundOutput& out) {
  if (sparse(out)) return out.target;
  if (is_binary(out.loss->kind)) return b_.cast(b_.greater(out.target, 0.5), bound_.graph.dtype);
  return b_.first_maximum(out.target);
}

/// Balanced weights are a state that the runtime measures; given ones are chosen among, since there are few.
ValueId RowValues::class_weight(const BoundOutput& out) {
  const recipe_t& r = *d_.recipe;
  const DType dtype = bound_.graph.dtype;
  const ValueId label = class_number(out);
  if (bound_.class_weights >= 0) {
    const ValueId weights = b_.state(bound_.class_weights);
    const ValueId own = b_.binary(Op::equal, b_.iota(b_.type(weights).cols, dtype), label);
    return b_.unary(Op::row_sum, b_.select(own, weights, b_.constant(0, dtype)));
  }
  ValueId weight = number(r.class_weight[0]);
  for (int c = 1; c < r.n_class_weights; ++c)
    weight = b_.select(b_.binary(Op::equal, label, b_.constant(c, dtype)), number(r.class_weight[c]), weight);
  return weight;
}

ValueId RowValues::weighted_loss(const BoundOutput& out, bool class_weights) {
  ValueId rows = loss(out);
  b_.set_name(out.name + ".weight");
  if (class_weights && (bound_.class_weights >= 0 || d_.recipe->n_class_weights > 0)) rows = b_.mul(rows, class_weight(out));
  if (bound_.sample_weights == no_value) return rows;
  // one weight for all positions of a sample: side by side they are one row
  const std::int64_t positions = b_.type(rows).rows;
  return b_.reshape(b_.mul(b_.reshape(rows, 1, positions), bound_.sample_weights), positions, 1);
}

bool RowValues::asked(metric m, const BoundOutput& out) const {
  return (d_.recipe->metrics & metric_bit(m)) != 0 && metric_fits(m, out.loss->kind);
}

/// As Keras picks for metrics=["accuracy"]: by the loss and the width of the output.
ValueId RowValues::accuracy(const BoundOutput& out) {
  if (sparse(out)) return b_.binary(Op::sparse_accuracy, out.value, out.target);
  if (b_.type(out.value).cols > 1) return b_.binary(Op::categorical_accuracy, out.value, out.target);
  Attr attr;  // a probability of one half; Keras compares logits with 0.5 as well, which is no decision of the model
  attr.value = out.loss->from_logits ? 0.0 : 0.5;
  return b_.binary(Op::binary_accuracy, out.value, out.target, attr);
}

std::vector<std::pair<std::string, ValueId>> RowValues::metrics(const BoundOutput& out) {
  std::vector<std::pair<std::string, ValueId>> found;
  const auto add = [&](metric m, auto&& make) {
    std::string name(metric_name(m));
    b_.set_name(out.name + "." + name);
    const ValueId rows = make();
    found.emplace_back(std::move(name), rows);
  };
  if (is_categorical(out.loss->kind) || is_binary(out.loss->kind)) add(metric::accuracy, [&] { return accuracy(out); });
  if (asked(metric::top_k_accuracy, out)) {
    Attr attr;
    attr.value = d_.recipe->top_k;
    add(metric::top_k_accuracy, [&] { return b_.binary(Op::sparse_top_k_accuracy, out.value, class_number(out), attr); });
  }
  if (asked(metric::mse, out)) add(metric::mse, [&] { return b_.binary(Op::mse, out.value, out.target); });
  if (asked(metric::mae, out)) add(metric::mae, [&] { return b_.binary(Op::mae, out.value, out.target); });
  return found;
}

}  // namespace ingot::codegen
