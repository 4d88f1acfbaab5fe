// Weights that are forced to zero during training: prune(polynomial_sparsity(0.0, 0.8), starting(epochs(2)), ending(epochs(8)),
// blocks(16, 16), only("hidden")). The smallest of each tensor are chosen at the start, every so many updates, and at the end; chosen
// weights stay zero until the next choice, and what was chosen last holds for the rest of the run.
#pragma once
#include <ingot/dsl/schedules.hpp>

#include <tuple>

namespace ingot {

namespace detail {

/// What one argument of prune(...) sets.
template <class F, class T>
struct sparsity {
  prune_schedule kind;
  F initial;
  T final;
  static constexpr int rows = rows_of<F> + rows_of<T>;
  constexpr void apply_to(prune_t& p, row_sink& sink) const {
    p.schedule = kind;
    set(p.initial, initial, sink);
    set(p.final, final, sink);
  }
};
template <duration_t prune_t::* Which, class D>
struct prune_time {
  D length;
  static constexpr int rows = rows_of<D>;
  constexpr void apply_to(prune_t& p, row_sink& sink) const { set_duration(p.*Which, length, sink); }
};
template <class T>
struct decay_power_option {
  T value;
  static constexpr int rows = rows_of<T>;
  constexpr void apply_to(prune_t& p, row_sink& sink) const { set(p.power, value, sink); }
};
struct prune_form_option {
  prune_form form;
  std::int32_t rows_of_block = 1, columns = 1;
  constexpr void apply_to(prune_t& p, row_sink&) const {
    p.form = form;
    p.rows = rows_of_block;
    p.columns = columns;
  }
};
struct prune_pool_option {
  constexpr void apply_to(prune_t& p, row_sink&) const { p.pool = prune_pool::max; }
};
struct prune_scope_option {
  constexpr void apply_to(prune_t& p, row_sink&) const { p.scope = prune_scope::global; }
};
template <int N>
struct only_option {
  std::string_view layers[N];
};
template <class T>
inline constexpr bool is_only = false;
template <int N>
inline constexpr bool is_only<only_option<N>> = true;
template <class T>
concept prune_option = is_only<T> || requires(const T& t, prune_t& p, row_sink& s) { t.apply_to(p, s); };

template <class... A>
struct prune_part {
  std::tuple<A...> of;
  static constexpr int rows = (0 + ... + rows_of<A>);
  constexpr void put(recipe_sink& s) const {
    s.claim(slot_prune, "prune");
    s.recipe->craft.prune.form = prune_form::unstructured;
    std::apply([&s](const auto&... a) { (take(s, a), ...); }, of);
  }

 private:
  template <class T>
  static constexpr void take(recipe_sink& s, const T& option) {
    prune_t& p = s.recipe->craft.prune;
    if constexpr (is_only<T>) {
      for (const std::string_view layer : option.layers)
        if (s.n_pruned++ < max_pruned) p.layer[p.n_layers++] = name_t(layer);
    } else {
      option.apply_to(p, *s.rows);
    }
  }
};

}  // namespace detail

/// This share of the weights is zero from the start on.
template <num_arg T>
constexpr detail::sparsity<double, T> constant_sparsity(T share) {
  return {prune_schedule::constant, 0.0, share};
}
/// The share grows from `first` to `last`: last + (first - last) (1 - progress)^3 (Zhu and Gupta 2017).
template <num_arg F, num_arg T>
constexpr detail::sparsity<F, T> polynomial_sparsity(F first, T last) {
  return {prune_schedule::polynomial, first, last};
}
/// The exponent of polynomial_sparsity, 3 by default.
template <num_arg T>
constexpr detail::decay_power_option<T> decay_power(T power) {
  return {power};
}
/// When weights are chosen for the first time; at the beginning by default.
template <class D>
  requires detail::is_duration<D>
constexpr detail::prune_time<&prune_t::begin, D> starting(D after) {
  return {after};
}
/// When they are chosen for the last time; at the end of the run by default.
template <class D>
  requires detail::is_duration<D>
constexpr detail::prune_time<&prune_t::end, D> ending(D after) {
  return {after};
}
/// The time between two choices; updates(100) by default.
template <class D>
  requires detail::is_duration<D>
constexpr detail::prune_time<&prune_t::frequency, D> every(D between_choices) {
  return {between_choices};
}
/// Whole blocks of a kernel as a matrix [all axes but the last, last] are zero, those of the smallest mean of |w|.
constexpr detail::prune_form_option blocks(int rows, int columns) { return {prune_form::block, rows, columns}; }
/// Of four successive weights along the input (of kernels as matrices, down each column) two are zero: a share of one half, so no
/// sparsity is given.
inline constexpr detail::prune_form_option two_of_four{prune_form::n_of_m, 2, 4};
/// Whole columns of a kernel are zero, those of the smallest norm. The command `prune --form filters` is another thing: it chooses outputs
/// of trained layers and leaves them out of the program.
inline constexpr detail::prune_form_option whole_filters{prune_form::filters, 1, 1};
/// Blocks are compared by their largest weight.
inline constexpr detail::prune_pool_option by_largest{};
/// All tensors share one threshold, so that some lose more than others. Blocks and filters are compared by their mean or largest |w|
/// and by the root of their mean square.
inline constexpr detail::prune_scope_option global_threshold{};
/// Only the kernels of these layers; all of dense layers and convolutions but depthwise ones by default.
template <class... S>
constexpr detail::only_option<static_cast<int>(sizeof...(S))> only(const S&... layers) {
  return {{std::string_view(layers)...}};
}

template <class... A>
constexpr auto prune(const A&... arguments) {
  static_assert((... && detail::prune_option<A>),
                "prune(sparsity, options...): an argument is neither constant_sparsity, polynomial_sparsity, starting, ending, every, "
                "blocks, two_of_four, whole_filters, by_largest, global_threshold, decay_power nor only");
  return detail::prune_part<A...>{{arguments...}};
}

}  // namespace ingot
