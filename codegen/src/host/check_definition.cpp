// The structural rules of a definition that came as bytes. The proof of the DSL is not repeated here: what a sealed model
// cannot contain is refused, what it can contain but has invalid shapes is found when a point is bound.
#include "host/check_craft.hpp"
#include "host/definition_bytes.hpp"

#include <ingot/dsl/infer.hpp>
#include <ingot/dsl/recipe_numbers.hpp>

#include <cmath>

namespace ingot::codegen {

namespace {

constexpr std::int32_t largest_extent = 1 << 28;  // keeps products of a size and a factor inside 64 bits
constexpr double largest_value = 2147483648.0;

class Checker {
 public:
  explicit Checker(const definition_view& d) : d_(d) {}

  std::string check() {
    for (std::int32_t i = 0; i < d_.n_hps; ++i) check_hp(d_.hps[i]);
    for (std::int32_t i = 0; i < d_.n_guards; ++i) check_guard(d_.guards[i]);
    for (std::int32_t i = 0; i < d_.n_ops; ++i) check_op(i);
    check_recipe(*d_.recipe);
    return broken_;
  }

 private:
  void need(bool ok, std::string_view sentence) {
    if (!ok && broken_.empty()) broken_ = sentence;
  }
  [[nodiscard]] bool is_hp(std::int32_t i) const { return i >= -1 && i < d_.n_hps; }
  [[nodiscard]] bool is_guard(std::int32_t i) const { return i >= -1 && i < d_.n_guards; }
  void check_name(const name_t& name) {
    need(name.s[name_capacity - 1] == 0, "a name has no end");
    need(!name.cut, "a name was cut");
  }
  void check_num(const num& n) { need(is_hp(n.hp), "a number refers to an unknown hyper-parameter"); }
  void check_dim(const dim& x) {
    need(is_hp(x.hp), "a size refers to an unknown hyper-parameter");
    need(x.div != 0, "a size is divided by zero");
    for (const std::int32_t part : {x.k, x.mul, x.div}) need(part > -largest_extent && part < largest_extent, "a size is out of range");
  }

  void check_hp(const hp_t& hp) {
    check_name(hp.name);
    need(hp.kind >= hp_kind::integer && hp.kind <= hp_kind::choice_act, "a hyper-parameter has no kind");
    need(is_guard(hp.guard), "a hyper-parameter has an unknown guard");
    const bool choice = hp.kind >= hp_kind::choice_int;
    need(hp.n >= (choice ? 1 : 0) && hp.n <= max_choices, "a hyper-parameter has an impossible number of choices");
    if (!broken_.empty()) return;
    for (std::int32_t i = 0; i < hp.n; ++i) {
      need(std::isfinite(hp.v[i]), "a choice is not finite");
      if (hp.kind == hp_kind::choice_act)
        need(hp.v[i] >= 0 && hp.v[i] <= static_cast<double>(last_act) && hp.v[i] == std::floor(hp.v[i]),
             "a choice is an unknown activation");
    }
    if (choice) return;
    need(std::isfinite(hp.lo) && std::isfinite(hp.hi) && std::isfinite(hp.step) && hp.lo <= hp.hi, "a range is empty or not finite");
    const bool whole =
        hp.kind != hp_kind::integer || (hp.step >= 1 && std::abs(hp.lo) <= largest_value && std::abs(hp.hi) <= largest_value);
    need(whole && hp.step >= 0, "a range has an impossible step");
  }

  void check_guard(const guard_t& guard) {
    check_name(guard.hp_name);
    need(guard.hp >= 0 && guard.hp < d_.n_hps, "a guard refers to an unknown hyper-parameter");
    need(is_guard(guard.parent), "a guard has an unknown parent");
    if (!broken_.empty()) return;
    std::int32_t steps = 0;
    for (std::int32_t at = guard.parent; at >= 0 && broken_.empty(); ++steps) {
      at = is_guard(at) ? d_.guards[at].parent : -1;
      need(steps <= d_.n_guards, "guards form a circle");
    }
  }

  [[nodiscard]] static int operands(op_kind kind) {
    switch (kind) {
      case op_kind::input:
        return 0;
      case op_kind::add:
      case op_kind::concat:
      case op_kind::select:
        return 2;
      default:
        return 1;
    }
  }

  void check_op(std::int32_t i) {
    const op& o = d_.ops[i];
    need(static_cast<int>(o.kind) < n_op_kinds, "an op has an unknown kind");
    need(o.activation <= act::own && o.init <= last_init && o.bias_init <= last_init, "an op has an unknown option");
    need(o.pad <= (o.kind == op_kind::conv1d ? pad_kind::causal : pad_kind::same), "an op has an unknown padding");
    need(is_hp(o.act_hp) && is_guard(o.guard), "an op refers to an unknown hyper-parameter or guard");
    const bool ruled = o.activation == act::own;
    need(ruled ? o.act_hp < 0 && well_formed(o.rule, 1) : o.rule.n_steps == 0, "an activation's rule is none");
    if (o.act_hp >= 0 && broken_.empty())
      need(d_.hps[o.act_hp].kind == hp_kind::choice_act, "an activation is chosen by a hyper-parameter that has none");
    for (int k = 0; k < 2; ++k) {
      const bool connected = o.in[k] >= 0 && o.in[k] < i;
      need(connected || (o.in[k] == unused && k >= operands(o.kind)), "an op reads something that is not before it");
    }
    const bool shaped = o.kind == op_kind::input || o.kind == op_kind::reshape;
    need(o.rank >= (shaped ? 1 : 0) && o.rank <= max_rank, "an op has an impossible number of axes");
    if (o.kind == op_kind::input && broken_.empty()) check_input(o);
    const bool grouped = o.kind == op_kind::conv1d || o.kind == op_kind::conv2d;
    need(grouped || detail::is_one(o.groups), "an op that is no convolution has groups");
    need(grouped || o.kind == op_kind::depthwise_conv2d || !detail::is_dilated(o), "an op that is no convolution has a dilation");
    for (const constraint_t* c : {&o.constraint, &o.bias_constraint}) need(check_constraint(*c).empty(), check_constraint(*c));
    for_each_dim(o, [this](const dim& x) { check_dim(x); });
    for_each_num(o, [this](const num& n) { check_num(n); });
    check_name(o.name);
    check_name(o.source);
  }

