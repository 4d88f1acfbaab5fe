#include "import/build.hpp"

#include "autodiff/gradient.hpp"
#include "import/bind.hpp"
#include "import/row_values.hpp"
#include "import/tables.hpp"
#include "import/updates.hpp"
#include "ir/error.hpp"
#include "ir/verify.hpp"
#include "pass/pipeline.hpp"

namespace ingot::codegen {
namespace {

constexpr std::string_view entry_names[] = {"train", "evaluate", "predict", "gradient"};

/// Builds what an entry adds to the forward pass.
class EntryBuilder {
 public:
  EntryBuilder(const definition_view& d, const double* values, Entry entry, Bound& bound)
      : d_(d), values_(values), entry_(entry), bound_(bound), b_(bound.graph), rows_(d, values, bound) {}

  void run() {
    if (entry_ == Entry::predict) return outputs();
    losses();
    if (entry_ == Entry::evaluate && measures_predictions()) outputs();
    verify(bound_.graph, Stage::built, "bind");
    // the gradient must see the losses in their final form; results keep track of the values meanwhile
    run_passes(bound_.graph, early_passes());
    if (entry_ != Entry::evaluate) differentiate();
  }

 private:
  ValueId number(const num& n) { return number_value(b_, d_, values_, n); }
  ValueId cast(ValueId v) { return b_.cast(v, bound_.graph.dtype); }

  /// Some metric is no mean over rows: the runtime accumulates it from the outputs of the pass that gives the losses anyway, so
  /// that training steps carry nothing for it.
  [[nodiscard]] bool measures_predictions() const {
    for (int m = 0; m <= static_cast<int>(ingot::metric::r2); ++m)
      if ((d_.recipe->metrics >> m & 1U) != 0 && !is_row_mean(static_cast<ingot::metric>(m))) return true;
    return false;
  }

  void outputs() {
    for (std::size_t k = 0; k < bound_.outputs.size(); ++k)
      result(ResultKind::output, static_cast<std::int32_t>(k), bound_.outputs[k].value, bound_.outputs[k].name);
  }

  void result(ResultKind kind, std::int32_t index, ValueId value, std::string name) {
    bound_.graph.results.push_back({kind, index, value, std::move(name)});
  }
  void metric(ValueId value, std::string name) { result(ResultKind::metric, metrics_++, value, std::move(name)); }

  void losses() {
    const bool several = bound_.outputs.size() > 1;
    std::vector<ValueId> means;
    ValueId total = no_value;
    for (const BoundOutput& out : bound_.outputs) {
      means.push_back(out.target == no_value ? no_value : mean(out, "loss", rows_.weighted_loss(out, weighs_classes())));
      if (means.back() != no_value) total = plus(total, weighted(out, means.back()));
    }
    if (total == no_value)
      throw UserError("the model '" + std::string(d_.name) + "' has no loss: add one to its recipe, or only predict with it");
    for (const Penalty& p : bound_.penalties) {
      b_.set_name(bound_.graph.states[static_cast<std::size_t>(p.state)].name + "/penalty");
      total = plus(total, penalty(state_leaf(p.state), p.l1, p.l2));
    }
    for (const ActivityPenalty& p : bound_.activities) {
      b_.set_name(p.name + "/penalty");
      total = plus(total, b_.div(penalty(p.value, p.l1, p.l2), cast(b_.rows())));
    }
    metric(total, "loss");
    if (entry_ == Entry::gradient) return;
    for (std::size_t k = 0; k < bound_.outputs.size(); ++k) {
      const BoundOutput& out = bound_.outputs[k];
      if (means[k] == no_value) continue;
      const std::string prefix = several ? out.name + "." : "";
      if (several) metric(means[k], prefix + "loss");
      for (const auto& [name, rows] : rows_.metrics(out)) metric(mean(out, name, rows), prefix + name);
    }
  }

  /// As in Keras, weights of classes act where the model is trained, not where it is measured.
  [[nodiscard]] bool weighs_classes() const { return entry_ != Entry::evaluate; }

  ValueId plus(ValueId a, ValueId b) {
    b_.set_name("loss");
    return a == no_value ? b : b_.add(a, b);
  }
  ValueId weighted(const BoundOutput& out, ValueId mean_loss) {
    const num& w = out.loss->weight;
    return w.hp < 0 && w.k == 1 ? mean_loss : b_.mul(mean_loss, cast(number(w)));
  }

