// Optimizers: sgd, rmsprop, adam, adamw (optimizers_adaptive.hpp has the others). Numbers by position first (the learning rate,
// then those that the comment of each names), then options in any order: momentum(0.9), nesterov, rho(0.9), centered,
// betas(0.9, 0.999), epsilon(1e-7), pytorch_epsilon, amsgrad, weight_decay(1e-4). Defaults are Keras 3's; every number may be a
// hyper-parameter.
#pragma once
#include <ingot/dsl/recipe.hpp>

namespace ingot {

namespace detail {

/// Which number of the recipe an option sets.
enum class optimizer_number : std::uint8_t { momentum, rho, epsilon, weight_decay };
template <optimizer_number Which, class T>
struct optimizer_option {
  T value;
  static constexpr int rows = rows_of<T>;
};
template <class A, class B>
struct betas_option {
  A first;
  B second;
  static constexpr int rows = rows_of<A> + rows_of<B>;
};
struct nesterov_option {};
struct pytorch_epsilon_option {};
struct centered_option {};
struct amsgrad_option {};

template <optimizer_number Which>
constexpr num& number_of(recipe_t& r) {
  if constexpr (Which == optimizer_number::momentum) return r.momentum;
  if constexpr (Which == optimizer_number::rho) return r.rho;
  if constexpr (Which == optimizer_number::epsilon) return r.epsilon;
  if constexpr (Which == optimizer_number::weight_decay) return r.weight_decay;
}
template <optimizer_number Which, class T>
constexpr void apply(recipe_t& r, const optimizer_option<Which, T>& o, row_sink& sink) {
  set(number_of<Which>(r), o.value, sink);
}
template <class A, class B>
constexpr void apply(recipe_t& r, const betas_option<A, B>& o, row_sink& sink) {
  set(r.beta1, o.first, sink);
  set(r.beta2, o.second, sink);
}
constexpr void apply(recipe_t& r, nesterov_option, row_sink&) { r.nesterov = true; }
constexpr void apply(recipe_t& r, pytorch_epsilon_option, row_sink&) {
  r.epsilon_form = epsilon_kind::pytorch;
  r.epsilon.k = 1e-8;
}
constexpr void apply(recipe_t& r, centered_option, row_sink&) { r.centered = true; }
constexpr void apply(recipe_t& r, amsgrad_option, row_sink&) { r.amsgrad = true; }

template <class T>
inline constexpr bool is_common_option = false;
template <class T>
inline constexpr bool is_common_option<optimizer_option<optimizer_number::weight_decay, T>> = true;
template <class T>
inline constexpr bool is_momentum_option = false;
template <class T>
inline constexpr bool is_momentum_option<optimizer_option<optimizer_number::momentum, T>> = true;
template <class T>
inline constexpr bool is_rmsprop_option = is_common_option<T> || is_momentum_option<T> || std::same_as<T, centered_option>;
template <class T>
inline constexpr bool is_rmsprop_option<optimizer_option<optimizer_number::rho, T>> = true;
template <class T>
inline constexpr bool is_rmsprop_option<optimizer_option<optimizer_number::epsilon, T>> = true;
template <class T>
inline constexpr bool is_adam_option = is_common_option<T> || std::same_as<T, pytorch_epsilon_option> || std::same_as<T, amsgrad_option>;
template <class T>
inline constexpr bool is_adam_option<optimizer_option<optimizer_number::epsilon, T>> = true;
template <class A, class B>
inline constexpr bool is_adam_option<betas_option<A, B>> = true;

/// An optimizer with its arguments erased: the numbers are in `recipe`, with K rows of its own.
template <int K>
struct optimizer {
  recipe_t recipe{};
  hp_t hps[K != 0 ? K : 1]{};
  static constexpr int rows = K;

