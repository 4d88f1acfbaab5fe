// The rules of infer_window.hpp with both ends of every extent.
#pragma once
#include <ingot/dsl/interval.hpp>

namespace ingot::detail {

/// The cells from the first to the last of a window.
constexpr interval interval_dilated(const interval& window, const interval& dilation) {
  if (dilation.fixed() && dilation.lo == 1) return window;
  return spanning(dilated(window.lo, dilation.lo), dilated(window.hi, dilation.hi), mix(mix(window.key, dilation.key), 15));
}

/// Strided windows over n; where they do not fit, n is taken to be as large as they are.
constexpr interval interval_strided(const interval& n, const interval& w, const interval& s, pad_kind pad) {
  const bool valid_padding = pad == pad_kind::valid;
  if (!valid_padding && s.fixed() && s.lo == 1) return n;
  const std::int64_t least = valid_padding && n.lo < w.hi ? w.hi : n.lo;
  const std::int64_t most = valid_padding && n.hi < w.lo ? w.lo : n.hi;
  const std::int64_t lo = window_out(least, w.hi, s.hi, pad), hi = window_out(most, w.lo, s.lo, pad);
  const std::uint64_t key = mix(mix(n.key, s.key), valid_padding ? mix(7, w.key) : 8);
  return spanning(lo < hi ? lo : hi, hi, key);
}

/// transposed_out grows with each of its numbers.
constexpr interval interval_transposed(const interval& n, const interval& w, const interval& s, pad_kind pad, error& bad, double& value) {
  const bool valid_padding = pad == pad_kind::valid;
  const bool one = s.fixed() && s.lo == 1;
  if (one && (!valid_padding || (w.fixed() && w.lo == 1))) return n;
  const std::uint64_t key = mix(mix(n.key, s.key), valid_padding ? mix(16, w.key) : 17);
  return valid_size(spanning(transposed_out(n.lo, w.lo, s.lo, pad), transposed_out(n.hi, w.hi, s.hi, pad), key), bad, value);
}

/// Whether g divides x at every point.
constexpr bool divides(const interval& g, const interval& x) {
  return g.lo > 0 && (g.key == x.key || (g.fixed() && x.fixed() && x.lo % g.lo == 0));
}

constexpr diag interval_channels(const definition_view& d, int i, const interval_shape& in, interval_shape& r) {
  const op& o = d.ops[i];
  const int last = in.rank - 1;
  error e = error::ok;
  double value = 0;
  interval c = valid_size(range_of(d, o.size[0]), e, value);
  if (o.kind == op_kind::depthwise_conv2d) c = scaled(in.d[last], c, 18, e, value);
  r.d[last] = c;
  if (e != error::ok) return at_op(d, i, e, low(in), {}, value);
  if (is_one(o.groups)) return {};
  const interval g = range_of(d, o.groups);
  if (divides(g, c) && divides(g, in.d[last])) return {};
  return at_op(d, i, error::bad_groups, low(in), {}, static_cast<double>(g.lo), static_cast<double>(c.lo));
}

constexpr diag interval_window(const definition_view& d, int i, const interval_shape& in, interval_shape& r) {
  const op& o = d.ops[i];
  const int axes = window_axes(o.kind);
  if (in.rank != axes + 1) return at_op(d, i, error::rank, low(in));
  diag bad;
  double value = 0;
  shape window{axes, {}}, strides{axes, {}}, dilation{axes, {}};
  bool strided = false, apart = false;
  for (int k = 0; k < axes; ++k) {
    error e = error::ok, far = error::ok;
    const interval w = valid_size(range_of(d, o.kernel[k]), e, value), s = valid_size(range_of(d, o.stride[k]), e, value);
    window.d[k] = static_cast<std::int32_t>(w.hi);
    strides.d[k] = static_cast<std::int32_t>(s.lo);
    if (e != error::ok && !bad) bad = at_op(d, i, error::bad_window, window, strides);
    if (o.kind == op_kind::conv2d_transpose) {
      r.d[k] = interval_transposed(in.d[k], w, s, o.pad, far, value);
      if (far != error::ok && !bad) bad = at_op(d, i, far, low(in), {}, value);
      continue;
    }
    const interval apart_by = valid_size(range_of(d, o.dilation[k]), far, value);
    dilation.d[k] = static_cast<std::int32_t>(apart_by.lo);
    if (far != error::ok && !bad) bad = at_op(d, i, error::bad_dilation, dilation);
    strided = strided || s.hi > 1;
    apart = apart || apart_by.hi > 1;
    const interval covered = interval_dilated(w, apart_by);
    if (o.pad == pad_kind::valid && covered.hi > in.d[k].lo && !bad) bad = at_op(d, i, error::window_too_large, low(in), window);
    if (covered.hi > max_extent && !bad) bad = at_op(d, i, error::too_large, low(in), {}, static_cast<double>(covered.hi));
    r.d[k] = interval_strided(in.d[k], covered, s, o.pad);
  }
  if (strided && apart && !bad) bad = at_op(d, i, error::strided_dilation, strides, dilation);
  if (!is_convolution(o.kind)) return bad;
  const diag channels = interval_channels(d, i, in, r);
  return bad ? bad : channels;
}

constexpr diag interval_zero_pad(const definition_view& d, int i, const interval_shape& in, interval_shape& r) {
  if (in.rank != 3) return at_op(d, i, error::rank, low(in));
  diag bad;
  for (int k = 0; k < 4; ++k) {
    interval v = range_of(d, d.ops[i].pad_size[k]);
    if (v.lo < 0 && !bad) bad = at_op(d, i, error::bad_padding, low(in), {}, static_cast<double>(v.lo));
    if (v.fixed() && v.lo == 0) continue;
    interval& x = r.d[k / 2];
    const std::int64_t lo = x.lo + (v.lo < 0 ? 0 : v.lo), hi = x.hi + (v.hi < 0 ? 0 : v.hi);
    error e = error::ok;
    double value = 0;
    x = valid_size(spanning(lo, hi, mix(mix(x.key, v.key), 19)), e, value);
    if (e != error::ok && !bad) bad = at_op(d, i, e, low(in), {}, value);
  }
  return bad;
}

constexpr diag interval_upsample(const definition_view& d, int i, const interval_shape& in, interval_shape& r) {
  if (in.rank != 3) return at_op(d, i, error::rank, low(in));
  error e = error::ok;
  double value = 0;
  for (int k = 0; k < 2; ++k) r.d[k] = scaled(in.d[k], valid_size(range_of(d, d.ops[i].factor[k]), e, value), 20, e, value);
  return e == error::ok ? diag{} : at_op(d, i, e, low(in), {}, value);
}

}  // namespace ingot::detail
