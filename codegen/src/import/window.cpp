#include "import/window.hpp"

#include <algorithm>

namespace ingot::codegen {
namespace {

/// A window along one axis.
struct Axis {
  std::int32_t in = 1, out = 1, kernel = 1, stride = 1, dilation = 1, pad = 0;
};

/// Cells of padding before the first pixel. Keras: half of what `same` misses, rounded down; all of it where it is causal.
std::int32_t pad_before(pad_kind pad, const Axis& a) {
  const std::int32_t reach = (a.kernel - 1) * a.dilation;
  if (pad == pad_kind::causal) return reach;
  return pad == pad_kind::valid ? 0 : std::max(0, (a.out - 1) * a.stride + reach + 1 - a.in) / 2;
}

Axis layer_axis(const op& o, const double* values, int k, std::int32_t in, std::int32_t out) {
  Axis a;
  a.in = in;
  a.out = out;
  a.kernel = static_cast<std::int32_t>(eval(o.kernel[k], values));
  a.stride = static_cast<std::int32_t>(eval(o.stride[k], values));
  a.dilation = static_cast<std::int32_t>(eval(o.dilation[k], values));
  a.pad = pad_before(o.pad, a);
  return a;
}

Window make_window(const Axis& h, const Axis& w) {
  Window r;
  r.in_h = h.in;
  r.in_w = w.in;
  r.out_h = h.out;
  r.out_w = w.out;
  r.kernel_h = h.kernel;
  r.kernel_w = w.kernel;
  r.stride_h = h.stride;
  r.stride_w = w.stride;
  r.dilation_h = h.dilation;
  r.dilation_w = w.dilation;
  r.pad_top = h.pad;
  r.pad_left = w.pad;
  return r;
}

/// Windows that lie side by side.
Axis tiles(std::int32_t in, std::int32_t out) { return {in, out, in / out, in / out, 1, 0}; }

}  // namespace

Window layer_window(const op& o, const double* values, const shape& in, const shape& out) {
  const auto axis = [&](int k) { return layer_axis(o, values, k, in.d[k], out.d[k]); };
  return o.kind == op_kind::conv1d ? make_window({}, axis(0)) : make_window(axis(0), axis(1));
}

Window transposed_window(const op& o, const double* values, const shape& in, const shape& out) {
  return layer_window(o, values, out, in).adjoint();
}

Window padding_window(const op& o, const double* values, const shape& in, const shape& out) {
  const auto axis = [&](int k) {
    return Axis{in.d[k], out.d[k], 1, 1, 1, static_cast<std::int32_t>(eval(o.pad_size[std::ptrdiff_t{2} * k], values))};
  };
  return make_window(axis(0), axis(1));
}

Window upsampling_window(const shape& in, const shape& out) { return make_window(tiles(out.d[0], in.d[0]), tiles(out.d[1], in.d[1])); }

Window global_window(const shape& in) { return make_window(tiles(in.d[0], 1), tiles(in.d[1], 1)); }

}  // namespace ingot::codegen
