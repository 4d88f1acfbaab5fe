// The learning rate over a run, one part of the recipe: cosine_decay(epochs(10)), exponential_decay(updates(1000), 0.96, staircase),
// reduce_on_plateau{.patience = 3}. The optimizer's rate is where a schedule starts, for one_cycle the highest. A length is counted in
// updates(n) or epochs(n); without one the schedule takes all of the run. Numbers follow by position, then options in any order:
// warmup(updates(500)), staircase, cycle, three_phase, linear_anneal, momentum_cycle(0.85, 0.95), hold_momentum. Forms and defaults are
// those of Keras 3 and, for one_cycle, PyTorch; every number may be a hyper-parameter.
#pragma once
#include <ingot/dsl/recipe.hpp>
#include <ingot/dsl/recipe_numbers.hpp>

namespace ingot {

/// A length of training in updates of the weights.
template <num_arg T>
struct updates {
  T value;
  static constexpr int rows = detail::rows_of<T>;
  constexpr explicit updates(T n) : value(n) {}
};

namespace detail {

template <class T>
inline constexpr bool is_duration = false;
template <class T>
inline constexpr bool is_duration<updates<T>> = true;
template <class T>
inline constexpr bool is_duration<recipe_number<slot_epochs, T>> = true;

template <class T>
constexpr void set_duration(duration_t& d, const updates<T>& x, row_sink& sink) {
  d.unit = time_unit::updates;
  set(d.n, x.value, sink);
}
template <class T>
constexpr void set_duration(duration_t& d, const recipe_number<slot_epochs, T>& x, row_sink& sink) {
  d.unit = time_unit::epochs;
  set(d.n, x.value, sink);
}

struct staircase_option {};
struct cycle_option {};
struct three_phase_option {};
struct linear_anneal_option {};
struct hold_momentum_option {};
template <class L, class H>
struct momentum_cycle_option {
  L low;
  H high;
  static constexpr int rows = rows_of<L> + rows_of<H>;
};
template <class T>
inline constexpr bool is_momentum_cycle = false;
template <class L, class H>
inline constexpr bool is_momentum_cycle<momentum_cycle_option<L, H>> = true;
template <class D, class S>
struct warmup_option {
  D length;
  S start;
  static constexpr int rows = rows_of<D> + rows_of<S>;
};
template <class T>
inline constexpr bool is_warmup = false;
template <class D, class S>
inline constexpr bool is_warmup<warmup_option<D, S>> = true;

constexpr void apply(schedule_t& c, staircase_option, row_sink&) { c.staircase = true; }
constexpr void apply(schedule_t& c, cycle_option, row_sink&) { c.cycle = true; }
constexpr void apply(schedule_t& c, three_phase_option, row_sink&) { c.three_phase = true; }
constexpr void apply(schedule_t& c, linear_anneal_option, row_sink&) { c.linear = true; }
constexpr void apply(schedule_t& c, hold_momentum_option, row_sink&) { c.hold_momentum = true; }
template <class L, class H>
constexpr void apply(schedule_t& c, const momentum_cycle_option<L, H>& o, row_sink& sink) {
  set(c.low_momentum, o.low, sink);
  set(c.high_momentum, o.high, sink);
}
template <class D, class S>
constexpr void apply(schedule_t& c, const warmup_option<D, S>& o, row_sink& sink) {
  set_duration(c.warmup, o.length, sink);
  set(c.warmup_start, o.start, sink);
}

/// Which number of a schedule stands at `position`; null: there is none.
constexpr num schedule_t::* number_at(schedule_kind kind, int position) {
  using number = num schedule_t::*;
  constexpr number polynomial[] = {&schedule_t::end, &schedule_t::power};
  constexpr number restarts[] = {&schedule_t::t_mul, &schedule_t::m_mul, &schedule_t::alpha};
  constexpr number one_cycle[] = {&schedule_t::rise, &schedule_t::div, &schedule_t::final_div};
  switch (kind) {
    case schedule_kind::exponential:
    case schedule_kind::inverse_time:
      return position == 0 ? &schedule_t::factor : nullptr;
    case schedule_kind::polynomial:
      return position < 2 ? polynomial[position] : nullptr;
    case schedule_kind::cosine:
      return position == 0 ? &schedule_t::alpha : nullptr;
    case schedule_kind::cosine_restarts:
      return position < 3 ? restarts[position] : nullptr;
    case schedule_kind::one_cycle:
      return position < 3 ? one_cycle[position] : nullptr;
    default:
      return nullptr;
  }
}

constexpr schedule_t schedule_defaults(schedule_kind kind) {
  schedule_t c;
  c.kind = kind;
  if (kind == schedule_kind::polynomial) c.end.k = 1e-4;
  if (kind == schedule_kind::polynomial) c.power.k = 1;
  if (kind == schedule_kind::cosine_restarts) c.t_mul.k = 2;
  if (kind == schedule_kind::cosine_restarts) c.m_mul.k = 1;
  if (kind == schedule_kind::one_cycle) {
    c.rise.k = 0.3;
    c.div.k = 25;
    c.final_div.k = 1e4;
    c.low_momentum.k = 0.85;
    c.high_momentum.k = 0.95;
  }
  return c;
}

/// Whether an argument applies to a schedule.
template <schedule_kind Kind, class T>
consteval bool applies_to_schedule() {
  if (num_arg<T>) return true;
  if (is_duration<T>) return Kind != schedule_kind::constant;
  if (is_warmup<T>) return Kind != schedule_kind::one_cycle;
  if (std::same_as<T, staircase_option>) return Kind == schedule_kind::exponential || Kind == schedule_kind::inverse_time;
  if (std::same_as<T, cycle_option>) return Kind == schedule_kind::polynomial;
  const bool of_one_cycle =
      std::same_as<T, three_phase_option> || std::same_as<T, linear_anneal_option> || std::same_as<T, hold_momentum_option>;
  return (of_one_cycle || is_momentum_cycle<T>) && Kind == schedule_kind::one_cycle;
}

/// A schedule with its arguments erased: the numbers are in `schedule`.
template <int K>
struct erased_schedule : own_rows<K> {
  schedule_t schedule{};

