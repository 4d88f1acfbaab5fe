// Windows over images, written as their definition reads.
#include "ir/interpret_kernels.hpp"

#include <algorithm>

namespace ingot::codegen {
namespace {

/// Calls visit(sample, output pixel, cell, input pixel) for every cell of every window that is a pixel of the image.
template <class Visit>
void for_cells(const Window& w, std::int64_t samples, Visit&& visit) {
  const auto pixel = [](std::int64_t at, std::int64_t spread, std::int64_t n) {
    return at >= 0 && at % spread == 0 && at / spread < n ? at / spread : -1;
  };
  for (std::int64_t n = 0; n < samples; ++n)
    for (std::int64_t out = 0; out < w.out_pixels(); ++out)
      for (std::int64_t cell = 0; cell < w.cells(); ++cell) {
        const std::int64_t y = out / w.out_w * w.stride_h + cell / w.kernel_w * w.dilation_h - w.pad_top;
        const std::int64_t x = out % w.out_w * w.stride_w + cell % w.kernel_w * w.dilation_w - w.pad_left;
        const std::int64_t from_y = pixel(y, w.spread_h, w.in_h), from_x = pixel(x, w.spread_w, w.in_w);
        if (from_y >= 0 && from_x >= 0) visit(n, out, cell, from_y * w.in_w + from_x);
      }
}

void conv(const NodeCall& c) {
  const Window& w = c.node.attr.window;
  const Matrix &x = c.in[0], &k = c.in[1];
  for_cells(w, x.rows / w.in_pixels(), [&](std::int64_t n, std::int64_t out, std::int64_t cell, std::int64_t in) {
    for (std::int64_t i = 0; i < x.cols; ++i) {
      const double a = x.data[(n * w.in_pixels() + in) * x.cols + i];
      for (std::int64_t f = 0; f < c.cols; ++f)
        c.out[(n * w.out_pixels() + out) * c.cols + f] += a * k.data[(cell * x.cols + i) * c.cols + f];
    }
  });
}

/// Row of the result in which the partial sum of sample n starts.
std::int64_t partial_row(const NodeCall& c, std::int64_t n, std::int64_t rows) {
  return c.node.attr.block == 0 ? 0 : n / c.node.attr.block * rows;
}

void conv_kernel_gradient(const NodeCall& c) {
  const Window& w = c.node.attr.window;
  const Matrix &x = c.in[0], &dy = c.in[1];
  for_cells(w, x.rows / w.in_pixels(), [&](std::int64_t n, std::int64_t out, std::int64_t cell, std::int64_t in) {
    const std::int64_t first = partial_row(c, n, w.cells() * x.cols) + cell * x.cols;
    for (std::int64_t i = 0; i < x.cols; ++i)
      for (std::int64_t f = 0; f < c.cols; ++f)
        c.out[(first + i) * c.cols + f] += x.data[(n * w.in_pixels() + in) * x.cols + i] * dy.data[(n * w.out_pixels() + out) * c.cols + f];
  });
}

void depthwise(const NodeCall& c) {
  const Window& w = c.node.attr.window;
  const Matrix &x = c.in[0], &other = c.in[1];
  const bool forward = c.node.op == Op::depthwise_conv;
  for_cells(w, x.rows / w.in_pixels(), [&](std::int64_t n, std::int64_t out, std::int64_t cell, std::int64_t in) {
    const double* a = x.data + (n * w.in_pixels() + in) * x.cols;
    const std::int64_t row = n * w.out_pixels() + out;
    for (std::int64_t i = 0; i < x.cols; ++i) {
      if (forward)
        c.out[row * c.cols + i] += a[i] * other.data[cell * c.cols + i];
      else
        c.out[(partial_row(c, n, w.cells()) + cell) * c.cols + i] += a[i] * other.data[row * c.cols + i];
    }
  });
}

void max_pool(const NodeCall& c) {
  const Window& w = c.node.attr.window;
  std::vector<bool> seen(static_cast<std::size_t>(c.rows * c.cols), false);
  for_cells(w, c.in[0].rows / w.in_pixels(), [&](std::int64_t n, std::int64_t out, std::int64_t, std::int64_t in) {
    for (std::int64_t i = 0; i < c.cols; ++i) {
      const std::int64_t at = (n * w.out_pixels() + out) * c.cols + i;
      const double x = c.in[0].data[(n * w.in_pixels() + in) * c.cols + i];
      if (!seen[static_cast<std::size_t>(at)] || x > c.out[at]) c.out[at] = x;
      seen[static_cast<std::size_t>(at)] = true;
    }
  });
}

void max_pool_gradient(const NodeCall& c) {
  const Window& w = c.node.attr.window;
  const Matrix &x = c.in[0], &y = c.in[1], &dy = c.in[2];
  std::vector<bool> given(static_cast<std::size_t>(y.rows * y.cols), false);
  for_cells(w, x.rows / w.in_pixels(), [&](std::int64_t n, std::int64_t out, std::int64_t, std::int64_t in) {
    for (std::int64_t i = 0; i < c.cols; ++i) {
      const std::int64_t from = (n * w.out_pixels() + out) * c.cols + i, to = (n * w.in_pixels() + in) * c.cols + i;
      if (given[static_cast<std::size_t>(from)] || x.data[to] != y.data[from]) continue;
      given[static_cast<std::size_t>(from)] = true;
      c.out[to] += dy.data[from];
    }
  });
}

/// Cells of each window that are pixels.
std::vector<double> cell_counts(const Window& w) {
  std::vector<double> count(static_cast<std::size_t>(w.out_pixels()), 0.0);
  for_cells(w, 1, [&](std::int64_t, std::int64_t out, std::int64_t, std::int64_t) { ++count[static_cast<std::size_t>(out)]; });
  return count;
}

void avg_pool(const NodeCall& c) {
  const Window& w = c.node.attr.window;
  const bool forward = c.node.op == Op::avg_pool;
  const std::vector<double> count = cell_counts(w);
  for_cells(w, c.in[0].rows / (forward ? w.in_pixels() : w.out_pixels()),
            [&](std::int64_t n, std::int64_t out, std::int64_t, std::int64_t in) {
              const std::int64_t small = (n * w.out_pixels() + out) * c.cols, large = (n * w.in_pixels() + in) * c.cols;
              for (std::int64_t i = 0; i < c.cols; ++i)
                c.out[(forward ? small : large) + i] += c.in[0].data[(forward ? large : small) + i] / count[static_cast<std::size_t>(out)];
            });
}

}  // namespace

void interpret_window(const NodeCall& c) {
  switch (c.node.op) {
    case Op::conv:
      return conv(c);
    case Op::conv_kernel_gradient:
      return conv_kernel_gradient(c);
    case Op::winograd_kernel:
    case Op::winograd_conv:
    case Op::winograd_kernel_gradient:
      return interpret_winograd(c);
    case Op::depthwise_conv:
    case Op::depthwise_kernel_gradient:
      return depthwise(c);
    case Op::max_pool:
      return max_pool(c);
    case Op::max_pool_gradient:
      return max_pool_gradient(c);
    default:
      return avg_pool(c);
  }
}

}  // namespace ingot::codegen
