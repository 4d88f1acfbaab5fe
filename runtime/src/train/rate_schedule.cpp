#include <ingot/runtime/train/rate_schedule.hpp>

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/train/early_stopping.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace ingot::runtime {
namespace {

/// 1 at 0, 0 at 1, half a cosine between.
double half_cosine(double share) { return 0.5 * (1 + std::cos(std::numbers::pi * share)); }

bool whole_run(const ingot_duration& d) { return d.unit == INGOT_UPDATES && d.n.hp < 0 && d.n.k == 0; }

struct Period {
  double number, share;  ///< from 0; how much of it has passed
};
/// Periods last 1, t, t^2, ...; the one at time `f`. None: t < 1, and all of them together are shorter than f.
std::optional<Period> find_period(double f, double t) {
  if (t == 1) return Period{std::floor(f), f - std::floor(f)};
  const double left = 1 - f * (1 - t);
  if (!(left > 0)) return std::nullopt;
  const auto begin = [t](double number) { return (1 - std::pow(t, number)) / (1 - t); };
  double number = std::max(0.0, std::floor(std::log(left) / std::log(t)));
  // the quotient of two logarithms may fall on the wrong side of a whole number
  if (begin(number + 1) <= f) ++number;
  if (number > 0 && begin(number) > f) --number;
  return Period{number, std::min((f - begin(number)) / std::pow(t, number), 1.0)};
}

}  // namespace

std::string_view schedule_name(std::uint32_t kind) {
  constexpr std::array<std::string_view, 8> names = {"constant",   "piecewise", "exponential",          "inverse time",
                                                     "polynomial", "cosine",    "cosine with restarts", "one cycle"};
  return kind < names.size() ? names[kind] : "unknown";
}

RateSchedule::RateSchedule(const Point& point, const RunLength& run)
    : point_(point), schedule_(point.model().recipe.schedule), run_(run), rate_(value(point.model().recipe.learning_rate)) {
  const double all = run_.updates_per_epoch * run_.epochs;
  if (!whole_run(schedule_.warmup)) warmup_ = updates(schedule_.warmup);
  length_ = whole_run(schedule_.length) ? all - warmup_ : updates(schedule_.length);
  const bool uses_length = schedule_.kind != INGOT_CONSTANT && schedule_.kind != INGOT_PIECEWISE;
  if (uses_length && !(length_ > 0)) {
    throw UserError(
        fmt::format("the warm-up of the learning rate takes {:g} updates, which is all of the run ({:g}): make it shorter, or train longer",
                    warmup_, all));
  }
  for (std::uint32_t k = 1; k < schedule_.n_pieces; ++k) {
    const double before = updates(schedule_.pieces[k - 1].until), here = updates(schedule_.pieces[k].until);
    if (here > before) continue;
    throw UserError(fmt::format("boundary {} of piecewise_rate lies at update {:g}, not behind the one before it at {:g}: let them grow",
                                k + 1, here, before));
  }
}

double RateSchedule::updates(const ingot_duration& length) const {
  return value(length.n) * (length.unit == INGOT_EPOCHS ? run_.updates_per_epoch : 1);
}

bool RateSchedule::varies() const { return schedule_.kind != INGOT_CONSTANT || warmup_ > 0; }

bool RateSchedule::spans_run() const {
  return schedule_.kind != INGOT_CONSTANT && schedule_.kind != INGOT_PIECEWISE && whole_run(schedule_.length);
}

double RateSchedule::at(std::uint64_t done) const {
  const auto s = static_cast<double>(done);
  if (s >= warmup_) return behind_warmup(s - warmup_);
  const double start = value(schedule_.warmup_start);
  return start + (rate_ - start) * s / warmup_;
}

double RateSchedule::behind_warmup(double s) const {
  const double share = s / length_, stairs = schedule_.staircase != 0 ? std::floor(share) : share;
  switch (schedule_.kind) {
    case INGOT_PIECEWISE:
      return piecewise(s);
    case INGOT_EXPONENTIAL:
      return rate_ * std::pow(value(schedule_.factor), stairs);
    case INGOT_INVERSE_TIME:
      return rate_ / (1 + value(schedule_.factor) * stairs);
    case INGOT_POLYNOMIAL:
      return polynomial(s);
    case INGOT_COSINE: {
      const double alpha = value(schedule_.alpha);
      return rate_ * ((1 - alpha) * half_cosine(std::min(share, 1.0)) + alpha);
    }
    case INGOT_COSINE_RESTARTS:
      return cosine_restarts(s);
    case INGOT_ONE_CYCLE: {
      const double first = rate_ / value(schedule_.div);
      return one_cycle(s, first, rate_, first / value(schedule_.final_div));
    }
    default:
      return rate_;
  }
}

double RateSchedule::piecewise(double s) const {
  double rate = rate_;
  for (std::uint32_t k = 0; k < schedule_.n_pieces && s > updates(schedule_.pieces[k].until); ++k) rate = value(schedule_.pieces[k].rate);
  return rate;
}

double RateSchedule::polynomial(double s) const {
  double length = length_;
  if (schedule_.cycle != 0)
    length *= std::max(1.0, std::ceil(s / length_));
  else
    s = std::min(s, length_);
  const double end = value(schedule_.end);
  return (rate_ - end) * std::pow(1 - s / length, value(schedule_.power)) + end;
}

double RateSchedule::cosine_restarts(double s) const {
  const double t_mul = value(schedule_.t_mul), alpha = value(schedule_.alpha);
  const std::optional<Period> period = find_period(s / length_, t_mul);
  const double height = period ? std::pow(value(schedule_.m_mul), period->number) * half_cosine(period->share) : 0;
  return rate_ * ((1 - alpha) * height + alpha);
}

std::optional<double> RateSchedule::momentum_at(std::uint64_t done) const {
  if (schedule_.moves_momentum == 0) return std::nullopt;
  const double high = value(schedule_.high_momentum);
  return one_cycle(static_cast<double>(done), high, value(schedule_.low_momentum), high);
}

double RateSchedule::one_cycle(double s, double first, double turn, double last) const {
  const double rise = value(schedule_.rise);
  struct Phase {
    double until, from, to;
  };
  const Phase up = {rise * length_ - 1, first, turn}, down = {2 * rise * length_ - 2, turn, first};
  double begin = 0;
  Phase phase = {length_ - 1, schedule_.three_phase != 0 ? first : turn, last};
  if (s <= up.until) {
    phase = up;
  } else if (schedule_.three_phase != 0 && s <= down.until) {
    begin = up.until;
    phase = down;
  } else {
    begin = schedule_.three_phase != 0 ? down.until : up.until;
  }
  const double share = phase.until > begin ? std::min((s - begin) / (phase.until - begin), 1.0) : 1.0;
  return schedule_.linear != 0 ? phase.from + (phase.to - phase.from) * share : phase.to + (phase.from - phase.to) * half_cosine(share);
}

std::optional<PlateauOptions> declared_plateau(const Point& point) {
  const ingot_plateau& plateau = point.model().recipe.plateau;
  if (plateau.on == 0) return std::nullopt;
  PlateauOptions options;
  options.monitor = metric_name(plateau.monitor);
  options.maximize = plateau.mode == INGOT_AUTOMATIC ? more_is_better(options.monitor) : plateau.mode == INGOT_MAXIMIZE;
  options.factor = point.value(plateau.factor);
  options.patience = static_cast<std::uint32_t>(std::max(0.0, point.value(plateau.patience)));
  options.cooldown = static_cast<std::uint32_t>(std::max(0.0, point.value(plateau.cooldown)));
  options.min_delta = point.value(plateau.min_delta);
  options.min_rate = point.value(plateau.min_rate);
  return options;
}

PlateauRate::PlateauRate(PlateauOptions options, double rate) : options_(std::move(options)) { state_.rate = rate; }

bool PlateauRate::improved(double value) const {
  if (std::isnan(value)) return false;
  if (!state_.best) return true;
  return options_.maximize ? value > *state_.best + options_.min_delta : value < *state_.best - options_.min_delta;
}

bool PlateauRate::observe(double value) {
  if (state_.cooldown > 0) {
    --state_.cooldown;
    state_.wait = 0;
  }
  if (improved(value)) {
    state_.best = value;
    state_.wait = 0;
    return false;
  }
  if (state_.cooldown > 0 || ++state_.wait < options_.patience || !(state_.rate > options_.min_rate)) return false;
  state_.rate = std::max(state_.rate * options_.factor, options_.min_rate);
  state_.cooldown = options_.cooldown;
  state_.wait = 0;
  return true;
}

}  // namespace ingot::runtime