  constexpr void put(recipe_sink& s) const {
    s.claim(slot_schedule, "the learning rate schedule");
    s.recipe->schedule = schedule;
    for_each_number(s.recipe->schedule, this->append_to(*s.rows));
  }
};

template <schedule_kind Kind, class... A>
struct schedule_part : erased_schedule<(0 + ... + rows_of<A>)> {
  static constexpr int numbers = (0 + ... + (num_arg<A> ? 1 : 0)), durations = (0 + ... + (is_duration<A> ? 1 : 0));
  static constexpr bool applies = (... && applies_to_schedule<Kind, A>());
  static constexpr bool fits = (numbers == 0 || number_at(Kind, numbers - 1) != nullptr) && durations <= 1;
  static constexpr bool needs_both = Kind == schedule_kind::exponential || Kind == schedule_kind::inverse_time;
  static constexpr bool complete = !needs_both || (numbers == 1 && durations == 1);
  static_assert(applies, "an argument does not apply to this schedule");
  static_assert(fits, "this schedule takes fewer numbers or lengths");
  static_assert(complete, "this schedule needs a length and a factor: exponential_decay(updates(1000), 0.96)");

  constexpr explicit schedule_part(const A&... arguments) {
    this->schedule = schedule_defaults(Kind);
    [[maybe_unused]] row_sink sink{this->hps};
    [[maybe_unused]] int position = 0;
    if constexpr (applies && fits && complete) (take(arguments, sink, position), ...);
  }

 private:
  template <class T>
  constexpr void take(const T& x, row_sink& sink, int& position) {
    if constexpr (num_arg<T>) {
      set(this->schedule.*number_at(Kind, position++), x, sink);
    } else if constexpr (is_duration<T>) {
      set_duration(this->schedule.length, x, sink);
    } else {
      apply(this->schedule, x, sink);
    }
  }
};

template <class D, class R>
struct piece_part {
  D until;
  R rate;
  static constexpr int rows = rows_of<D> + rows_of<R>;
};
template <class T>
inline constexpr bool is_piece = false;
template <class D, class R>
inline constexpr bool is_piece<piece_part<D, R>> = true;

template <class... P>
struct piecewise_part : erased_schedule<(0 + ... + rows_of<P>)> {
  static constexpr bool sound = sizeof...(P) >= 1 && sizeof...(P) <= max_pieces && (... && is_piece<P>);
  static_assert(sound, "piecewise_rate takes 1 to 16 pieces: piecewise_rate(after(epochs(10), 1e-3))");
  constexpr explicit piecewise_part(const P&... pieces) {
    this->schedule.kind = schedule_kind::piecewise;
    [[maybe_unused]] row_sink sink{this->hps};
    if constexpr (sound) (add(pieces, sink), ...);
  }