  constexpr void put(recipe_sink& s) const {
    s.claim(slot_optimizer, "the optimizer");
    const int offset = s.rows->n;
    for (int i = 0; i < K; ++i) s.rows->rows[s.rows->n++] = hps[i];
    recipe_t& r = *s.recipe;
    r.optimizer = recipe.optimizer;
    r.optimizer_line = recipe.optimizer_line;
    r.epsilon_form = recipe.epsilon_form;
    r.nesterov = recipe.nesterov;
    r.centered = recipe.centered;
    r.amsgrad = recipe.amsgrad;
    r.initial_accumulator = recipe.initial_accumulator;
    for (num recipe_t::* n : {&recipe_t::learning_rate, &recipe_t::momentum, &recipe_t::beta1, &recipe_t::beta2, &recipe_t::rho,
                              &recipe_t::epsilon, &recipe_t::weight_decay}) {
      r.*n = recipe.*n;
      if ((r.*n).hp >= 0) (r.*n).hp += offset;
    }
  }
};

/// Sets positional number `position` of the list, or applies an option.
template <class T>
constexpr void take_argument(recipe_t& r, const T& x, row_sink& sink, int& position, std::initializer_list<num recipe_t::*> positional) {
  if constexpr (num_arg<T>) {
    set(r.*(positional.begin()[position++]), x, sink);
  } else {
    apply(r, x, sink);
  }
}
template <class... A>
inline constexpr int numbers_in = (0 + ... + (num_arg<A> ? 1 : 0));

}  // namespace detail

template <num_arg T>
constexpr detail::optimizer_option<detail::optimizer_number::momentum, T> momentum(T x) {
  return {x};
}
template <num_arg T>
constexpr detail::optimizer_option<detail::optimizer_number::rho, T> rho(T x) {
  return {x};
}
template <num_arg T>
constexpr detail::optimizer_option<detail::optimizer_number::epsilon, T> epsilon(T x) {
  return {x};
}
/// Decoupled: w -= w * decay * lr before the gradient step.
template <num_arg T>
constexpr detail::optimizer_option<detail::optimizer_number::weight_decay, T> weight_decay(T x) {
  return {x};
}
template <num_arg A, num_arg B>
constexpr detail::betas_option<A, B> betas(A first, B second) {
  return {first, second};
}
inline constexpr detail::nesterov_option nesterov{};
/// rmsprop divides by the deviation of the gradient instead of its root mean square.
inline constexpr detail::centered_option centered{};
/// adam and adamw divide by the largest second moment so far.
inline constexpr detail::amsgrad_option amsgrad{};
/// Epsilon beside the bias-corrected root, 1e-8 unless epsilon() follows.
inline constexpr detail::pytorch_epsilon_option pytorch_epsilon{};

template <class T>
inline constexpr bool for_sgd =
    num_arg<T> || detail::is_common_option<T> || detail::is_momentum_option<T> || std::same_as<T, detail::nesterov_option>;
/// sgd(lr = 0.01, momentum = 0, options...).
template <class... A>
struct sgd : detail::optimizer<(0 + ... + detail::rows_of<A>)> {
  static_assert((... && for_sgd<A>), "sgd(lr, momentum, options...): an argument does not apply to sgd");
  static_assert(detail::numbers_in<A...> <= 2, "sgd(lr, momentum, options...): at most two numbers by position");
  constexpr explicit sgd(A... arguments, where w = where::current()) {
    recipe_t& r = this->recipe;
    r.optimizer = opt_kind::sgd;
    r.optimizer_line = detail::line_of(w);
    r.learning_rate.k = 0.01;
    [[maybe_unused]] detail::row_sink sink{this->hps};
    [[maybe_unused]] int position = 0;
    if constexpr ((... && for_sgd<A>) && detail::numbers_in<A...> <= 2)
      (detail::take_argument(r, arguments, sink, position, {&recipe_t::learning_rate, &recipe_t::momentum}), ...);
  }
};
template <class... A>
sgd(A...) -> sgd<A...>;

template <class T>
inline constexpr bool for_rmsprop = num_arg<T> || detail::is_rmsprop_option<T>;
/// rmsprop(lr = 0.001, rho = 0.9, momentum = 0, options...); epsilon 1e-7, inside the root.
template <class... A>
struct rmsprop : detail::optimizer<(0 + ... + detail::rows_of<A>)> {
  static_assert((... && for_rmsprop<A>), "rmsprop(lr, rho, momentum, options...): an argument does not apply to rmsprop");
  static_assert(detail::numbers_in<A...> <= 3, "rmsprop(lr, rho, momentum, options...): at most three numbers by position");
  constexpr explicit rmsprop(A... arguments, where w = where::current()) {
    recipe_t& r = this->recipe;
    r.optimizer = opt_kind::rmsprop;
    r.optimizer_line = detail::line_of(w);
    r.learning_rate.k = 0.001;
    r.rho.k = 0.9;
    r.epsilon.k = 1e-7;
    [[maybe_unused]] detail::row_sink sink{this->hps};
    [[maybe_unused]] int position = 0;
    if constexpr ((... && for_rmsprop<A>) && detail::numbers_in<A...> <= 3)
      (detail::take_argument(r, arguments, sink, position, {&recipe_t::learning_rate, &recipe_t::rho, &recipe_t::momentum}), ...);
  }
};
template <class... A>
rmsprop(A...) -> rmsprop<A...>;

template <class T>
inline constexpr bool for_adam = num_arg<T> || detail::is_adam_option<T>;

namespace detail {
/// adam and adamw differ in the default of weight_decay only.
template <class... A>
struct adam_family : optimizer<(0 + ... + rows_of<A>)> {
  static_assert((... && for_adam<A>), "adam(lr, beta1, beta2, options...): an argument does not apply to adam");
  static_assert(numbers_in<A...> <= 3, "adam(lr, beta1, beta2, options...): at most three numbers by position");
  constexpr adam_family(opt_kind kind, double decay, int line, const A&... arguments) {
    recipe_t& r = this->recipe;
    r.optimizer = kind;
    r.optimizer_line = line;
    r.learning_rate.k = 0.001;
    r.beta1.k = 0.9;
    r.beta2.k = 0.999;
    r.epsilon.k = 1e-7;
    r.weight_decay.k = decay;
    [[maybe_unused]] row_sink sink{this->hps};
    [[maybe_unused]] int position = 0;
    if constexpr ((... && for_adam<A>) && numbers_in<A...> <= 3)
      (take_argument(r, arguments, sink, position, {&recipe_t::learning_rate, &recipe_t::beta1, &recipe_t::beta2}), ...);
  }
};
}  // namespace detail

/// adam(lr = 0.001, beta1 = 0.9, beta2 = 0.999, options...); epsilon 1e-7, beside sqrt(v).
template <class... A>
struct adam : detail::adam_family<A...> {
  constexpr explicit adam(A... arguments, where w = where::current())
      : detail::adam_family<A...>(opt_kind::adam, 0, detail::line_of(w), arguments...) {}
};
template <class... A>
adam(A...) -> adam<A...>;
/// adam with decoupled weight decay, 0.004 by default.
template <class... A>
struct adamw : detail::adam_family<A...> {
  constexpr explicit adamw(A... arguments, where w = where::current())
      : detail::adam_family<A...>(opt_kind::adamw, 0.004, detail::line_of(w), arguments...) {}
};
template <class... A>
adamw(A...) -> adamw<A...>;

}  // namespace ingot
