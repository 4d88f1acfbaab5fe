#include "host/recipe_tables.hpp"

#include "host/craft_tables.hpp"

namespace ingot::codegen {

static_assert(static_cast<int>(hp_kind::integer) == INGOT_HP_INTEGER && static_cast<int>(hp_kind::real) == INGOT_HP_REAL &&
              static_cast<int>(hp_kind::boolean) == INGOT_HP_BOOLEAN && static_cast<int>(hp_kind::choice_int) == INGOT_HP_CHOICE_INT &&
              static_cast<int>(hp_kind::choice_real) == INGOT_HP_CHOICE_REAL &&
              static_cast<int>(hp_kind::choice_act) == INGOT_HP_CHOICE_LABEL);
static_assert(static_cast<int>(metric::loss) == INGOT_LOSS && static_cast<int>(metric::accuracy) == INGOT_ACCURACY &&
              static_cast<int>(metric::val_loss) == INGOT_VAL_LOSS && static_cast<int>(metric::val_accuracy) == INGOT_VAL_ACCURACY);
static_assert(static_cast<int>(metric::top_k_accuracy) == INGOT_TOP_K_ACCURACY && static_cast<int>(metric::precision) == INGOT_PRECISION &&
              static_cast<int>(metric::recall) == INGOT_RECALL && static_cast<int>(metric::auc) == INGOT_AUC &&
              static_cast<int>(metric::f1) == INGOT_F1 && static_cast<int>(metric::mse) == INGOT_MSE &&
              static_cast<int>(metric::mae) == INGOT_MAE && static_cast<int>(metric::r2) == INGOT_R2 &&
              static_cast<int>(metric::val_top_k_accuracy) == INGOT_VAL_TOP_K_ACCURACY && static_cast<int>(metric::val_r2) == INGOT_VAL_R2);
static_assert(static_cast<int>(direction::automatic) == INGOT_AUTOMATIC && static_cast<int>(direction::minimize) == INGOT_MINIMIZE &&
              static_cast<int>(direction::maximize) == INGOT_MAXIMIZE);
static_assert(static_cast<int>(schedule_kind::constant) == INGOT_CONSTANT &&
              static_cast<int>(schedule_kind::piecewise) == INGOT_PIECEWISE &&
              static_cast<int>(schedule_kind::exponential) == INGOT_EXPONENTIAL &&
              static_cast<int>(schedule_kind::inverse_time) == INGOT_INVERSE_TIME &&
              static_cast<int>(schedule_kind::polynomial) == INGOT_POLYNOMIAL && static_cast<int>(schedule_kind::cosine) == INGOT_COSINE &&
              static_cast<int>(schedule_kind::cosine_restarts) == INGOT_COSINE_RESTARTS &&
              static_cast<int>(schedule_kind::one_cycle) == INGOT_ONE_CYCLE && static_cast<int>(time_unit::epochs) == INGOT_EPOCHS &&
              max_pieces == INGOT_MAX_PIECES);
static_assert(static_cast<int>(stop_kind::any) == INGOT_STOP_ANY && static_cast<int>(stop_kind::all) == INGOT_STOP_ALL &&
              static_cast<int>(stop_kind::below) == INGOT_STOP_BELOW && static_cast<int>(stop_kind::above) == INGOT_STOP_ABOVE &&
              static_cast<int>(stop_kind::prechelt_gl) == INGOT_STOP_PRECHELT_GL &&
              static_cast<int>(stop_kind::prechelt_pq) == INGOT_STOP_PRECHELT_PQ &&
              static_cast<int>(stop_kind::prechelt_up) == INGOT_STOP_PRECHELT_UP &&
              static_cast<int>(stop_kind::time_budget) == INGOT_STOP_TIME_BUDGET && max_stop_rules == INGOT_MAX_STOP_RULES);
static_assert(max_choices == INGOT_MAX_CHOICES && max_rank == INGOT_MAX_RANK);

ingot_num make_num(const num& n) { return {n.k, n.hp, 0}; }

ingot_duration make_duration(const duration_t& d) { return {make_num(d.n), static_cast<std::uint32_t>(d.unit), 0}; }

namespace {

std::uint32_t number(bool flag) { return flag ? 1 : 0; }

ingot_schedule make_schedule(const recipe_t& r) {
  const schedule_t& s = r.schedule;
  ingot_schedule row{};
  row.kind = static_cast<std::uint32_t>(s.kind);
  row.staircase = number(s.staircase);
  row.cycle = number(s.cycle);
  row.linear = number(s.linear);
  row.three_phase = number(s.three_phase);
  row.n_pieces = static_cast<std::uint32_t>(s.n_pieces);
  row.moves_momentum = number(cycles_momentum(r));
  row.length = make_duration(s.length);
  row.warmup = make_duration(s.warmup);
  row.warmup_start = make_num(s.warmup_start);
  row.factor = make_num(s.factor);
  row.end = make_num(s.end);
  row.power = make_num(s.power);
  row.alpha = make_num(s.alpha);
  row.t_mul = make_num(s.t_mul);
  row.m_mul = make_num(s.m_mul);
  row.rise = make_num(s.rise);
  row.div = make_num(s.div);
  row.final_div = make_num(s.final_div);
  row.low_momentum = make_num(s.low_momentum);
  row.high_momentum = make_num(s.high_momentum);
  for (int k = 0; k < max_pieces; ++k) row.pieces[k] = {make_duration(s.pieces[k].until), make_num(s.pieces[k].rate)};
  return row;
}

ingot_plateau make_plateau(const plateau_t& p) {
  return {number(p.on),
          static_cast<std::uint32_t>(p.monitor),
          static_cast<std::uint32_t>(p.mode),
          0,
          make_num(p.factor),
          make_num(p.patience),
          make_num(p.min_delta),
          make_num(p.cooldown),
          make_num(p.min_rate)};
}

}  // namespace

ingot_hp make_hp(StringPool& pool, const hp_t& hp, double initial) {
  ingot_hp row{};
  row.name = pool.keep(hp.name.view());
  row.kind = static_cast<std::uint32_t>(hp.kind);
  row.log = number(hp.log);
  row.structural = number(hp.structural);
  row.guard = hp.guard;
  row.initial = initial;
  if (hp.kind < hp_kind::choice_int) {
    row.low = hp.kind == hp_kind::boolean ? 0 : hp.lo;
    row.high = hp.kind == hp_kind::boolean ? 1 : hp.hi;
    row.step = hp.kind == hp_kind::real ? 0 : hp.kind == hp_kind::boolean ? 1 : hp.step;
    return row;
  }
  row.n_choices = static_cast<std::uint32_t>(hp.n);
  for (std::int32_t i = 0; i < hp.n; ++i) {
    row.choices[i] = hp.v[i];
    if (hp.kind == hp_kind::choice_act) row.labels[i] = pool.keep(act_name(static_cast<act>(static_cast<int>(hp.v[i]))));
  }
  return row;
}

ingot_recipe make_recipe(StringPool& pool, const recipe_t& r) {
  ingot_recipe row{};
  row.optimizer = pool.keep(optimizer_name(r.optimizer));
  row.learning_rate = make_num(r.learning_rate);
  row.batch = make_num(r.batch);
  row.epochs = make_num(r.epochs);
  row.validation = make_num(r.validation);
  row.stopping = number(r.stopping.on);
  row.stop_monitor = static_cast<std::uint32_t>(r.stopping.monitor);
  row.stop_mode = static_cast<std::uint32_t>(r.stopping.mode);
  row.stop_restore_best = number(r.stopping.restore_best_weights);
  row.stop_has_baseline = number(r.stopping.has_baseline);
  row.stop_start_from_epoch = r.stopping.start_from_epoch;
  row.stop_patience = make_num(r.stopping.patience);
  row.stop_min_delta = make_num(r.stopping.min_delta);
  row.stop_baseline = make_num(r.stopping.baseline);
  row.search = number(r.search_on);
  row.objective = static_cast<std::uint32_t>(r.objective);
  row.objective_mode = static_cast<std::uint32_t>(r.objective_mode);
  row.max_trials = static_cast<std::uint32_t>(r.max_trials);
  row.executions_per_trial = static_cast<std::uint32_t>(r.executions_per_trial);
  row.standardize = number(r.standardize);
  row.metrics = r.metrics;
  row.balanced_class_weights = number(r.balanced_class_weights);
  row.sample_weights = number(r.sample_weights);
  row.schedule = make_schedule(r);
  row.plateau = make_plateau(r.plateau);
  row.accumulation = make_num(r.accumulation);
  row.average = number(r.average);
  row.n_stop_rules = static_cast<std::uint32_t>(r.n_stop_rules);
  for (int k = 0; k < max_stop_rules; ++k) {
    const stop_rule_t& rule = r.stop_rules[k];
    row.stop_rules[k] = {static_cast<std::uint32_t>(rule.kind), static_cast<std::uint32_t>(rule.monitor), rule.strip, 0,
                         make_num(rule.limit)};
  }
  row.average_every = static_cast<std::uint32_t>(r.average_every);
  row.craft = make_craft(pool, r.craft);
  return row;
}

}  // namespace ingot::codegen