 private:
  template <class D, class R>
  constexpr void add(const piece_part<D, R>& x, row_sink& sink) {
    piece_t& piece = this->schedule.pieces[this->schedule.n_pieces++];
    set_duration(piece.until, x.until, sink);
    set(piece.rate, x.rate, sink);
  }
};

}  // namespace detail

/// The factor counts whole lengths only: stairs instead of a curve.
inline constexpr detail::staircase_option staircase{};
/// polynomial_decay begins anew at each end, over a multiple of the length.
inline constexpr detail::cycle_option cycle{};
/// one_cycle goes down as long as it went up, then to the end.
inline constexpr detail::three_phase_option three_phase{};
/// one_cycle moves along straight lines instead of half cosines.
inline constexpr detail::linear_anneal_option linear_anneal{};
/// one_cycle leaves the optimizer's momentum (or beta1) alone.
inline constexpr detail::hold_momentum_option hold_momentum{};
/// one_cycle moves the momentum of sgd and rmsprop, and beta1 of the others but nadam, from `high` down to `low` while the rate rises, and
/// back; without this option between 0.85 and 0.95. What the optimizer itself names is not used then.
template <num_arg L, num_arg H>
constexpr detail::momentum_cycle_option<L, H> momentum_cycle(L low, H high) {
  return {low, high};
}
/// Before the schedule begins the rate grows in a straight line from `start` to the optimizer's.
template <class D, num_arg S = double>
  requires detail::is_duration<D>
constexpr detail::warmup_option<D, S> warmup(D length, S start = 0) {
  return {length, start};
}

/// The optimizer's rate, behind a warm-up: constant_rate(warmup(updates(500))).
template <class... A>
constexpr detail::schedule_part<schedule_kind::constant, A...> constant_rate(A... a) {
  return detail::schedule_part<schedule_kind::constant, A...>(a...);
}
/// rate * factor ^ (updates / length).
template <class... A>
constexpr detail::schedule_part<schedule_kind::exponential, A...> exponential_decay(A... a) {
  return detail::schedule_part<schedule_kind::exponential, A...>(a...);
}
/// rate / (1 + factor * updates / length).
template <class... A>
constexpr detail::schedule_part<schedule_kind::inverse_time, A...> inverse_time_decay(A... a) {
  return detail::schedule_part<schedule_kind::inverse_time, A...>(a...);
}
/// polynomial_decay(length, last rate = 1e-4, power = 1).
template <class... A>
constexpr detail::schedule_part<schedule_kind::polynomial, A...> polynomial_decay(A... a) {
  return detail::schedule_part<schedule_kind::polynomial, A...>(a...);
}
/// cosine_decay(length, alpha = 0): half a cosine down to alpha * rate.
template <class... A>
constexpr detail::schedule_part<schedule_kind::cosine, A...> cosine_decay(A... a) {
  return detail::schedule_part<schedule_kind::cosine, A...>(a...);
}
/// cosine_restarts(first length, t_mul = 2, m_mul = 1, alpha = 0): cosine_decay again and again, each period t_mul times as long and
/// m_mul times as high.
template <class... A>
constexpr detail::schedule_part<schedule_kind::cosine_restarts, A...> cosine_restarts(A... a) {
  return detail::schedule_part<schedule_kind::cosine_restarts, A...>(a...);
}
/// one_cycle(length, share that rises = 0.3, div = 25, final div = 1e4): from rate / div up to rate, then down to rate / div / final div,
/// while the momentum moves the other way.
template <class... A>
constexpr detail::schedule_part<schedule_kind::one_cycle, A...> one_cycle(A... a) {
  return detail::schedule_part<schedule_kind::one_cycle, A...>(a...);
}

/// Behind `until` the rate is `rate`: a piece of piecewise_rate.
template <class D, num_arg R>
  requires detail::is_duration<D>
constexpr detail::piece_part<D, R> after(D until, R rate) {
  return {until, rate};
}
/// piecewise_rate(after(epochs(10), 1e-3), after(epochs(20), 1e-4)): the update at a boundary itself still has the rate before it.
template <class... P>
constexpr detail::piecewise_part<P...> piecewise_rate(P... pieces) {
  return detail::piecewise_part<P...>(pieces...);
}

/// Keras's ReduceLROnPlateau: reduce_on_plateau{val_loss, 0.1, 10} or reduce_on_plateau{.factor = 0.5, .patience = 3}. It stands for a
/// schedule: a recipe has one of them.
template <class F = double, class P = int, class D = double, class C = int, class M = double>
struct reduce_on_plateau {
  metric monitor = metric::val_loss;
  F factor = F{0.1};
  P patience = P{10};
  D min_delta = D{1e-4};
  direction mode = direction::automatic;
  C cooldown{};
  M min_rate{};

  static constexpr int rows = detail::rows_of<F> + detail::rows_of<P> + detail::rows_of<D> + detail::rows_of<C> + detail::rows_of<M>;
  constexpr void put(detail::recipe_sink& s) const {
    static_assert(num_arg<F> && num_arg<P> && num_arg<D> && num_arg<C> && num_arg<M>,
                  "reduce_on_plateau: factor, patience, min_delta, cooldown and min_rate are numbers or hyper-parameters");
    s.claim(detail::slot_schedule, "the learning rate schedule");
    plateau_t& t = s.recipe->plateau;
    t.on = true;
    t.monitor = monitor;
    t.mode = mode;
    detail::set(t.factor, factor, *s.rows);
    detail::set(t.patience, patience, *s.rows);
    detail::set(t.min_delta, min_delta, *s.rows);
    detail::set(t.cooldown, cooldown, *s.rows);
    detail::set(t.min_rate, min_rate, *s.rows);
  }
};

}  // namespace ingot
