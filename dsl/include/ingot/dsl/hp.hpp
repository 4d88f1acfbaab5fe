// Hyper-parameters: "units"_hp = range(32, 512, 32) defines one in the place where it is used, "units"_hp refers to it,
// "units"_hp * 2 is an affine expression of it, "units"_hp[i] is units_0, units_1, ... in a repeat.
// An argument of a layer becomes a `dim` or a `num`, plus a row in the table of its block if it is a hyper-parameter.
#pragma once
#include <ingot/dsl/flat.hpp>

#include <concepts>
#include <type_traits>

namespace ingot {

struct int_range {
  std::int64_t lo, hi, step;
};
struct real_range {
  double lo, hi;
  bool log;
};
struct flag_t {};
/// "drop"_hp = flag: 0 or 1.
inline constexpr flag_t flag{};
template <class T>
struct choice_t {
  T v[max_choices]{};
  int n = 0;
};

template <class T>
concept integer = std::is_integral_v<T> && !std::is_same_v<T, bool>;
template <class T>
concept act_like = std::is_convertible_v<T, act>;

/// lo, lo + step, ... <= hi.
constexpr int_range range(integer auto lo, integer auto hi, integer auto step) {
  return {static_cast<std::int64_t>(lo), static_cast<std::int64_t>(hi), static_cast<std::int64_t>(step)};
}
constexpr int_range range(integer auto lo, integer auto hi) { return range(lo, hi, 1); }
/// lo .. hi, uniform.
constexpr real_range range(double lo, double hi) { return {lo, hi, false}; }
/// lo .. hi, uniform in the logarithm; lo > 0.
constexpr real_range log_range(double lo, double hi) { return {lo, hi, true}; }
/// One of several integers, reals or activations.
template <class... T>
constexpr auto choice(T... v) {
  constexpr int n = sizeof...(T);
  static_assert(1 <= n && n <= max_choices, "choice(values...): want 1 to 16 values");
  constexpr bool acts = (... && act_like<T>), integers = (... && integer<T>),
                 numbers = (... && (integer<T> || std::is_floating_point_v<T>));
  static_assert(acts || numbers, "choice(values...): want integers, real numbers or activations, not a mixture");
  using value = std::conditional_t<acts, act, std::conditional_t<integers, std::int64_t, double>>;
  return choice_t<value>{{static_cast<value>(v)...}, n};
}

namespace detail {
constexpr void put_definition(int_range d, hp_t& row) {
  row.kind = hp_kind::integer;
  row.lo = static_cast<double>(d.lo);
  row.hi = static_cast<double>(d.hi);
  row.step = static_cast<double>(d.step);
}
constexpr void put_definition(real_range d, hp_t& row) {
  row.kind = hp_kind::real;
  row.lo = d.lo;
  row.hi = d.hi;
  row.log = d.log;
}
constexpr void put_definition(flag_t, hp_t& row) {
  row.kind = hp_kind::boolean;
  row.hi = 1;
}
template <class T>
constexpr void put_definition(const choice_t<T>& d, hp_t& row) {
  row.kind = std::is_same_v<T, act> ? hp_kind::choice_act : std::is_integral_v<T> ? hp_kind::choice_int : hp_kind::choice_real;
  row.n = d.n;
  for (int i = 0; i < d.n; ++i) row.v[i] = static_cast<double>(d.v[i]);
}

template <std::size_t I>
consteval auto digits() {
  static_assert(I < 100, "an index of a hyper-parameter's name must be below 100");
  if constexpr (I < 10) {
    fixed_string<2> r;
    r.s[0] = static_cast<char>('0' + I);
    return r;
  } else {
    fixed_string<3> r;
    r.s[0] = static_cast<char>('0' + I / 10);
    r.s[1] = static_cast<char>('0' + I % 10);
    return r;
  }
}
}  // namespace detail

/// A definition: the name and its values.
template <fixed_string S, class Values>
struct hp_def {
  Values values;
  static constexpr int rows = 1;
  constexpr void put(hp_t& row) const {
    row.name = name_t(S.view());
    detail::put_definition(values, row);
  }
};

/// hp * mul / div + add. `Stage` grows with the operations, so that only what a `dim` can hold is an expression:
/// first products (0), then quotients (1), then sums (2).
template <fixed_string S, int Stage>
struct hp_affine {
  std::int32_t mul = 1, div = 1, add = 0;
  static constexpr int rows = 1;
  constexpr void put(hp_t& row) const { row.name = name_t(S.view()); }
};

/// A reference by name.
template <fixed_string S>
struct hp_key {
  static constexpr int rows = 1;
  constexpr hp_def<S, int_range> operator=(int_range v) const { return {v}; }  // NOLINT: not an assignment
  constexpr hp_def<S, real_range> operator=(real_range v) const { return {v}; }
  constexpr hp_def<S, flag_t> operator=(flag_t v) const { return {v}; }
  template <class T>
  constexpr hp_def<S, choice_t<T>> operator=(const choice_t<T>& v) const {
    return {v};
  }
  /// The name with _<index> behind it; the index is that of repeat's body.
  template <class I>
  consteval auto operator[](I) const {
    return hp_key<S + fixed_string("_") + detail::digits<static_cast<std::size_t>(I::value)>()>{};
  }
  constexpr void put(hp_t& row) const { row.name = name_t(S.view()); }
};

template <fixed_string S>
constexpr hp_affine<S, 0> operator*(hp_key<S>, int m) {
  return {m, 1, 0};
}
template <fixed_string S>
constexpr hp_affine<S, 0> operator*(int m, hp_key<S>) {
  return {m, 1, 0};
}
template <fixed_string S>
constexpr hp_affine<S, 1> operator/(hp_key<S>, int q) {
  return {1, q, 0};
}
template <fixed_string S, int Stage>
  requires(Stage < 2)
constexpr hp_affine<S, 1> operator/(hp_affine<S, Stage> a, int q) {
  return {a.mul, a.div * q, 0};
}
template <fixed_string S>
constexpr hp_affine<S, 2> operator+(hp_key<S>, int c) {
  return {1, 1, c};
}
template <fixed_string S>
constexpr hp_affine<S, 2> operator-(hp_key<S>, int c) {
  return {1, 1, -c};
}
template <fixed_string S, int Stage>
constexpr hp_affine<S, 2> operator+(hp_affine<S, Stage> a, int c) {
  return {a.mul, a.div, a.add + c};
}
template <fixed_string S, int Stage>
constexpr hp_affine<S, 2> operator-(hp_affine<S, Stage> a, int c) {
  return {a.mul, a.div, a.add - c};
}

inline namespace literals {
template <fixed_string S>
consteval hp_key<S> operator""_hp() {
  return {};
}
}  // namespace literals

namespace detail {

/// How many rows of hyper-parameters an argument brings.
template <class T>
consteval int count_rows() {
  if constexpr (requires { T::rows; }) {
    return T::rows;
  } else {
    return 0;
  }
}
template <class T>
inline constexpr int rows_of = count_rows<T>();

template <class T>
inline constexpr bool is_affine = false;
template <fixed_string S, int Stage>
inline constexpr bool is_affine<hp_affine<S, Stage>> = true;
template <class T>
inline constexpr bool is_key = false;
template <fixed_string S>
inline constexpr bool is_key<hp_key<S>> = true;
template <class T>
inline constexpr bool is_definition = false;
template <fixed_string S, class V>
inline constexpr bool is_definition<hp_def<S, V>> = true;
template <class T>
inline constexpr bool is_act_definition = false;
template <fixed_string S>
inline constexpr bool is_act_definition<hp_def<S, choice_t<act>>> = true;

/// Where the rows of a block or of a part of the recipe are collected.
struct row_sink {
  hp_t* rows;
  int n = 0;
  template <class T>
  constexpr int add(const T& x) {
    x.put(rows[n]);
    return n++;
  }
};

/// The rows of a part of the recipe whose numbers lie beside it, for now numbered from 0.
template <int K>
struct own_rows {
  hp_t hps[K != 0 ? K : 1]{};
  static constexpr int rows = K;
  /// Appends them to `sink`, and returns what renumbers a number of the part.
  constexpr auto append_to(row_sink& sink) const {
    const int offset = sink.n;
    for (int i = 0; i < K; ++i) sink.rows[sink.n++] = hps[i];
    return [offset](num& n) {
      if (n.hp >= 0) n.hp += offset;
    };
  }
};

/// For a size beyond 32 bits: not a constant expression, so the compiler points at the size.
constexpr std::int32_t to_size(auto v) {
  if (v > 2147483647 || v < -2147483647) throw "a size does not fit 32 bits";
  return static_cast<std::int32_t>(v);
}

}  // namespace detail

/// Where a size is wanted: an integer, or a hyper-parameter or an affine expression of one.
template <class T>
concept dim_arg = integer<T> || detail::is_key<T> || detail::is_definition<T> || detail::is_affine<T>;
/// Where a real number is wanted.
template <class T>
concept num_arg = (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) || detail::is_key<T> || detail::is_definition<T>;

namespace detail {

template <dim_arg T>
constexpr void set(dim& d, const T& x, row_sink& sink) {
  if constexpr (integer<T>) {
    d.k = to_size(x);
  } else {
    d.k = 0;
    d.hp = sink.add(x);
    if constexpr (is_affine<T>) {
      d.mul = x.mul;
      d.div = x.div;
      d.k = x.add;
    }
  }
}
template <num_arg T>
constexpr void set(num& d, const T& x, row_sink& sink) {
  if constexpr (std::is_arithmetic_v<T>) {
    d.k = static_cast<double>(x);
  } else {
    d.hp = sink.add(x);
  }
}

/// Calls f with every index of a hyper-parameter that an op holds.
template <class F>
constexpr void for_each_hp(op& o, F f) {
  const auto referred = [&f](auto& x) {
    if (x.hp >= 0) f(x.hp);
  };
  for_each_dim(o, referred);
  for_each_num(o, referred);
  if (o.act_hp >= 0) f(o.act_hp);
}

}  // namespace detail
}  // namespace ingot