  /// Mean of [B*m,1] over the valid rows. Divided by their number, whatever the weights (as Keras does).
  ValueId mean(const BoundOutput& out, std::string_view what, ValueId rows_value) {
    b_.set_name(out.name + "." + std::string(what));
    const std::int64_t per_sample = b_.type(rows_value).rows;
    const ValueId sum = b_.unary(Op::column_sum, rows_value);
    ValueId count = b_.rows();
    if (per_sample != 1) count = b_.mul(count, static_cast<double>(per_sample));
    return b_.div(sum, cast(count));
  }

  /// l1 * sum|w| + l2 * sum w^2
  ValueId penalty(ValueId w, const num& l1, const num& l2) {
    ValueId sum = no_value;
    const auto add_term = [&](const num& factor, ValueId elements) {
      const ValueId term = b_.mul(b_.unary(Op::row_sum, b_.unary(Op::column_sum, elements)), cast(number(factor)));
      sum = sum == no_value ? term : b_.add(sum, term);
    };
    if (!is_zero(l1)) add_term(l1, b_.unary(Op::abs, w));
    if (!is_zero(l2)) add_term(l2, b_.mul(w, w));
    return sum;
  }

  /// The one leaf that reads a state: gradients are taken with respect to it.
  [[nodiscard]] ValueId state_leaf(std::int32_t state) const { return leaf(Op::state, state); }
  [[nodiscard]] ValueId leaf(Op op, std::int32_t index) const {
    const Graph& g = bound_.graph;
    for (ValueId v = 0; v < g.size(); ++v)
      if (g.node(v).op == op && g.node(v).attr.index == index) return v;
    throw InternalError("build: no leaf reads " + std::string(op == Op::state ? "state " : "input ") + std::to_string(index));
  }

  void differentiate() {
    std::vector<ValueId> wrt;
    for (const std::int32_t p : bound_.parameters) wrt.push_back(state_leaf(p));
    if (entry_ == Entry::gradient)
      for (std::size_t i = 0; i < bound_.inputs.size(); ++i) wrt.push_back(leaf(Op::input, static_cast<std::int32_t>(i)));
    const LossScaling& scaling = bound_.scaling;
    const ValueId scale = scaling.on() ? b_.state(scaling.scale) : no_value;
    std::vector<ValueId> grads = gradient(bound_.graph, bound_.graph.results.front().value, wrt, scale);
    if (scaling.on()) grads = unscale_gradients(b_, scaling, std::move(grads));
    if (entry_ == Entry::train) {
      add_updates(b_, d_, values_, bound_, grads);
      return move_statistics();
    }
    for (std::size_t k = 0; k < grads.size(); ++k) {
      const bool parameter = k < bound_.parameters.size();
      std::string name = parameter ? bound_.graph.states[static_cast<std::size_t>(bound_.parameters[k])].name
                                   : bound_.graph.inputs[k - bound_.parameters.size()].name;
      result(ResultKind::output, static_cast<std::int32_t>(k), grads[k], std::move(name));
    }
  }

  /// Statistics move with every batch, those whose gradients are only accumulated included (as in Keras).
  void move_statistics() {
    for (const MovingStatistic& m : bound_.moving) {
      b_.set_name(bound_.graph.states[static_cast<std::size_t>(m.state)].name);
      const ValueId value = bound_.scaling.on() ? finite_or(b_, m.value, b_.state(m.state)) : m.value;
      result(ResultKind::assign, m.state, value, b_.name());
    }
  }

  const definition_view& d_;
  const double* values_;
  Entry entry_;
  Bound& bound_;
  Builder b_;
  RowValues rows_;
  std::int32_t metrics_ = 0;
};

}  // namespace

Graph build_unoptimized(const definition_view& definition, const double* values, Entry entry, DType dtype) {
  const bool training = entry == Entry::train || entry == Entry::gradient;
  Bound bound = bind(definition, values, dtype, training, entry != Entry::predict);
  bound.graph.name = std::string(definition.name) + "." + std::string(entry_names[static_cast<std::size_t>(entry)]);
  EntryBuilder(definition, values, entry, bound).run();
  return std::move(bound.graph);
}

Graph build(const definition_view& definition, const double* values, Entry entry, DType dtype) {
  Graph g = build_unoptimized(definition, values, entry, dtype);
  run_passes(g, late_passes());
  return g;
}

}  // namespace ingot::codegen
