// Options of layers. Each is a type of its own, so they are given in any order after the sizes:
// dense(64, relu, he_normal, l2(1e-4)). Numbers may be hyper-parameters.
#pragma once
#include <ingot/dsl/block.hpp>
#include <ingot/dsl/expression.hpp>
#include <ingot/dsl/infer.hpp>
#include <ingot/dsl/initializers.hpp>

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
                     softmax = act::softmax, log_softmax = act::log_softmax, softplus = act::softplus, softsign = act::softsign,
                     mish = act::mish, hard_sigmoid = act::hard_sigmoid, hard_silu = act::hard_silu, selu = act::selu, relu6 = act::relu6,
                     exponential = act::exponential;
/// act::tanh under a name that does not collide with the function of <cmath>.
inline constexpr act tanh_act = act::tanh;
inline constexpr detail::parametric_act<act::leaky_relu> leaky_relu{};  ///< slope of the negative side, 0.2 by default
inline constexpr detail::parametric_act<act::elu> elu{};                ///< alpha, 1 by default

inline constexpr pad_kind same = pad_kind::same, valid = pad_kind::valid;

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

/// The same on the output, after the activation, divided by the rows of the batch: activity_regularizer(l2(1e-4)).
template <class R>
struct activity_regularizer {
  R of;
  static constexpr int rows = R::rows;
};
template <class A, class B>
activity_regularizer(regularizer<A, B>) -> activity_regularizer<regularizer<A, B>>;

/// What holds for the kernel after each update, one norm for each output: over all axes but the last (Keras's default axis, which
/// for convolutions leaves two axes of the window out, is that of dense layers only).
template <constraint_kind Kind, class A, class B, class R>
struct constraint {
  A low;
  B high;
  R rate;
  static constexpr int rows = detail::rows_of<A> + detail::rows_of<B> + detail::rows_of<R>;
};
/// The norm is at most `high`; longer vectors are scaled down to it.
template <num_arg B>
constexpr constraint<constraint_kind::max_norm, absent, B, absent> max_norm(B high) {
  return {{}, high, {}};
}
/// Negative weights become 0.
inline constexpr constraint<constraint_kind::non_negative, absent, absent, absent> non_negative{};
/// The norm is 1.
inline constexpr constraint<constraint_kind::unit_norm, absent, absent, absent> unit_norm{};
/// The norm moves into low .. high, by this share of the way.
template <num_arg A, num_arg B>
constexpr constraint<constraint_kind::min_max_norm, A, B, absent> min_max_norm(A low, B high) {
  return {low, high, {}};
}
template <num_arg A, num_arg B, num_arg R>
constexpr constraint<constraint_kind::min_max_norm, A, B, R> min_max_norm(A low, B high, R rate) {
  return {low, high, rate};
}
/// The same for the bias, which is one vector: bias_constraint(max_norm(1)).
template <class C>
struct bias_constraint {
  C of;
  static constexpr int rows = C::rows;
};
template <constraint_kind Kind, class A, class B, class R>
bias_constraint(constraint<Kind, A, B, R>) -> bias_constraint<constraint<Kind, A, B, R>>;

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

/// Distance of the cells of a kernel: dilation(2), dilation(1, 2). Not together with strides.
template <class H, class W = absent>
struct dilation {
  H h;
  W w{};
  static constexpr int rows = detail::rows_of<H> + detail::rows_of<W>;
  constexpr explicit dilation(H both) : h(both) {}
  constexpr dilation(H height, W width) : h(height), w(width) {}
};
template <class H>
dilation(H) -> dilation<H>;
template <class H, class W>
dilation(H, W) -> dilation<H, W>;
/// Each group of filters reads its own part of the input's channels; both numbers of channels are multiples of it.
template <class G>
struct groups {
  G n;
  static constexpr int rows = detail::rows_of<G>;
};
template <class G>
groups(G) -> groups<G>;
/// Outputs per input channel of a depthwise convolution.
template <class M>
struct multiplier {
  M n;
  static constexpr int rows = detail::rows_of<M>;
};
template <class M>
multiplier(M) -> multiplier<M>;
/// Padding of a conv1d that sees no later step.
struct causal_padding {};
inline constexpr causal_padding causal{};

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
inline constexpr bool is_dilation = false;
template <class H, class W>
inline constexpr bool is_dilation<dilation<H, W>> = dim_arg<H> && (dim_arg<W> || std::same_as<W, absent>);
template <class T>
inline constexpr bool is_groups = false;
template <class G>
inline constexpr bool is_groups<groups<G>> = dim_arg<G>;
template <class T>
inline constexpr bool is_multiplier = false;
template <class M>
inline constexpr bool is_multiplier<multiplier<M>> = dim_arg<M>;
/// strides and dilation of one axis
template <class T>
inline constexpr bool is_step = false;
template <class H>
inline constexpr bool is_step<strides<H>> = dim_arg<H>;
template <class H>
inline constexpr bool is_step<dilation<H>> = dim_arg<H>;
template <class T>
inline constexpr bool is_plain_regularizer = false;
template <class A, class B>
inline constexpr bool is_plain_regularizer<regularizer<A, B>> = true;
template <class T>
inline constexpr bool is_regularizer = is_plain_regularizer<T>;
template <class R>
inline constexpr bool is_regularizer<bias_regularizer<R>> = is_regularizer<R>;
template <class R>
inline constexpr bool is_regularizer<activity_regularizer<R>> = is_regularizer<R>;
template <class T>
inline constexpr bool is_constraint = false;
template <constraint_kind Kind, class A, class B, class R>
inline constexpr bool is_constraint<constraint<Kind, A, B, R>> = true;
template <class C>
inline constexpr bool is_constraint<bias_constraint<C>> = is_constraint<C>;
template <class T>
inline constexpr bool is_act_with = false;
template <act Kind, class A>
inline constexpr bool is_act_with<act_with<Kind, A>> = true;

