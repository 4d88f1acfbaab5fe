// More optimizers with Keras 3's forms and defaults: nadam, adagrad, adadelta, adamax, lion, lamb. As in optimizers.hpp: numbers by
// position first, then options in any order; every number may be a hyper-parameter.
#pragma once
#include <ingot/dsl/optimizers.hpp>

namespace ingot {

namespace detail {

template <class T>
struct initial_accumulator_option {
  T value;
};
template <class T>
constexpr void apply(recipe_t& r, const initial_accumulator_option<T>& o, row_sink&) {
  r.initial_accumulator = static_cast<double>(o.value);
}

template <class T>
inline constexpr bool is_epsilon_option = false;
template <class T>
inline constexpr bool is_epsilon_option<optimizer_option<optimizer_number::epsilon, T>> = true;
template <class T>
inline constexpr bool is_rho_option = false;
template <class T>
inline constexpr bool is_rho_option<optimizer_option<optimizer_number::rho, T>> = true;
template <class T>
inline constexpr bool is_betas_option = false;
template <class A, class B>
inline constexpr bool is_betas_option<betas_option<A, B>> = true;
template <class T>
inline constexpr bool is_initial_accumulator_option = false;
template <class T>
inline constexpr bool is_initial_accumulator_option<initial_accumulator_option<T>> = true;

/// Whether an argument applies to an optimizer of this file.
template <opt_kind Kind, class T>
consteval bool applies() {
  if (num_arg<T> || is_common_option<T>) return true;
  if (is_epsilon_option<T>) return Kind != opt_kind::lion;
  if (is_rho_option<T>) return Kind == opt_kind::adadelta;
  if (is_betas_option<T>) return Kind != opt_kind::adagrad && Kind != opt_kind::adadelta;
  return is_initial_accumulator_option<T> && Kind == opt_kind::adagrad;
}

constexpr bool has_betas(opt_kind kind) { return kind != opt_kind::adagrad && kind != opt_kind::adadelta; }
/// Numbers by position: the learning rate, then both betas or rho.
constexpr int positions(opt_kind kind) { return has_betas(kind) ? 3 : kind == opt_kind::adadelta ? 2 : 1; }

template <opt_kind Kind, class... A>
struct adaptive : optimizer<(0 + ... + rows_of<A>)> {
  static constexpr bool sound = (... && applies<Kind, A>()) && numbers_in<A...> <= positions(Kind);
  static_assert((... && applies<Kind, A>()), "an argument does not apply to this optimizer");
  static_assert(numbers_in<A...> <= positions(Kind), "this optimizer takes fewer numbers by position");
  constexpr explicit adaptive(int line, const A&... arguments) {
    recipe_t& r = this->recipe;
    r.optimizer = Kind;
    r.optimizer_line = line;
    r.learning_rate.k = 0.001;
    if (has_betas(Kind)) {
      r.beta1.k = 0.9;
      r.beta2.k = Kind == opt_kind::lion ? 0.99 : 0.999;
    }
    if (Kind == opt_kind::adadelta) r.rho.k = 0.95;
    if (Kind != opt_kind::lion) r.epsilon.k = 1e-7;
    [[maybe_unused]] row_sink sink{this->hps};
    [[maybe_unused]] int position = 0;
    if constexpr (sound)
      (take_argument(r, arguments, sink, position,
                     {&recipe_t::learning_rate, has_betas(Kind) ? &recipe_t::beta1 : &recipe_t::rho, &recipe_t::beta2}),
       ...);
  }
};

}  // namespace detail

/// adagrad's sum of squares starts here, 0.1 by default.
template <class T>
  requires(std::is_arithmetic_v<T>)
constexpr detail::initial_accumulator_option<T> initial_accumulator(T x) {
  return {x};
}

/// nadam(lr = 0.001, beta1 = 0.9, beta2 = 0.999, options...): Adam with Nesterov's look ahead.
template <class... A>
struct nadam : detail::adaptive<opt_kind::nadam, A...> {
  constexpr explicit nadam(A... arguments, where w = where::current())
      : detail::adaptive<opt_kind::nadam, A...>(detail::line_of(w), arguments...) {}
};
template <class... A>
nadam(A...) -> nadam<A...>;

/// adagrad(lr = 0.001, options...); epsilon 1e-7, inside the root.
template <class... A>
struct adagrad : detail::adaptive<opt_kind::adagrad, A...> {
  constexpr explicit adagrad(A... arguments, where w = where::current())
      : detail::adaptive<opt_kind::adagrad, A...>(detail::line_of(w), arguments...) {}
};
template <class... A>
adagrad(A...) -> adagrad<A...>;

/// adadelta(lr = 0.001, rho = 0.95, options...); epsilon 1e-7, inside both roots.
template <class... A>
struct adadelta : detail::adaptive<opt_kind::adadelta, A...> {
  constexpr explicit adadelta(A... arguments, where w = where::current())
      : detail::adaptive<opt_kind::adadelta, A...>(detail::line_of(w), arguments...) {}
};
template <class... A>
adadelta(A...) -> adadelta<A...>;

/// adamax(lr = 0.001, beta1 = 0.9, beta2 = 0.999, options...): Adam with the largest gradient instead of the second moment.
template <class... A>
struct adamax : detail::adaptive<opt_kind::adamax, A...> {
  constexpr explicit adamax(A... arguments, where w = where::current())
      : detail::adaptive<opt_kind::adamax, A...>(detail::line_of(w), arguments...) {}
};
template <class... A>
adamax(A...) -> adamax<A...>;

/// lion(lr = 0.001, beta1 = 0.9, beta2 = 0.99, options...): the sign of a moving mean of the gradient.
template <class... A>
struct lion : detail::adaptive<opt_kind::lion, A...> {
  constexpr explicit lion(A... arguments, where w = where::current())
      : detail::adaptive<opt_kind::lion, A...>(detail::line_of(w), arguments...) {}
};
template <class... A>
lion(A...) -> lion<A...>;

/// lamb(lr = 0.001, beta1 = 0.9, beta2 = 0.999, options...): Adam's step scaled by the norm of each tensor.
template <class... A>
struct lamb : detail::adaptive<opt_kind::lamb, A...> {
  constexpr explicit lamb(A... arguments, where w = where::current())
      : detail::adaptive<opt_kind::lamb, A...>(detail::line_of(w), arguments...) {}
};
template <class... A>
lamb(A...) -> lamb<A...>;

}  // namespace ingot
