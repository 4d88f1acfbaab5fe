#include "import/updates.hpp"

#include "autodiff/gradients.hpp"
#include "autodiff/update.hpp"
#include "import/tables.hpp"
#include "ir/error.hpp"

#include <algorithm>

namespace ingot::codegen {
namespace {

class Updates {
 public:
  Updates(Builder& b, const definition_view& d, const double* values, const Bound& bound)
      : b_(b), d_(d), r_(*d.recipe), values_(values), bound_(bound) {}

  void run(std::vector<ValueId> grads) {
    b_.set_name("optimizer");
    OptimizerNumbers n = optimizer_numbers();
    const GradientNumbers g = gradient_numbers(n.applies);
    for (std::size_t k = 0; k < bound_.masks.size(); ++k)  // before they are added up or measured: pruned weights count for nothing
      if (bound_.masks[k] >= 0) grads[k] = masked(b_, bound_.masks[k], grads[k]);
    grads = accumulate_gradients(b_, g, bound_.accumulators, std::move(grads));
    if (bound_.scaling.on()) skip_overflow(n, grads);
    b_.set_name("optimizer");
    grads = clip_gradients(b_, g, std::move(grads));
    for (std::size_t k = 0; k < grads.size(); ++k) {
      const ParameterStates states = {bound_.parameters[k], bound_.slots[k], r_.average ? bound_.averages[k] : -1,
                                      bound_.masks.empty() ? -1 : bound_.masks[k]};
      add_update(b_, of_parameter(n, states.parameter), states, grads[k]);
    }
  }

 private:
  ValueId number(const num& n) { return number_value(b_, d_, values_, n); }
  ValueId scalar(ScalarKind kind) {
    const std::int32_t index = find_scalar(bound_.graph, kind);
    return index < 0 ? no_value : b_.scalar(index);
  }

  /// An update with gradients that are not finite leaves everything as it is, but for the scale of the loss.
  void skip_overflow(OptimizerNumbers& n, std::span<const ValueId> grads) {
    const ValueId finite = all_finite(b_, grads);
    const ValueId skipped = move_loss_scale(b_, bound_.scaling, number(r_.craft.precision.growth), finite, n.applies);
    n.applies = n.applies == no_value ? finite : b_.greater(b_.mul(b_.cast(finite, DType::f64), b_.cast(n.applies, DType::f64)), 0.5);
    const auto metrics =
        static_cast<std::int32_t>(std::ranges::count(b_.graph().results, ResultKind::metric, [](const Result& r) { return r.kind; }));
    b_.graph().results.push_back({ResultKind::metric, metrics, b_.state(bound_.scaling.scale), "loss_scale"});
    b_.graph().results.push_back({ResultKind::metric, metrics + 1, skipped, "skipped_updates"});
  }

  OptimizerNumbers optimizer_numbers() {
    OptimizerNumbers n;
    n.form = optimizer_form(r_);
    n.epsilon_form = r_.epsilon_form;
    n.nesterov = r_.nesterov;
    n.rate = scalar(ScalarKind::rate);
    n.momentum = number(r_.momentum);
    n.rho = number(r_.rho);
    n.epsilon = number(r_.epsilon);
    n.beta1 = number(r_.beta1);
    n.beta2 = number(r_.beta2);
    if (const std::int32_t power = find_scalar(bound_.graph, cycles_momentum(r_) ? ScalarKind::momentum_power : ScalarKind::power);
        power >= 0) {
      n.beta1_power = b_.scalar(power);
      n.beta2_power = b_.scalar(power + 1);
    }
    if (cycles_momentum(r_)) n.momentum = n.beta1 = scalar(ScalarKind::momentum);
    if (const std::int32_t product = find_scalar(bound_.graph, ScalarKind::nadam_product); product >= 0) {
      n.warm_power = b_.scalar(product - 1);
      n.warm_product = b_.scalar(product);
    }
    if (const ValueId applies = scalar(ScalarKind::apply); applies != no_value) n.applies = b_.greater(applies, 0.5);
    if (r_.average) n.average_momentum = number(r_.average_momentum);
    n.update = scalar(ScalarKind::update);
    return n;
  }

  GradientNumbers gradient_numbers(ValueId applies) {
    GradientNumbers g;
    g.clip = r_.clip;
    if (r_.clip != clip_kind::none) g.limit = number(r_.clip_limit);
    if (accumulates(r_)) g.batches = number(r_.accumulation);
    g.applies = applies;
    return g;
  }

  /// The numbers with the rate and the decay of the parameter's group.
  OptimizerNumbers of_parameter(OptimizerNumbers n, std::int32_t parameter) {
    const StateInfo& info = bound_.graph.states[static_cast<std::size_t>(parameter)];
    const group_t* group = find_group(r_, info.name);
    const num& decay = group != nullptr && group->has_decay ? group->decay : r_.weight_decay;
    const bool spared = r_.decay_matrices_only && info.dims.size() < 2;
    b_.set_name(info.name + "/update");
    n.has_decay = !is_zero(decay) && !spared;
    if (n.has_decay) n.weight_decay = number(decay);
    if (group != nullptr && !(group->rate.hp < 0 && group->rate.k == 1)) n.rate = b_.mul(n.rate, number(group->rate));
    n.constraint = constraint_of(parameter);
    return n;
  }

  ConstraintNumbers constraint_of(std::int32_t parameter) {
    const auto it =
        std::find_if(bound_.constraints.begin(), bound_.constraints.end(), [&](const Constrained& c) { return c.state == parameter; });
    if (it == bound_.constraints.end()) return {};
    const constraint_t& c = it->constraint;
    const bool vector = bound_.graph.states[static_cast<std::size_t>(parameter)].dims.size() == 1;
    return {c.kind, number(c.low), number(c.high), number(c.rate), vector};
  }

  Builder& b_;
  const definition_view& d_;
  const recipe_t& r_;
  const double* values_;
  const Bound& bound_;
};

}  // namespace

void add_updates(Builder& b, const definition_view& d, const double* values, const Bound& bound, const std::vector<ValueId>& grads) {
  if (d.recipe->optimizer == opt_kind::none)
    throw UserError("the model '" + std::string(d.name) + "' cannot be trained: its recipe has no optimizer");
  Updates(b, d, values, bound).run(grads);
}

}  // namespace ingot::codegen
