// Layers with a window, on height x width x channels: conv2d, max_pool, avg_pool, global_avg_pool.
// A window is an integer, a hyper-parameter, or window(height, width). Padding is `valid` unless `same` is given; `same`
// pads as Keras does (the odd cell at the bottom and right).
#pragma once
#include <ingot/dsl/options.hpp>

namespace ingot {

/// Mean over height and width.
inline constexpr block<1> global_avg_pool = detail::simple_layer(op_kind::global_avg_pool, 0);

template <class T>
inline constexpr bool for_conv2d = detail::conv_option<T>;
/// Cross-correlation, kernel [height, width, in, filters]. Options: those of dense, valid/same, strides (1 by default).
template <class U, class W, class... O>
struct conv2d : block<1, detail::rows_of<U> + detail::rows_of<W> + (0 + ... + detail::rows_of<O>)> {
  static_assert(dim_arg<U>, "conv2d(filters, kernel, options...): filters must be an integer or a hyper-parameter");
  static_assert(detail::is_window<W>, "conv2d(filters, kernel, options...): the kernel must be a size or window(height, width)");
  static_assert((... && for_conv2d<O>), "conv2d(filters, kernel, options...): an option does not apply to a conv2d layer");
  constexpr conv2d(U filters, W kernel, O... options, where w = where::current()) {
    op& o = this->ops[0] = detail::make_op(op_kind::conv2d, detail::line_of(w));
    detail::row_sink sink{this->hps};
    o.stride[0].k = o.stride[1].k = 1;
    if constexpr (dim_arg<U>) detail::set(o.size[0], filters, sink);
    if constexpr (detail::is_window<W>) detail::set_window(o, kernel, sink);
    if constexpr ((... && for_conv2d<O>)) (detail::apply(o, options, sink), ...);
  }
};
template <class U, class W, class... O>
conv2d(U, W, O...) -> conv2d<U, W, O...>;

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

}  // namespace ingot
