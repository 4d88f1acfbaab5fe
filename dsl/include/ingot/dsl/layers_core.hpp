// Layers for any axes: input, flatten, reshape, dense, activation, dropout, spatial_dropout, gaussian_noise, stochastic_depth, from.
// A layer with options is a class with a deduction guide: the only way to take any number of options AND the line of the
// call. Defaults are Keras's (glorot_uniform kernel, zero bias, linear).
#pragma once
#include <ingot/dsl/options.hpp>

namespace ingot {

namespace detail {
template <class... D>
constexpr block<1> make_input(const where& w, D... d) {
  block<1> b;
  op& o = b.ops[0] = make_op(op_kind::input, line_of(w));
  o.rank = sizeof...(D);
  o.in[0] = unused;
  int k = 0;
  ((o.size[k++].k = d), ...);
  return b;
}
}  // namespace detail

/// The shape of one sample, without the batch: (a), (a, b), (height, width, channels).
constexpr block<1> input(int a, where w = where::current()) { return detail::make_input(w, a); }
constexpr block<1> input(int a, int b, where w = where::current()) { return detail::make_input(w, a, b); }
constexpr block<1> input(int a, int b, int c, where w = where::current()) { return detail::make_input(w, a, b, c); }

/// All axes in one, row-major.
inline constexpr block<1> flatten = detail::simple_layer(op_kind::flatten, 0);

/// Another shape of the same number of elements: reshape(28, 28, 1).
template <class... D>
struct reshape : block<1, (0 + ... + detail::rows_of<D>)> {
  static_assert(1 <= sizeof...(D) && sizeof...(D) <= max_rank, "reshape(sizes...): want 1 to 4 sizes");
  static_assert((... && dim_arg<D>), "reshape(sizes...): a size must be an integer or a hyper-parameter");
  constexpr explicit reshape(D... d, where w = where::current()) {
    op& o = this->ops[0] = detail::make_op(op_kind::reshape, detail::line_of(w));
    o.rank = sizeof...(D);
    detail::row_sink sink{this->hps};
    int k = 0;
    if constexpr ((... && dim_arg<D>)) (detail::set(o.size[k++], d, sink), ...);
  }
};
template <class... D>
reshape(D...) -> reshape<D...>;

template <class T>
inline constexpr bool for_dense = detail::dense_option<T>;
/// y = act(x W + b) along the last axis. Options: activation, initializer, bias_init, use_bias/no_bias, l1/l2/l1_l2,
/// bias_regularizer, activity_regularizer.
template <class U, class... O>
struct dense : block<1, detail::rows_of<U> + (0 + ... + detail::rows_of<O>)> {
  static_assert(dim_arg<U>, "dense(size, options...): the size must be an integer or a hyper-parameter");
  static_assert((... && for_dense<O>), "dense(size, options...): an option does not apply to a dense layer");
  constexpr explicit dense(U units, O... options, where w = where::current()) {
    op& o = this->ops[0] = detail::make_op(op_kind::dense, detail::line_of(w));
    detail::row_sink sink{this->hps};
    if constexpr (dim_arg<U>) detail::set(o.size[0], units, sink);
    if constexpr ((... && for_dense<O>)) (detail::apply(o, options, sink), ...);
  }
};
template <class U, class... O>
dense(U, O...) -> dense<U, O...>;

/// An activation as a layer of its own.
template <detail::act_option A>
constexpr auto activation(const A& a, where w = where::current()) {
  block<1, detail::rows_of<A>> b;
  b.ops[0] = detail::make_op(op_kind::activation, detail::line_of(w));
  detail::row_sink sink{b.hps};
  detail::apply(b.ops[0], a, sink);
  return b;
}

namespace detail {
template <class R>
constexpr auto noise_layer(op_kind kind, const R& rate, const where& w) {
  block<1, rows_of<R>> b;
  b.ops[0] = make_op(kind, line_of(w));
  row_sink sink{b.hps};
  set(b.ops[0].rate, rate, sink);
  return b;
}
}  // namespace detail

/// Drops a value with probability `rate` while training and scales the others by 1 / (1 - rate); 0 <= rate < 1.
template <num_arg R>
constexpr auto dropout(const R& rate, where w = where::current()) {
  return detail::noise_layer(op_kind::dropout, rate, w);
}
/// The same with whole channels of steps x channels or height x width x channels.
template <num_arg R>
constexpr auto spatial_dropout(const R& rate, where w = where::current()) {
  return detail::noise_layer(op_kind::spatial_dropout, rate, w);
}
/// Adds normal noise of mean 0 while training.
template <num_arg R>
constexpr auto gaussian_noise(const R& deviation, where w = where::current()) {
  return detail::noise_layer(op_kind::gaussian_noise, deviation, w);
}

/// Drops whole samples with probability `rate` while training and scales the others by 1 / (1 - rate): at the end of a branch,
/// residual(f | stochastic_depth(0.2)), the branch is left out for some samples (Huang et al. 2016).
template <num_arg R>
constexpr auto stochastic_depth(const R& rate, where w = where::current()) {
  return detail::noise_layer(op_kind::stochastic_depth, rate, w);
}

/// The output of an earlier layer, by name; replaces what flows in.
constexpr block<1> from(std::string_view layer, where w = where::current()) {
  block<1> b = detail::simple_layer(op_kind::tap, detail::line_of(w));
  b.ops[0].source = name_t(layer);
  return b;
}

}  // namespace ingot
