// Shape rules of layers with a window and of those that change height and width: convolutions, pools, zero_pad, upsample.
// Source of the formulas: Keras 3, operation_utils.py and base_conv_transpose.py.
#pragma once
#include <ingot/dsl/evaluate.hpp>

namespace ingot {

/// How many axes a window slides over.
constexpr int window_axes(op_kind k) { return k == op_kind::conv1d ? 1 : 2; }
/// The cells from the first to the last of a window whose cells lie `dilation` apart.
constexpr std::int64_t dilated(std::int64_t window, std::int64_t dilation) { return (window - 1) * dilation + 1; }
/// Extent of a strided window over n cells. n >= window for `valid`.
constexpr std::int64_t window_out(std::int64_t n, std::int64_t window, std::int64_t stride, pad_kind p) {
  return p == pad_kind::valid ? (n - window) / stride + 1 : (n + stride - 1) / stride;
}
/// Extent of a transposed convolution over n cells.
constexpr std::int64_t transposed_out(std::int64_t n, std::int64_t window, std::int64_t stride, pad_kind p) {
  return n * stride + (p == pad_kind::valid && window > stride ? window - stride : 0);
}

namespace detail {

constexpr bool is_dilated(const op& o) { return !is_one(o.dilation[0]) || !is_one(o.dilation[1]); }

/// Replaces a window by the cells that it covers.
constexpr diag dilate(const definition_view& d, int i, const double* values, const shape& strides, shape& window) {
  shape dilation{window.rank, {}};
  bool strided = false, apart = false;
  std::int64_t covered[2]{};
  for (int k = 0; k < window.rank; ++k) {
    const std::int64_t v = eval(d.ops[i].dilation[k], values);
    dilation.d[k] = static_cast<std::int32_t>(v < 0 ? 0 : v > max_extent ? max_extent : v);
    strided = strided || strides.d[k] > 1;
    apart = apart || v > 1;
    covered[k] = dilated(window.d[k], dilation.d[k]);
  }
  for (int k = 0; k < window.rank; ++k) {
    if (dilation.d[k] < 1) return at_op(d, i, error::bad_dilation, dilation);
    if (covered[k] > max_extent) return at_op(d, i, error::too_large, window, {}, static_cast<double>(covered[k]));
  }
  if (strided && apart) return at_op(d, i, error::strided_dilation, strides, dilation);
  for (int k = 0; k < window.rank; ++k) window.d[k] = static_cast<std::int32_t>(covered[k]);
  return {};
}

/// The channels that a convolution yields.
constexpr diag infer_channels(const definition_view& d, int i, const double* values, const shape& in, shape& out) {
  const op& o = d.ops[i];
  const int last = in.rank - 1;
  std::int64_t c = eval(o.size[0], values);
  if (o.kind == op_kind::depthwise_conv2d && c > 0) c = product(c, in.d[last]);
  if (const error e = size_error(c); e != error::ok) return at_op(d, i, e, in, {}, static_cast<double>(c));
  out.d[last] = static_cast<std::int32_t>(c);
  if (is_one(o.groups)) return {};
  const std::int64_t g = eval(o.groups, values);
  const bool divides = g > 0 && c % g == 0 && in.d[last] % g == 0;
  return divides ? diag{} : at_op(d, i, error::bad_groups, in, {}, static_cast<double>(g), static_cast<double>(c));
}

constexpr diag infer_window(const definition_view& d, int i, const double* values, const shape& in, shape& out) {
  const op& o = d.ops[i];
  const int axes = window_axes(o.kind);
  if (in.rank != axes + 1) return at_op(d, i, error::rank, in);
  shape window{axes, {}}, strides{axes, {}};
  bool positive = true;
  for (int k = 0; k < axes; ++k) {
    const std::int64_t w = eval(o.kernel[k], values), s = eval(o.stride[k], values);
    if (w > max_extent || s > max_extent) return at_op(d, i, error::too_large, in, {}, static_cast<double>(w > s ? w : s));
    window.d[k] = static_cast<std::int32_t>(w < 0 ? 0 : w);
    strides.d[k] = static_cast<std::int32_t>(s < 0 ? 0 : s);
    positive = positive && w > 0 && s > 0;
  }
  if (!positive) return at_op(d, i, error::bad_window, window, strides);
  const bool transposed = o.kind == op_kind::conv2d_transpose;
  if (!transposed && is_dilated(o))
    if (const diag bad = dilate(d, i, values, strides, window)) return bad;
  out = in;
  for (int k = 0; k < axes; ++k) {
    if (!transposed && o.pad == pad_kind::valid && window.d[k] > in.d[k]) return at_op(d, i, error::window_too_large, in, window);
    const std::int64_t n =
        transposed ? transposed_out(in.d[k], window.d[k], strides.d[k], o.pad) : window_out(in.d[k], window.d[k], strides.d[k], o.pad);
    if (n > max_extent) return at_op(d, i, error::too_large, in, {}, static_cast<double>(n));
    out.d[k] = static_cast<std::int32_t>(n);
  }
  return is_convolution(o.kind) ? infer_channels(d, i, values, in, out) : diag{};
}

constexpr diag infer_zero_pad(const definition_view& d, int i, const double* values, const shape& in, shape& out) {
  if (in.rank != 3) return at_op(d, i, error::rank, in);
  out = in;
  for (int k = 0; k < 4; ++k) {
    const std::int64_t v = eval(d.ops[i].pad_size[k], values), n = v + out.d[k / 2];
    if (v < 0) return at_op(d, i, error::bad_padding, in, {}, static_cast<double>(v));
    if (n > max_extent) return at_op(d, i, error::too_large, in, {}, static_cast<double>(n));
    out.d[k / 2] = static_cast<std::int32_t>(n);
  }
  return {};
}

constexpr diag infer_upsample(const definition_view& d, int i, const double* values, const shape& in, shape& out) {
  if (in.rank != 3) return at_op(d, i, error::rank, in);
  out = in;
  for (int k = 0; k < 2; ++k) {
    const std::int64_t v = eval(d.ops[i].factor[k], values);
    const std::int64_t n = v > 0 ? product(v, in.d[k]) : v;
    if (const error e = size_error(n); e != error::ok) return at_op(d, i, e, in, {}, static_cast<double>(n));
    out.d[k] = static_cast<std::int32_t>(n);
  }
  return {};
}

}  // namespace detail
}  // namespace ingot
