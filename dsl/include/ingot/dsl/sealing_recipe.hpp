// Sealing, the recipe's part: every number of it against its bound, and the figures that it watches.
#pragma once
#include <ingot/dsl/recipe.hpp>
#include <ingot/dsl/sealing.hpp>

namespace ingot::detail {

constexpr void check_duration(sealing& s, const duration_t& d, std::string_view name) {
  const bool whole_run = d.n.hp < 0 && d.n.k == 0 && d.unit == time_unit::updates;
  if (whole_run) return;
  check_number(s, d.n, d.unit == time_unit::updates ? bound::at_least_one : bound::positive, name, -1, 0);
}

/// The boundaries of piecewise_rate must grow; those in other units or of hyper-parameters are compared when the run begins.
constexpr void check_pieces(sealing& s, const schedule_t& c) {
  for (int k = 0; k < c.n_pieces; ++k) {
    const piece_t& piece = c.pieces[k];
    check_duration(s, piece.until, "boundary");
    check_number(s, piece.rate, bound::nonnegative, "rate", -1, 0);
    if (k == 0) continue;
    const duration_t &before = c.pieces[k - 1].until, &here = piece.until;
    const bool comparable = before.n.hp < 0 && here.n.hp < 0 && before.unit == here.unit;
    if (comparable && here.n.k <= before.n.k) s.fail(error::pieces_disordered, 0, {}, before.n.k, here.n.k);
  }
}

constexpr void check_schedule(sealing& s, const schedule_t& c) {
  check_duration(s, c.length, "length of the schedule");
  check_duration(s, c.warmup, "warm-up");
  check_number(s, c.warmup_start, bound::nonnegative, "rate of the warm-up", -1, 0);
  check_pieces(s, c);
  const auto number = [&](const num& n, bound b, std::string_view name) { check_number(s, n, b, name, -1, 0); };
  switch (c.kind) {
    case schedule_kind::exponential:
      number(c.factor, bound::positive, "factor");
      break;
    case schedule_kind::inverse_time:
      number(c.factor, bound::nonnegative, "factor");
      break;
    case schedule_kind::polynomial:
      number(c.end, bound::nonnegative, "last rate");
      number(c.power, bound::positive, "power");
      break;
    case schedule_kind::cosine_restarts:
      number(c.t_mul, bound::positive, "t_mul");
      number(c.m_mul, bound::positive, "m_mul");
      number(c.alpha, bound::unit_closed, "alpha");
      break;
    case schedule_kind::cosine:
      number(c.alpha, bound::unit_closed, "alpha");
      break;
    case schedule_kind::one_cycle:
      number(c.rise, bound::unit_open, "share that rises");
      number(c.div, bound::positive, "div");
      number(c.final_div, bound::positive, "final div");
      number(c.low_momentum, bound::unit_open, "low momentum");
      number(c.high_momentum, bound::unit_open, "high momentum");
      break;
    case schedule_kind::constant:
    case schedule_kind::piecewise:
      break;
  }
}

constexpr void check_plateau(sealing& s, const plateau_t& p) {
  if (!p.on) return;
  check_number(s, p.factor, bound::unit_open, "factor of reduce_on_plateau", -1, 0);
  check_number(s, p.patience, bound::nonnegative_integer, "patience of reduce_on_plateau", -1, 0);
  check_number(s, p.min_delta, bound::none, "min_delta of reduce_on_plateau", -1, 0);
  check_number(s, p.cooldown, bound::nonnegative_integer, "cooldown of reduce_on_plateau", -1, 0);
  check_number(s, p.min_rate, bound::nonnegative, "min_rate of reduce_on_plateau", -1, 0);
}

constexpr void check_gradients(sealing& s, const recipe_t& r) {
  if (r.clip != clip_kind::none) check_number(s, r.clip_limit, bound::positive, "clipping limit", -1, 0);
  check_number(s, r.accumulation, bound::at_least_one, "number of batches", -1, 0);
  check_number(s, r.average_momentum, bound::unit_open, "momentum of ema", -1, 0);
  check_number(s, num{static_cast<double>(r.average_every), -1, 0}, bound::nonnegative_integer, "overwrite_every", -1, 0);
  for (int k = 0; k < r.n_groups; ++k) {
    check_number(s, r.groups[k].rate, bound::nonnegative, "rate multiplier", -1, 0);
    check_number(s, r.groups[k].decay, bound::nonnegative, "weight decay", -1, 0);
  }
}

constexpr void check_stop_rules(sealing& s, const recipe_t& r) {
  for (int k = 0; k < r.n_stop_rules; ++k) {
    const stop_rule_t& rule = r.stop_rules[k];
    const auto limit = [&](bound b, std::string_view name) { check_number(s, rule.limit, b, name, -1, 0); };
    switch (rule.kind) {
      case stop_kind::below:
      case stop_kind::above:
        limit(bound::none, "threshold");
        break;
      case stop_kind::prechelt_gl:
      case stop_kind::prechelt_pq:
        limit(bound::nonnegative, "alpha");
        break;
      case stop_kind::prechelt_up:
        limit(bound::at_least_one, "number of strips");
        break;
      case stop_kind::time_budget:
        limit(bound::positive, "time budget");
        break;
      case stop_kind::any:
      case stop_kind::all:
        break;
    }
    check_number(s, num{static_cast<double>(rule.strip), -1, 0}, bound::at_least_one, "strip", -1, 0);
  }
}

/// Each group names a layer, or the beginning of some. The layers have their names now.
constexpr void check_groups(sealing& s, const recipe_sink& sink, const recipe_t& r) {
  if (sink.n_groups > max_groups) s.fail(error::too_many_groups, 0, {}, sink.n_groups);
  for (int k = 0; k < r.n_groups; ++k) {
    const std::string_view prefix = r.groups[k].prefix.view();
    bool known = false;
    for (int i = 0; i < s.n_ops; ++i) {
      const std::string_view name = s.ops[i].name.view();
      const bool tensor = prefix.size() > name.size() && prefix.starts_with(name) && prefix[name.size()] == '.';
      known = known || (!name.empty() && (name.starts_with(prefix) || tensor));
    }
    if (!known) s.fail(error::unknown_group, 0, r.groups[k].prefix);
  }
}

constexpr void check_optimizer(sealing& s, const recipe_t& r) {
  if (r.optimizer == opt_kind::none) return;
  const int line = r.optimizer_line;
  check_number(s, r.learning_rate, bound::nonnegative, "learning rate", -1, line);
  check_number(s, r.momentum, bound::unit_closed, "momentum", -1, line);
  check_number(s, r.beta1, bound::unit_open, "beta1", -1, line);
  check_number(s, r.beta2, bound::unit_open, "beta2", -1, line);
  check_number(s, r.rho, bound::unit_open, "rho", -1, line);
  check_number(s, r.epsilon, bound::nonnegative, "epsilon", -1, line);
  check_number(s, r.weight_decay, bound::nonnegative, "weight decay", -1, line);
  check_number(s, num{r.initial_accumulator, -1, 0}, bound::nonnegative, "initial accumulator", -1, line);
  if (r.loss[0].kind == loss_kind::none) s.fail(error::loss_missing, line, {});
}

constexpr void check_recipe_numbers(sealing& s, const recipe_t& r) {
  check_optimizer(s, r);
  for (const loss_t& l : r.loss) {
    check_number(s, l.delta, bound::positive, "delta", -1, l.line);
    check_number(s, l.weight, bound::nonnegative, "weight", -1, l.line);
    check_number(s, l.smoothing, bound::unit_closed, "label smoothing", -1, l.line);
    check_number(s, l.alpha, bound::unit_closed, "focal alpha", -1, l.line);
    check_number(s, l.gamma, bound::nonnegative, "focal gamma", -1, l.line);
    for (const num& n : l.rule.number) check_number(s, n, bound::none, "number of the rule", -1, l.line);
  }
  for (const num& n : r.class_weight) check_number(s, n, bound::nonnegative, "class weight", -1, 0);
  check_number(s, r.batch, bound::at_least_one, "batch", -1, 0);
  check_number(s, r.epochs, bound::at_least_one, "epochs", -1, 0);
  check_number(s, r.validation, bound::nonnegative, "validation", -1, 0);
  check_number(s, r.rescale, bound::none, "rescale", -1, 0);
  check_number(s, r.offset, bound::none, "offset", -1, 0);
  check_number(s, num{static_cast<double>(r.step_memory), -1, 0}, bound::positive, "step_memory", -1, 0);
  check_schedule(s, r.schedule);
  check_plateau(s, r.plateau);
  check_gradients(s, r);
  check_stop_rules(s, r);
  check_number(s, r.stopping.patience, bound::nonnegative_integer, "patience", -1, 0);
  check_number(s, r.stopping.min_delta, bound::none, "min_delta", -1, 0);
  check_number(s, r.stopping.baseline, bound::none, "baseline", -1, 0);
  const auto constant = [](std::int32_t v) { return num{static_cast<double>(v), -1, 0}; };
  check_number(s, constant(r.stopping.start_from_epoch), bound::nonnegative_integer, "start_from_epoch", -1, 0);
  check_number(s, constant(r.top_k), bound::at_least_one, "top_k", -1, 0);
  check_number(s, constant(r.max_trials), bound::at_least_one, "trials", -1, 0);
  check_number(s, constant(r.executions_per_trial), bound::at_least_one, "executions", -1, 0);
}

/// A figure that something watches is measured, and where it is watched.
constexpr void check_watched(sealing& s, const recipe_t& r, metric m, watcher who) {
  const auto by = static_cast<double>(who);
  if ((metric_bit(m) & ~r.metrics) != 0) s.fail(error::metric_missing, 0, {}, static_cast<int>(m), by);
  if (!on_validation(m) && !is_row_mean(m)) s.fail(error::metric_training, 0, {}, static_cast<int>(m), by);
}

/// Every metric fits some output. The outputs are resolved.
constexpr void check_metrics(sealing& s, const recipe_t& r) {
  for (int m = static_cast<int>(metric::top_k_accuracy); m <= static_cast<int>(metric::r2); ++m) {
    if ((r.metrics >> m & 1U) == 0) continue;
    bool fits = false;
    for (int k = 0; k < r.n_outputs; ++k) fits = fits || metric_fits(static_cast<metric>(m), r.loss[k].kind);
    if (!fits) s.fail(error::metric_unfit, 0, {}, m);
  }
  if (r.stopping.on) check_watched(s, r, r.stopping.monitor, watcher::early_stopping);
  if (r.plateau.on) check_watched(s, r, r.plateau.monitor, watcher::reduce_on_plateau);
  for (int k = 0; k < r.n_stop_rules; ++k) check_watched(s, r, r.stop_rules[k].monitor, watcher::stop_when);
  if (r.search_on) check_watched(s, r, r.objective, watcher::random_search);
  if (r.n_class_weights > max_class_weights) s.fail(error::class_weights_many, 0, {}, r.n_class_weights);
}

}  // namespace ingot::detail
