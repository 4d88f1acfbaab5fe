// Layers with a window: convolutions of all kinds, pools, and what moves pixels, all as windows of the graph.
#include "import/binder.hpp"
#include "import/window.hpp"
#include "ir/error.hpp"

#include <array>

namespace ingot::codegen {

ValueId Binder::bind_image(int i) {
  const op& o = layer(i);
  const shape &in = shape_before(i), &out = shape_of(i);
  switch (o.kind) {
    case op_kind::conv1d:
    case op_kind::conv2d:
    case op_kind::conv2d_transpose:
    case op_kind::depthwise_conv2d:
      return activation(i, add_bias(i, convolution(i)));
    case op_kind::max_pool:
      return windowed(i, Op::max_pool, layer_window(o, values_, in, out));
    case op_kind::avg_pool:
      return windowed(i, Op::avg_pool, layer_window(o, values_, in, out));
    case op_kind::global_max_pool:
      return windowed(i, Op::max_pool, global_window(in));
    case op_kind::global_avg_pool:
      return windowed(i, Op::avg_pool, global_window(in));
    case op_kind::zero_pad:  // the mean of a window without pixels is 0
      return windowed(i, Op::avg_pool, padding_window(o, values_, in, out));
    case op_kind::upsample:
      return upsample(i);
    default:
      throw InternalError("bind: layer '" + layer_name(d_, i) + "' is not handled");
  }
}

ValueId Binder::windowed(int i, Op op, const Window& w) {
  b_.set_name(layer_name(d_, i));
  return b_.window(op, std::array{source(i)}, w);
}

ValueId Binder::convolution(int i) {
  const op& o = layer(i);
  const ValueId k = kernel(i);
  if (o.kind == op_kind::depthwise_conv2d) return depthwise_convolution(i, k);
  if (o.kind != op_kind::conv2d_transpose) return grouped_convolution(i, k);
  const Window w = transposed_window(o, values_, shape_before(i), shape_of(i));
  const ValueId x = source(i);
  b_.set_name(name(i, "flip"));
  const ValueId flipped = b_.window(Op::flip_kernel, std::array{k}, w);
  b_.set_name(name(i, "conv"));
  return b_.window(Op::conv, std::array{x, flipped}, w);
}

/// Group g reads the g-th part of the channels with the g-th part of the filters.
ValueId Binder::grouped_convolution(int i, ValueId kernel) {
  const op& o = layer(i);
  const Window w = layer_window(o, values_, shape_before(i), shape_of(i));
  const ValueId x = source(i);
  b_.set_name(name(i, "conv"));
  const std::int64_t groups = eval(o.groups, values_);
  if (groups == 1) return b_.window(Op::conv, std::array{x, kernel}, w);
  const std::int64_t channels = b_.type(x).cols / groups, filters = b_.type(kernel).cols / groups;
  ValueId all = no_value;
  for (std::int64_t g = 0; g < groups; ++g) {
    const ValueId part = b_.slice(x, g * channels, channels), weights = b_.slice(kernel, g * filters, filters);
    const ValueId y = b_.window(Op::conv, std::array{part, weights}, w);
    all = all == no_value ? y : b_.binary(Op::concat, all, y);
  }
  return all;
}

/// Output c * m + k is channel c with kernel k of its m: each channel is repeated m times, next to itself.
ValueId Binder::depthwise_convolution(int i, ValueId kernel) {
  const op& o = layer(i);
  const Window w = layer_window(o, values_, shape_before(i), shape_of(i));
  ValueId x = source(i);
  const std::int64_t multiplier = eval(o.size[0], values_), channels = b_.type(x).cols;
  b_.set_name(name(i, "conv"));
  if (multiplier > 1) {
    const ValueId column = b_.reshape(x, w.in_pixels() * channels, 1);
    ValueId repeated = column;
    for (std::int64_t k = 1; k < multiplier; ++k) repeated = b_.binary(Op::concat, repeated, column);
    x = b_.reshape(repeated, w.in_pixels(), channels * multiplier);
  }
  return b_.window(Op::depthwise_conv, std::array{x, b_.reshape(kernel, w.cells(), channels * multiplier)}, w);
}

/// The gradient of an average pool gives each pixel the cells' share of its window; times the number of cells, the whole.
ValueId Binder::upsample(int i) {
  const Window w = upsampling_window(shape_before(i), shape_of(i));
  return b_.mul(windowed(i, Op::avg_pool_gradient, w), static_cast<double>(w.cells()));
}

}  // namespace ingot::codegen
