#include "host/recipe_source.hpp"

#include "host/craft_source.hpp"
#include "host/source_cells.hpp"

#include <array>

namespace ingot::codegen {
namespace {

constexpr std::array<const char*, 3> direction_constants{"INGOT_AUTOMATIC", "INGOT_MINIMIZE", "INGOT_MAXIMIZE"};
constexpr std::array<const char*, 8> schedule_constants{"INGOT_CONSTANT",        "INGOT_PIECEWISE",  "INGOT_EXPONENTIAL",
                                                        "INGOT_INVERSE_TIME",    "INGOT_POLYNOMIAL", "INGOT_COSINE",
                                                        "INGOT_COSINE_RESTARTS", "INGOT_ONE_CYCLE"};

std::string schedule_row(const ingot_schedule& s) {
  std::string pieces;
  for (std::uint32_t k = 0; k < s.n_pieces; ++k) pieces += (k > 0 ? ", " : "") + cell(s.pieces[k]);
  return "{" +
         cells(schedule_constants[s.kind], s.staircase, s.cycle, s.linear, s.three_phase, s.n_pieces, s.moves_momentum, s.reserved,
               s.length, s.warmup) +
         ",\n    " +
         cells(s.warmup_start, s.factor, s.end, s.power, s.alpha, s.t_mul, s.m_mul, s.rise, s.div, s.final_div, s.low_momentum,
               s.high_momentum) +
         ",\n    {" + pieces + "}}";
}

std::string plateau_row(const ingot_plateau& p) {
  return "{" + cells(p.on, p.monitor, direction_constants[p.mode], p.reserved, p.factor, p.patience, p.min_delta, p.cooldown, p.min_rate) +
         "}";
}

std::string stop_rules(const ingot_recipe& r) {
  std::string rows;
  for (std::uint32_t k = 0; k < r.n_stop_rules; ++k) {
    const ingot_stop_rule& rule = r.stop_rules[k];
    rows += std::string(k > 0 ? ", " : "") + "{" + cells(rule.kind, rule.monitor, rule.strip, rule.reserved, rule.limit) + "}";
  }
  return rows;
}

}  // namespace

std::string recipe_source(const ingot_recipe& r) {
  return "{" + quoted(r.optimizer) + ",\n   // learning rate, batch, epochs, validation\n   " +
         cells(r.learning_rate, r.batch, r.epochs, r.validation) +
         ",\n   // early stopping: declared, monitor, mode, restore best, has baseline, first epoch; patience, min delta, baseline\n   " +
         cells(r.stopping, r.stop_monitor, direction_constants[r.stop_mode], r.stop_restore_best, r.stop_has_baseline,
               r.stop_start_from_epoch, r.stop_patience, r.stop_min_delta, r.stop_baseline) +
         ",\n   // search: declared, objective, direction, trials, executions per trial\n   " +
         cells(r.search, r.objective, direction_constants[r.objective_mode], r.max_trials, r.executions_per_trial) +
         ",\n   // standardize; metrics, balanced class weights, sample weights\n   " +
         cells(r.standardize, r.metrics, r.balanced_class_weights, r.sample_weights) +
         ",\n   // the schedule of the learning rate, reduce on plateau\n   " + schedule_row(r.schedule) + ",\n   " +
         plateau_row(r.plateau) + ",\n   // accumulation, average of the weights, updates between its uses\n   " +
         cells(r.accumulation, r.average, r.average_every) + ",\n   // stopping rules in postfix order\n   " +
         cells(r.n_stop_rules, r.reserved) + ", {" + stop_rules(r) + "},\n   // the craft\n   " + craft_source(r.craft) + "}";
}

}  // namespace ingot::codegen
