// Layers on height x width x channels: conv2d, conv2d_transpose, depthwise_conv2d, max_pool, avg_pool, global_avg_pool,
// global_max_pool, zero_pad, upsample.
// A window is an integer, a hyper-parameter, or window(height, width). Padding is `valid` unless `same` is given; `same`
// pads as Keras does (the odd cell at the bottom and right).
#pragma once
#include <ingot/dsl/options.hpp>

namespace ingot {

/// Mean over height and width.
inline constexpr block<1> global_avg_pool = detail::simple_layer(op_kind::global_avg_pool, 0);
/// The largest over height and width.
inline constexpr block<1> global_max_pool = detail::simple_layer(op_kind::global_max_pool, 0);

namespace detail {
/// What convolutions share; `Fits` says whether the layer's arguments are right, so that a mistake is reported once.
template <bool Fits, class F, class W, class... O>
struct conv_layer : block<1, rows_of<F> + rows_of<W> + (0 + ... + rows_of<O>)> {
  constexpr conv_layer(op_kind kind, int line, const F& filters, const W& kernel, const O&... options) {
    op& o = this->ops[0] = make_op(kind, line);
    row_sink sink{this->hps};
    o.stride[0].k = o.stride[1].k = 1;
    if constexpr (Fits) {
      set(o.size[0], filters, sink);
      set_window(o, kernel, sink);
      (apply(o, options, sink), ...);
    }
  }
};
}  // namespace detail

template <class T>
inline constexpr bool for_conv2d = detail::conv_option<T>;
/// Cross-correlation, kernel [height, width, in / groups, filters]. Options: those of dense, valid/same, strides, dilation
/// and groups (1 by default).
template <class F, class W, class... O>
struct conv2d : detail::conv_layer<dim_arg<F> && detail::is_window<W> && (... && for_conv2d<O>), F, W, O...> {
  static_assert(dim_arg<F>, "conv2d(filters, kernel, options...): filters must be an integer or a hyper-parameter");
  static_assert(detail::is_window<W>, "conv2d(filters, kernel, options...): the kernel must be a size or window(height, width)");
  static_assert((... && for_conv2d<O>), "conv2d(filters, kernel, options...): an option does not apply to a conv2d layer");
  constexpr conv2d(F filters, W kernel, O... options, where w = where::current())
      : conv2d::conv_layer(op_kind::conv2d, detail::line_of(w), filters, kernel, options...) {}
};
template <class F, class W, class... O>
conv2d(F, W, O...) -> conv2d<F, W, O...>;

template <class T>
inline constexpr bool for_conv2d_transpose = detail::transposed_option<T>;
/// The gradient of a conv2d with respect to its input, as a layer; kernel [height, width, filters, in]. `same`: each extent
/// times its stride; `valid`: and what the window is longer than the stride. Options: those of dense, valid/same, strides.
template <class F, class W, class... O>
struct conv2d_transpose : detail::conv_layer<dim_arg<F> && detail::is_window<W> && (... && for_conv2d_transpose<O>), F, W, O...> {
  static_assert(dim_arg<F>, "conv2d_transpose(filters, kernel, options...): filters must be an integer or a hyper-parameter");
  static_assert(detail::is_window<W>, "conv2d_transpose(filters, kernel, options...): the kernel must be a size or window(height, width)");
  static_assert((... && for_conv2d_transpose<O>),
                "conv2d_transpose(filters, kernel, options...): an option does not apply to a conv2d_transpose layer");
  constexpr conv2d_transpose(F filters, W kernel, O... options, where w = where::current())
      : conv2d_transpose::conv_layer(op_kind::conv2d_transpose, detail::line_of(w), filters, kernel, options...) {}
};
template <class F, class W, class... O>
conv2d_transpose(F, W, O...) -> conv2d_transpose<F, W, O...>;

template <class T>
inline constexpr bool for_depthwise_conv2d = detail::depthwise_option<T>;
/// Each channel on its own, kernel [height, width, in, multiplier], yields in * multiplier channels. Options: those of dense,
/// valid/same, strides, dilation, multiplier (1 by default).
template <class W, class... O>
struct depthwise_conv2d : detail::conv_layer<detail::is_window<W> && (... && for_depthwise_conv2d<O>), int, W, O...> {
  static_assert(detail::is_window<W>, "depthwise_conv2d(kernel, options...): the kernel must be a size or window(height, width)");
  static_assert((... && for_depthwise_conv2d<O>),
                "depthwise_conv2d(kernel, options...): an option does not apply to a depthwise_conv2d layer");
  constexpr explicit depthwise_conv2d(W kernel, O... options, where w = where::current())
      : depthwise_conv2d::conv_layer(op_kind::depthwise_conv2d, detail::line_of(w), 1, kernel, options...) {}
};
template <class W, class... O>
depthwise_conv2d(W, O...) -> depthwise_conv2d<W, O...>;

template <class T>
inline constexpr bool for_pool = detail::pool_option<T>;

namespace detail {
template <class W, class... O>
struct pool_layer : block<1, rows_of<W> + (0 + ... + rows_of<O>)> {
  static_assert(is_window<W>, "pool(window, options...): the window must be a size or window(height, width)");
  static_assert((... && for_pool<O>), "pool(window, options...): an option does not apply to a pool");
  constexpr pool_layer(op_kind kind, int line, const W& size, const O&... options) {
    op& o = this->ops[0] = make_op(kind, line);
    row_sink sink{this->hps};
    if constexpr (is_window<W>) set_window(o, size, sink);
    o.stride[0] = o.kernel[0];
    o.stride[1] = o.kernel[1];
    if constexpr ((... && for_pool<O>)) (apply(o, options, sink), ...);
  }
};
}  // namespace detail

/// The largest cell of each window. Options: valid/same, strides (the window by default).
template <class W, class... O>
struct max_pool : detail::pool_layer<W, O...> {
  constexpr explicit max_pool(W size, O... options, where w = where::current())
      : detail::pool_layer<W, O...>(op_kind::max_pool, detail::line_of(w), size, options...) {}
};
template <class W, class... O>
max_pool(W, O...) -> max_pool<W, O...>;

/// The mean of the real cells of each window.
template <class W, class... O>
struct avg_pool : detail::pool_layer<W, O...> {
  constexpr explicit avg_pool(W size, O... options, where w = where::current())
      : detail::pool_layer<W, O...>(op_kind::avg_pool, detail::line_of(w), size, options...) {}
};
template <class W, class... O>
avg_pool(W, O...) -> avg_pool<W, O...>;

/// Rows and columns of zeros around: zero_pad(all), zero_pad(top and bottom, left and right), zero_pad(top, bottom, left, right).
template <class... P>
struct zero_pad : block<1, (0 + ... + detail::rows_of<P>)> {
  static constexpr bool fits = (sizeof...(P) == 1 || sizeof...(P) == 2 || sizeof...(P) == 4) && (... && dim_arg<P>);
  static_assert(fits, "zero_pad(all), (vertical, horizontal) or (top, bottom, left, right): integers or hyper-parameters");
  constexpr explicit zero_pad(P... sizes, where w = where::current()) {
    op& o = this->ops[0] = detail::make_op(op_kind::zero_pad, detail::line_of(w));
    [[maybe_unused]] detail::row_sink sink{this->hps};
    if constexpr (fits) {
      constexpr int share = 4 / static_cast<int>(sizeof...(P));  // sides that one size stands for
      int side = 0;
      ((detail::set(o.pad_size[side], sizes, sink), side += share), ...);
      for (int k = 0; k < 4; ++k) o.pad_size[k] = o.pad_size[k - k % share];
    }
  }
};
template <class... P>
zero_pad(P...) -> zero_pad<P...>;

/// Repeats each cell (Keras: UpSampling2D, nearest): upsample(both), upsample(height, width).
template <class H, class W = absent>
struct upsample : block<1, detail::rows_of<H> + detail::rows_of<W>> {
  static constexpr bool fits = dim_arg<H> && (dim_arg<W> || std::same_as<W, absent>);
  static_assert(fits, "upsample(both) or (height, width): integers or hyper-parameters");
  constexpr explicit upsample(H both, where w = where::current()) : upsample(both, absent{}, detail::line_of(w)) {}
  constexpr upsample(H height, W width, where w = where::current())
    requires(!std::same_as<W, absent>)
      : upsample(height, width, detail::line_of(w)) {}

 private:
  constexpr upsample(const H& height, const W& width, int line) {
    op& o = this->ops[0] = detail::make_op(op_kind::upsample, line);
    detail::row_sink sink{this->hps};
    if constexpr (fits) detail::set_pair(o.factor, height, width, sink);
  }
};
template <class H>
upsample(H) -> upsample<H>;
template <class H, class W>
upsample(H, W) -> upsample<H, W>;

}  // namespace ingot
