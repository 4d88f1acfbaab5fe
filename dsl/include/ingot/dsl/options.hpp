// Options of layers. Each is a type of its own, so they are given in any order after the sizes:
// dense(64, relu, he_normal, l2(1e-4)). Numbers may be hyper-parameters.
#pragma once
#include <ingot/dsl/block.hpp>
#include <ingot/dsl/infer.hpp>

namespace ingot {

struct absent {};  ///< an argument that was not given

namespace detail {

/// An activation with one parameter, not yet given.
template <act Kind>
struct parametric_act {
  // NOLINTNEXTLINE(google-explicit-constructor): leaky_relu alone is an activation
  constexpr operator act() const { return Kind; }
  template <num_arg A>
  constexpr auto operator()(A alpha) const;
};
/// An activation with its parameter: leaky_relu(0.1).
template <act Kind, class A>
struct act_with {
  A alpha;
  static constexpr int rows = rows_of<A>;
};
template <act Kind>
template <num_arg A>
constexpr auto parametric_act<Kind>::operator()(A alpha) const {
  return act_with<Kind, A>{alpha};
}

}  // namespace detail

inline constexpr act linear = act::linear, relu = act::relu, gelu = act::gelu, silu = act::silu, sigmoid = act::sigmoid,
                     softmax = act::softmax, log_softmax = act::log_softmax;
/// act::tanh under a name that does not collide with the function of <cmath>.
inline constexpr act tanh_act = act::tanh;
inline constexpr detail::parametric_act<act::leaky_relu> leaky_relu{};  ///< slope of the negative side, 0.2 by default
inline constexpr detail::parametric_act<act::elu> elu{};                ///< alpha, 1 by default

inline constexpr pad_kind same = pad_kind::same, valid = pad_kind::valid;

inline constexpr init_kind glorot_uniform = init_kind::glorot_uniform, glorot_normal = init_kind::glorot_normal,
                           he_uniform = init_kind::he_uniform, he_normal = init_kind::he_normal, lecun_uniform = init_kind::lecun_uniform,
                           lecun_normal = init_kind::lecun_normal, zeros = init_kind::zeros, ones = init_kind::ones;

struct use_bias {
  bool on;
};
inline constexpr use_bias no_bias{false};

/// Penalty on the kernel: l1 * sum|w| + l2 * sum w^2 (Keras: l2 is not halved).
template <class A, class B>
struct regularizer {
  A l1;
  B l2;
  static constexpr int rows = detail::rows_of<A> + detail::rows_of<B>;
};
template <num_arg A>
constexpr regularizer<A, absent> l1(A x) {
  return {x, {}};
}
template <num_arg B>
constexpr regularizer<absent, B> l2(B x) {
  return {{}, x};
}
template <num_arg A, num_arg B>
constexpr regularizer<A, B> l1_l2(A x, B y) {
  return {x, y};
}
/// The same on the bias: bias_regularizer(l2(1e-4)).
template <class R>
struct bias_regularizer {
  R of;
  static constexpr int rows = R::rows;
};
template <class A, class B>
bias_regularizer(regularizer<A, B>) -> bias_regularizer<regularizer<A, B>>;

/// Height and width of a window: window(3, 5).
template <class H, class W>
struct window {
  H h;
  W w;
  static constexpr int rows = detail::rows_of<H> + detail::rows_of<W>;
  constexpr window(H height, W width) : h(height), w(width) {}
};
/// Steps of a window: strides(2), strides(1, 2).
template <class H, class W = absent>
struct strides {
  H h;
  W w{};
  static constexpr int rows = detail::rows_of<H> + detail::rows_of<W>;
  constexpr explicit strides(H both) : h(both) {}
  constexpr strides(H height, W width) : h(height), w(width) {}
};
template <class H>
strides(H) -> strides<H>;
template <class H, class W>
strides(H, W) -> strides<H, W>;

namespace detail {

template <class T>
inline constexpr bool is_window = dim_arg<T>;
template <class H, class W>
inline constexpr bool is_window<window<H, W>> = dim_arg<H> && dim_arg<W>;
template <class T>
inline constexpr bool is_strides = false;
template <class H, class W>
inline constexpr bool is_strides<strides<H, W>> = dim_arg<H> && (dim_arg<W> || std::same_as<W, absent>);
template <class T>
inline constexpr bool is_regularizer = false;
template <class A, class B>
inline constexpr bool is_regularizer<regularizer<A, B>> = true;
template <class R>
inline constexpr bool is_regularizer<bias_regularizer<R>> = is_regularizer<R>;
template <class T>
inline constexpr bool is_act_with = false;
template <act Kind, class A>
inline constexpr bool is_act_with<act_with<Kind, A>> = true;

/// An activation: a constant, one with its parameter, or a hyper-parameter.
template <class T>
concept act_option = act_like<T> || is_act_with<T> || is_act_definition<T> || is_key<T>;
template <class T>
concept dense_option = act_option<T> || std::same_as<T, init_kind> || std::same_as<T, use_bias> || is_regularizer<T>;
template <class T>
concept pool_option = std::same_as<T, pad_kind> || is_strides<T>;
template <class T>
concept conv_option = dense_option<T> || pool_option<T>;

template <act_like T>
constexpr void apply(op& o, const T& x, row_sink&) {
  o.activation = x;
  o.act_alpha.k = default_alpha(x);
}
template <act Kind, class A>
constexpr void apply(op& o, const act_with<Kind, A>& x, row_sink& sink) {
  o.activation = Kind;
  set(o.act_alpha, x.alpha, sink);
}
template <class T>
  requires(is_act_definition<T> || is_key<T>)
constexpr void apply(op& o, const T& x, row_sink& sink) {
  o.act_hp = small(sink.add(x));
}
constexpr void apply(op& o, init_kind x, row_sink&) { o.init = x; }
constexpr void apply(op& o, use_bias x, row_sink&) { o.use_bias = x.on; }
constexpr void apply(op& o, pad_kind x, row_sink&) { o.pad = x; }

template <class T>
constexpr void set_given(num& n, const T& x, row_sink& sink) {
  if constexpr (!std::same_as<T, absent>) set(n, x, sink);
}
template <class A, class B>
constexpr void apply(op& o, const regularizer<A, B>& x, row_sink& sink) {
  set_given(o.l1, x.l1, sink);
  set_given(o.l2, x.l2, sink);
}
template <class A, class B>
constexpr void apply(op& o, const bias_regularizer<regularizer<A, B>>& x, row_sink& sink) {
  set_given(o.bias_l1, x.of.l1, sink);
  set_given(o.bias_l2, x.of.l2, sink);
}
template <class H, class W>
constexpr void apply(op& o, const strides<H, W>& x, row_sink& sink) {
  set(o.stride[0], x.h, sink);
  if constexpr (std::same_as<W, absent>) {
    o.stride[1] = o.stride[0];
  } else {
    set(o.stride[1], x.w, sink);
  }
}

template <dim_arg T>
constexpr void set_window(op& o, const T& square, row_sink& sink) {
  set(o.kernel[0], square, sink);
  o.kernel[1] = o.kernel[0];
}
template <class H, class W>
constexpr void set_window(op& o, const window<H, W>& x, row_sink& sink) {
  set(o.kernel[0], x.h, sink);
  set(o.kernel[1], x.w, sink);
}

constexpr op make_op(op_kind kind, int line) {
  op o;
  o.kind = kind;
  o.line = line;
  return o;
}
constexpr block<1> simple_layer(op_kind kind, int line) {
  block<1> b;
  b.ops[0] = make_op(kind, line);
  return b;
}

}  // namespace detail
}  // namespace ingot
