// Every number of a recipe, in one list: what renumbers hyper-parameters and what checks references goes by it.
#pragma once
#include <ingot/dsl/flat.hpp>

#include <concepts>
#include <type_traits>

namespace ingot {

/// Calls f with each `num` of a schedule_t, or of a const one.
template <class Schedule, class F>
  requires std::same_as<std::remove_const_t<Schedule>, schedule_t>
constexpr void for_each_number(Schedule& s, F f) {
  for (auto* n : {&s.length.n, &s.warmup.n, &s.warmup_start, &s.factor, &s.end, &s.power, &s.alpha, &s.t_mul, &s.m_mul, &s.rise, &s.div,
                  &s.final_div, &s.low_momentum, &s.high_momentum})
    f(*n);
  for (auto& piece : s.pieces) {
    f(piece.until.n);
    f(piece.rate);
  }
}

/// The same of a craft_t.
template <class Craft, class F>
  requires std::same_as<std::remove_const_t<Craft>, craft_t>
constexpr void for_each_number(Craft& c, F f) {
  for (auto& a : c.augment) {
    for (auto& value : a.value) f(value);
    f(a.fill_value);
  }
  for (auto* n : {&c.pixel_low, &c.pixel_high, &c.mixup, &c.cutmix, &c.prune.initial, &c.prune.final, &c.prune.power, &c.prune.begin.n,
                  &c.prune.end.n, &c.prune.frequency.n, &c.precision.growth})
    f(*n);
}

/// The same of a recipe_t.
template <class Recipe, class F>
  requires std::same_as<std::remove_const_t<Recipe>, recipe_t>
constexpr void for_each_number(Recipe& r, F f) {
  for (auto& l : r.loss) for_each_loss_number(l, f);
  for (auto& weight : r.class_weight) f(weight);
  for (auto* n : {&r.learning_rate, &r.momentum, &r.beta1, &r.beta2, &r.rho, &r.epsilon, &r.weight_decay, &r.batch, &r.epochs,
                  &r.validation, &r.rescale, &r.offset, &r.stopping.patience, &r.stopping.min_delta, &r.stopping.baseline})
    f(*n);
  for_each_number(r.schedule, f);
  for (auto* n : {&r.clip_limit, &r.accumulation, &r.average_momentum}) f(*n);
  for (auto& g : r.groups) {
    f(g.rate);
    f(g.decay);
  }
  for (auto& rule : r.stop_rules) f(rule.limit);
  for (auto* n : {&r.plateau.factor, &r.plateau.patience, &r.plateau.min_delta, &r.plateau.cooldown, &r.plateau.min_rate}) f(*n);
  for_each_number(r.craft, f);
}

}  // namespace ingot
