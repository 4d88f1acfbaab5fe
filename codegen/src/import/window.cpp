#include "import/window.hpp"

#include <algorithm>

namespace ingot::codegen {
namespace {

/// Cells of padding before the first pixel (Keras: half of what is missing, rounded down).
std::int32_t pad_before(const op& o, std::int32_t in, std::int32_t out, std::int32_t kernel, std::int32_t stride, std::int32_t dilation) {
  if (o.pad == pad_kind::valid) return 0;
  return std::max(0, (out - 1) * stride + (kernel - 1) * dilation + 1 - in) / 2;
}

}  // namespace

Window layer_window(const op& o, const double* values, const shape& in, const shape& out) {
  Window w;
  w.in_h = in.d[0];
  w.in_w = in.d[1];
  w.out_h = out.d[0];
  w.out_w = out.d[1];
  w.kernel_h = static_cast<std::int32_t>(eval(o.kernel[0], values));
  w.kernel_w = static_cast<std::int32_t>(eval(o.kernel[1], values));
  w.stride_h = static_cast<std::int32_t>(eval(o.stride[0], values));
  w.stride_w = static_cast<std::int32_t>(eval(o.stride[1], values));
  w.pad_top = pad_before(o, w.in_h, w.out_h, w.kernel_h, w.stride_h, w.dilation_h);
  w.pad_left = pad_before(o, w.in_w, w.out_w, w.kernel_w, w.stride_w, w.dilation_w);
  return w;
}

Window global_window(const shape& in) {
  Window w;
  w.in_h = w.kernel_h = w.stride_h = in.d[0];
  w.in_w = w.kernel_w = w.stride_w = in.d[1];
  w.out_h = w.out_w = 1;
  return w;
}

}  // namespace ingot::codegen
