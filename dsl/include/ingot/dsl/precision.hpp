// mixed_precision(bf16) or mixed_precision(f16, loss_scale(1024), growth_after(500)): the type of activations and of the operands of
// contractions. Weights, optimizer state, sums, statistics, the last layer and the loss stay in fp32. Defaults are Keras 3's.
#pragma once
#include <ingot/dsl/recipe.hpp>

#include <tuple>
#include <type_traits>

namespace ingot {

inline constexpr precision_kind f16 = precision_kind::f16, bf16 = precision_kind::bf16;

namespace detail {

struct loss_scale_option {
  double value;
  static constexpr int rows = 0;
  constexpr void apply_to(precision_t& p, row_sink&) const { p.loss_scale = value; }
};
template <class T>
struct growth_option {
  T value;
  static constexpr int rows = rows_of<T>;
  constexpr void apply_to(precision_t& p, row_sink& sink) const { set(p.growth, value, sink); }
};
template <class T>
inline constexpr bool is_precision_option = std::is_same_v<T, loss_scale_option>;
template <class T>
inline constexpr bool is_precision_option<growth_option<T>> = true;

template <class... O>
struct precision_part {
  precision_kind compute;
  std::tuple<O...> options;
  static constexpr int rows = (0 + ... + rows_of<O>);
  constexpr void put(recipe_sink& s) const {
    s.claim(slot_precision, "mixed_precision");
    precision_t& p = s.recipe->craft.precision;
    p.compute = compute;
    s.scales_loss = sizeof...(O) > 0;
    std::apply([&](const auto&... o) { (o.apply_to(p, *s.rows), ...); }, options);
  }
};

}  // namespace detail

/// The factor of the loss that f16 begins with, a whole number; 32768 by default. A power of two loses no digit.
constexpr detail::loss_scale_option loss_scale(double first) { return {first}; }
/// After so many updates without overflow the scale doubles; 2000 by default, 0: it stays.
template <num_arg T>
constexpr detail::growth_option<T> growth_after(T updates) {
  return {updates};
}

template <class... O>
constexpr auto mixed_precision(precision_kind compute, const O&... options) {
  static_assert((... && detail::is_precision_option<O>),
                "mixed_precision(f16, options...): an option is neither loss_scale(first) nor growth_after(updates)");
  return detail::precision_part<O...>{compute, {options...}};
}

}  // namespace ingot