template <class T>
concept own_act = requires { requires T::is_rule; };
/// An activation: a constant, one with its parameter, one's own, or a hyper-parameter.
template <class T>
concept act_option = act_like<T> || is_act_with<T> || own_act<T> || is_act_definition<T> || is_key<T>;
template <class T>
concept dense_option = act_option<T> || is_init<T> || is_bias_init<T> || std::same_as<T, use_bias> || is_regularizer<T> || is_constraint<T>;
template <class T>
concept pool_option = std::same_as<T, pad_kind> || is_strides<T>;
template <class T>
concept transposed_option = dense_option<T> || pool_option<T>;
template <class T>
concept conv_option = transposed_option<T> || is_dilation<T> || is_groups<T>;
template <class T>
concept depthwise_option = transposed_option<T> || is_dilation<T> || is_multiplier<T>;
template <class T>
concept conv1d_option = dense_option<T> || std::same_as<T, pad_kind> || std::same_as<T, causal_padding> || is_step<T> || is_groups<T>;

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
template <own_act T>
constexpr void apply(op& o, const T& x, row_sink& sink) {
  x.put(o, sink);
}
template <class T>
  requires(is_act_definition<T> || is_key<T>)
constexpr void apply(op& o, const T& x, row_sink& sink) {
  o.act_hp = small(sink.add(x));
}
constexpr void apply(op& o, use_bias x, row_sink&) { o.use_bias = x.on; }
constexpr void apply(op& o, pad_kind x, row_sink&) { o.pad = x; }
constexpr void apply(op& o, causal_padding, row_sink&) { o.pad = pad_kind::causal; }

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
template <class A, class B>
constexpr void apply(op& o, const activity_regularizer<regularizer<A, B>>& x, row_sink& sink) {
  set_given(o.activity_l1, x.of.l1, sink);
  set_given(o.activity_l2, x.of.l2, sink);
}

template <constraint_kind Kind, class A, class B, class R>
constexpr void set_constraint(constraint_t& c, const constraint<Kind, A, B, R>& x, row_sink& sink) {
  c.kind = Kind;
  set_given(c.low, x.low, sink);
  set_given(c.high, x.high, sink);
  set_given(c.rate, x.rate, sink);
}
template <constraint_kind Kind, class A, class B, class R>
constexpr void apply(op& o, const constraint<Kind, A, B, R>& x, row_sink& sink) {
  set_constraint(o.constraint, x, sink);
}
template <class C>
constexpr void apply(op& o, const bias_constraint<C>& x, row_sink& sink) {
  set_constraint(o.bias_constraint, x.of, sink);
}

/// One size for both axes, or one for each.
template <class H, class W>
constexpr void set_pair(dim (&d)[2], const H& h, const W& w, row_sink& sink) {
  set(d[0], h, sink);
  if constexpr (std::same_as<W, absent>) {
    d[1] = d[0];
  } else {
    set(d[1], w, sink);
  }
}
template <class H, class W>
constexpr void apply(op& o, const strides<H, W>& x, row_sink& sink) {
  set_pair(o.stride, x.h, x.w, sink);
}
template <class H, class W>
constexpr void apply(op& o, const dilation<H, W>& x, row_sink& sink) {
  set_pair(o.dilation, x.h, x.w, sink);
}
template <class G>
constexpr void apply(op& o, const groups<G>& x, row_sink& sink) {
  set(o.groups, x.n, sink);
}
template <class M>
constexpr void apply(op& o, const multiplier<M>& x, row_sink& sink) {
  set(o.size[0], x.n, sink);
}

template <dim_arg T>
constexpr void set_window(op& o, const T& square, row_sink& sink) {
  set_pair(o.kernel, square, absent{}, sink);
}
template <class H, class W>
constexpr void set_window(op& o, const window<H, W>& x, row_sink& sink) {
  set_pair(o.kernel, x.h, x.w, sink);
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
