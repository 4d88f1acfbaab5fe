// Initializers, with Keras's defaults: dense(64, he_normal), dense(64, random_normal(0.02)), bias_init(constant(0.1)).
// An initializer alone is that of the kernel. Those scaled by fans are truncated normals and uniforms, as Keras's are.
#pragma once
#include <ingot/dsl/hp.hpp>

namespace ingot {

/// The value that an initializer has when none is given (Keras: random_initializers.py).
constexpr double default_init_value(init_kind k) {
  const bool random = k == init_kind::random_normal || k == init_kind::truncated_normal || k == init_kind::random_uniform;
  return random ? 0.05 : k == init_kind::orthogonal ? 1.0 : 0.0;
}

namespace detail {

/// An initializer with its value: random_normal(0.02).
template <init_kind Kind, class V>
struct init_with {
  V value;
  static constexpr int rows = rows_of<V>;
};
/// An initializer with a value that has a default.
template <init_kind Kind>
struct parametric_init {
  // NOLINTNEXTLINE(google-explicit-constructor): random_normal alone is an initializer
  constexpr operator init_kind() const { return Kind; }
  template <num_arg V>
  constexpr init_with<Kind, V> operator()(V value) const {
    return {value};
  }
};

template <class T>
inline constexpr bool is_init = false;
template <>
inline constexpr bool is_init<init_kind> = true;
template <init_kind Kind>
inline constexpr bool is_init<parametric_init<Kind>> = true;
template <init_kind Kind, class V>
inline constexpr bool is_init<init_with<Kind, V>> = true;

constexpr void set_init(init_kind& kind, num& value, init_kind x, row_sink&) {
  kind = x;
  value.k = default_init_value(x);
}
template <init_kind Kind, class V>
constexpr void set_init(init_kind& kind, num& value, const init_with<Kind, V>& x, row_sink& sink) {
  kind = Kind;
  set(value, x.value, sink);
}

}  // namespace detail

inline constexpr init_kind glorot_uniform = init_kind::glorot_uniform, glorot_normal = init_kind::glorot_normal,
                           he_uniform = init_kind::he_uniform, he_normal = init_kind::he_normal, lecun_uniform = init_kind::lecun_uniform,
                           lecun_normal = init_kind::lecun_normal, zeros = init_kind::zeros, ones = init_kind::ones;
inline constexpr detail::parametric_init<init_kind::random_normal> random_normal{};        ///< standard deviation, 0.05 by default
inline constexpr detail::parametric_init<init_kind::truncated_normal> truncated_normal{};  ///< the same, cut at 2 of them
inline constexpr detail::parametric_init<init_kind::random_uniform> random_uniform{};      ///< limit, 0.05 by default
inline constexpr detail::parametric_init<init_kind::orthogonal> orthogonal{};              ///< gain, 1 by default; kernels only
template <num_arg V>
constexpr detail::init_with<init_kind::constant, V> constant(V value) {
  return {value};
}

/// The initializer of the bias: bias_init(ones). Zeros by default.
template <class I>
struct bias_init {
  I of;
  static constexpr int rows = detail::rows_of<I>;
};
template <class I>
bias_init(I) -> bias_init<I>;

namespace detail {

template <class T>
inline constexpr bool is_bias_init = false;
template <class I>
inline constexpr bool is_bias_init<bias_init<I>> = is_init<I>;
template <>
inline constexpr bool is_bias_init<bias_init<parametric_init<init_kind::orthogonal>>> = false;
template <class V>
inline constexpr bool is_bias_init<bias_init<init_with<init_kind::orthogonal, V>>> = false;

template <class T>
  requires(is_init<T>)
constexpr void apply(op& o, const T& x, row_sink& sink) {
  set_init(o.init, o.init_value, x, sink);
}
template <class I>
constexpr void apply(op& o, const bias_init<I>& x, row_sink& sink) {
  set_init(o.bias_init, o.bias_init_value, x.of, sink);
}

}  // namespace detail
}  // namespace ingot