  void check_input(const op& o) {
    std::int64_t elements = 1;
    for (std::int32_t k = 0; k < o.rank && broken_.empty(); ++k) {
      need(o.size[k].k >= 1, "an input has an empty axis");
      elements *= o.size[k].k;
      need(elements <= largest_extent, "an input is too large");
    }
    need(o.guard < 0, "an input is conditional");
  }

  void check_recipe(const recipe_t& r) {
    need(r.n_outputs >= 1 && r.n_outputs <= max_inputs, "the recipe has an impossible number of outputs");
    for (const std::int16_t output : r.output) need(output >= -1 && output < d_.n_ops, "an output is not an op");
    for (const loss_t& loss : r.loss) {
      need(loss.kind <= last_loss, "the recipe has an unknown loss");
      need(loss.kind == loss_kind::own ? well_formed(loss.rule, 2) : loss.rule.n_steps == 0, "a loss's rule is none");
    }
    need(r.n_class_weights >= 0 && r.n_class_weights <= max_class_weights, "the recipe has an impossible number of class weights");
    need(r.top_k >= 1, "the recipe has an impossible top_k");
    need(r.metrics >> static_cast<int>(metric::val_top_k_accuracy) == 0, "the recipe has an unknown metric");
    need(r.optimizer <= opt_kind::lamb && r.epsilon_form <= epsilon_kind::pytorch, "the recipe has an unknown optimizer");
    need(r.initial_accumulator >= 0 && r.initial_accumulator < 1e300, "the recipe starts Adagrad's sum below 0");
    need(r.objective <= metric::val_r2 && r.stopping.monitor <= metric::val_r2, "the recipe has an unknown metric");
    need(r.objective_mode <= direction::maximize && r.stopping.mode <= direction::maximize, "the recipe has an unknown direction");
    for_each_number(r, [this](const num& n) { check_num(n); });
    check_schedule(r.schedule);
    need(r.clip <= clip_kind::global_norm, "the recipe clips gradients in an unknown way");
    need(r.step_memory >= 1, "the recipe allows a step no memory");
    need(r.average_every >= 0, "the recipe has an impossible number of updates");
    need(r.n_groups >= 0 && r.n_groups <= max_groups, "the recipe has an impossible number of groups");
    for (const group_t& g : r.groups) check_name(g.prefix);
    check_stop_rules(r);
    need(check_craft(r.craft).empty(), check_craft(r.craft));
    for (const name_t& layer : r.craft.prune.layer) check_name(layer);
    need(r.plateau.monitor <= metric::val_r2, "the recipe has an unknown metric");
    need(r.plateau.mode <= direction::maximize, "the recipe has an unknown direction");
  }

  /// Rules in postfix order are one condition: joins have two before them, and one is left.
  void check_stop_rules(const recipe_t& r) {
    need(r.n_stop_rules >= 0 && r.n_stop_rules <= max_stop_rules, "the recipe has an impossible number of stopping rules");
    std::int32_t conditions = 0;
    for (std::int32_t k = 0; k < r.n_stop_rules && broken_.empty(); ++k) {
      const stop_rule_t& rule = r.stop_rules[k];
      need(rule.kind <= stop_kind::time_budget && rule.monitor <= metric::val_r2 && rule.strip >= 1, "a stopping rule is not known");
      const bool joins = rule.kind == stop_kind::any || rule.kind == stop_kind::all;
      need(!joins || conditions >= 2, "a stopping rule joins conditions that are not there");
      conditions += joins ? -1 : 1;
    }
    need(conditions == (r.n_stop_rules > 0 ? 1 : 0), "the stopping rules are not one condition");
  }

  void check_schedule(const schedule_t& s) {
    need(s.kind <= schedule_kind::one_cycle, "the recipe has an unknown schedule");
    need(s.n_pieces >= 0 && s.n_pieces <= max_pieces, "a schedule has an impossible number of pieces");
    need(s.length.unit <= time_unit::epochs && s.warmup.unit <= time_unit::epochs, "a schedule has an unknown unit of time");
    for (const piece_t& piece : s.pieces) need(piece.until.unit <= time_unit::epochs, "a schedule has an unknown unit of time");
  }

  const definition_view& d_;
  std::string broken_;
};

}  // namespace

std::string check_definition(const definition_view& definition) { return Checker(definition).check(); }

}  // namespace ingot::codegen
