// config<model>: one typed value for each hyper-parameter, found by name: c["units"_hp] = 64. Integers and choices of
// integers are std::int64_t, reals double, flags bool, activations act; each starts at the first value of its range.
#pragma once
#include <boost/hana/at_key.hpp>
#include <boost/hana/contains.hpp>
#include <boost/hana/map.hpp>
#include <boost/hana/pair.hpp>
#include <ingot/dsl/typed/names.hpp>

#include <array>
#include <utility>

namespace ingot {

namespace detail {

template <hp_kind K>
struct hp_value {
  using type = std::int64_t;
};
template <>
struct hp_value<hp_kind::real> {
  using type = double;
};
template <>
struct hp_value<hp_kind::choice_real> {
  using type = double;
};
template <>
struct hp_value<hp_kind::boolean> {
  using type = bool;
};
template <>
struct hp_value<hp_kind::choice_act> {
  using type = act;
};
/// A value of the flat array as the type of hyper-parameter I, and back.
template <const auto& M, int I>
using hp_type_at = typename hp_value<M.hps[I].kind>::type;
template <class T>
constexpr T from_flat(double v) {
  if constexpr (std::is_enum_v<T>) {
    return static_cast<T>(static_cast<int>(v));
  } else {
    return static_cast<T>(v);
  }
}
template <class T>
constexpr double to_flat(T v) {
  return static_cast<double>(v);
}

template <const auto& M>
constexpr auto make_config() {
  return []<int... I>(std::integer_sequence<int, I...>) {
    return hana::make_map(hana::make_pair(hp_type<hp_name<M, I>()>, from_flat<hp_type_at<M, I>>(initial_value(M.hps[I])))...);
  }(std::make_integer_sequence<int, M.n_hps>{});
}

}  // namespace detail

template <const auto& M>
struct config {
  static_assert(verdict_of<M>.ok, "config<model>: the model is not sound");
  using map_type = decltype(detail::make_config<M>());
  static constexpr int size = M.n_hps;
  map_type values = detail::make_config<M>();

  template <fixed_string S>
  static constexpr bool has = decltype(hana::contains(std::declval<map_type&>(), detail::hp_type<S>))::value;
  template <fixed_string S>
    requires(has<S>)
  constexpr auto& operator[](hp_key<S>) {
    return values[detail::hp_type<S>];
  }
  template <fixed_string S>
    requires(has<S>)
  constexpr const auto& operator[](hp_key<S>) const {
    return values[detail::hp_type<S>];
  }
  /// A wrong name: both compilers show Name and Known on the user's line.
  template <fixed_string Name, auto Known = detail::known_names<M, false>()>
    requires(!has<Name>)
  int& operator[](hp_key<Name>) const = delete;

  /// The values in the order of the definition: what infer() and a generated program take.
  [[nodiscard]] constexpr auto flat() const {
    std::array<double, size != 0 ? size : 1> v{};
    [&]<int... I>(std::integer_sequence<int, I...>) {
      ((v[I] = detail::to_flat(values[detail::hp_type<detail::hp_name<M, I>()>])), ...);
    }(std::make_integer_sequence<int, size>{});
    return v;
  }
  /// Takes values in the order of the definition.
  constexpr void assign(const double* v) {
    [&]<int... I>(std::integer_sequence<int, I...>) {
      ((values[detail::hp_type<detail::hp_name<M, I>()>] = detail::from_flat<detail::hp_type_at<M, I>>(v[I])), ...);
    }(std::make_integer_sequence<int, size>{});
  }
  /// Whether all values are points of the space.
  [[nodiscard]] constexpr diag check() const { return check_values(M.view(), flat().data()); }
};

}  // namespace ingot
