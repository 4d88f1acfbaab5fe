// The two halves of a Winograd convolution and its kernel's gradient, as their definition reads (winograd.hpp).
#include "ir/interpret_kernels.hpp"
#include "ir/winograd.hpp"

namespace ingot::codegen {
namespace {

void transform_kernel(const NodeCall& c) {
  const Matrix& k = c.in[0];
  const std::int64_t channels = k.rows / 9;
  for (std::int64_t i = 0; i < channels; ++i)
    for (std::int64_t f = 0; f < k.cols; ++f)
      for (int a = 0; a < winograd_in; ++a)
        for (int b = 0; b < winograd_in; ++b) {
          double sum = 0;
          for (std::size_t y = 0; y < 3; ++y)
            for (std::size_t x = 0; x < 3; ++x)
              sum += winograd_g[static_cast<std::size_t>(a)][y] * winograd_g[static_cast<std::size_t>(b)][x] *
                     k.data[((static_cast<std::int64_t>(y) * 3 + static_cast<std::int64_t>(x)) * channels + i) * k.cols + f];
          c.out[((a * winograd_in + b) * channels + i) * k.cols + f] = sum;
        }
}

/// B' d B of the piece of one channel whose result starts at (y, x).
std::array<double, winograd_products> transform_piece(const Window& w, const Matrix& image, std::int64_t sample, std::int64_t channel,
                                                      std::int64_t y, std::int64_t x) {
  std::array<double, winograd_products> d{}, v{};
  for (int i = 0; i < winograd_in; ++i)
    for (int j = 0; j < winograd_in; ++j) {
      const std::int64_t line = y + i - w.pad_top, pixel = x + j - w.pad_left;
      if (line >= 0 && line < w.in_h && pixel >= 0 && pixel < w.in_w)
        d[static_cast<std::size_t>(i) * winograd_in + static_cast<std::size_t>(j)] =
            image.data[(sample * w.in_pixels() + line * w.in_w + pixel) * image.cols + channel];
    }
  for (std::size_t a = 0; a < winograd_in; ++a)
    for (std::size_t b = 0; b < winograd_in; ++b)
      for (std::size_t i = 0; i < winograd_in; ++i)
        for (std::size_t j = 0; j < winograd_in; ++j)
          v[a * winograd_in + b] += winograd_b[a][i] * d[i * winograd_in + j] * winograd_b[b][j];
  return v;
}

void convolve_piece(const NodeCall& c, std::int64_t sample, std::int64_t y, std::int64_t x) {
  const Window& w = c.node.attr.window;
  const Matrix &image = c.in[0], &kernel = c.in[1];
  std::vector<std::array<double, winograd_products>> m(static_cast<std::size_t>(c.cols));
  for (std::int64_t i = 0; i < image.cols; ++i) {
    const auto v = transform_piece(w, image, sample, i, y, x);
    for (std::int64_t f = 0; f < c.cols; ++f)
      for (std::int64_t e = 0; e < winograd_products; ++e)
        m[static_cast<std::size_t>(f)][static_cast<std::size_t>(e)] +=
            v[static_cast<std::size_t>(e)] * kernel.data[(e * image.cols + i) * c.cols + f];
  }
  for (std::int64_t f = 0; f < c.cols; ++f)
    for (std::size_t p = 0; p < winograd_out; ++p)
      for (std::size_t q = 0; q < winograd_out; ++q) {
        const std::int64_t line = y + static_cast<std::int64_t>(p), pixel = x + static_cast<std::int64_t>(q);
        if (line >= w.out_h || pixel >= w.out_w) continue;
        double& out = c.out[(sample * w.out_pixels() + line * w.out_w + pixel) * c.cols + f];
        for (std::size_t a = 0; a < winograd_in; ++a)
          for (std::size_t b = 0; b < winograd_in; ++b)
            out += winograd_a[p][a] * m[static_cast<std::size_t>(f)][a * winograd_in + b] * winograd_a[q][b];
      }
}

/// A g A' of the piece of one filter's gradient that starts at (y, x).
std::array<double, winograd_products> transform_gradient(const Window& w, const Matrix& dy, std::int64_t sample, std::int64_t filter,
                                                         std::int64_t y, std::int64_t x) {
  std::array<double, winograd_products> u{};
  for (std::size_t p = 0; p < winograd_out; ++p)
    for (std::size_t q = 0; q < winograd_out; ++q) {
      const std::int64_t line = y + static_cast<std::int64_t>(p), pixel = x + static_cast<std::int64_t>(q);
      if (line >= w.out_h || pixel >= w.out_w) continue;
      const double d = dy.data[(sample * w.out_pixels() + line * w.out_w + pixel) * dy.cols + filter];
      for (std::size_t a = 0; a < winograd_in; ++a)
        for (std::size_t b = 0; b < winograd_in; ++b) u[a * winograd_in + b] += winograd_a[p][a] * d * winograd_a[q][b];
    }
  return u;
}

void add_kernel_gradient(const NodeCall& c, std::int64_t first_row, std::int64_t sample, std::int64_t y, std::int64_t x) {
  const Window& w = c.node.attr.window;
  std::vector<std::array<double, winograd_products>> u;
  for (std::int64_t f = 0; f < c.cols; ++f) u.push_back(transform_gradient(w, c.in[1], sample, f, y, x));
  for (std::int64_t i = 0; i < c.in[0].cols; ++i) {
    const auto v = transform_piece(w, c.in[0], sample, i, y, x);
    for (std::int64_t f = 0; f < c.cols; ++f)
      for (std::size_t cell = 0; cell < 9; ++cell)
        for (std::size_t a = 0; a < winograd_in; ++a)
          for (std::size_t b = 0; b < winograd_in; ++b)
            c.out[(first_row + static_cast<std::int64_t>(cell) * c.in[0].cols + i) * c.cols + f] +=
                winograd_g[a][cell / 3] * v[a * winograd_in + b] * u[static_cast<std::size_t>(f)][a * winograd_in + b] *
                winograd_g[b][cell % 3];
  }
}

}  // namespace

void interpret_winograd(const NodeCall& c) {
  if (c.node.op == Op::winograd_kernel) return transform_kernel(c);
  const Window& w = c.node.attr.window;
  for (std::int64_t n = 0; n < c.in[0].rows / w.in_pixels(); ++n)
    for (std::int64_t y = 0; y < w.out_h; y += winograd_out)
      for (std::int64_t x = 0; x < w.out_w; x += winograd_out) {
        if (c.node.op == Op::winograd_conv)
          convolve_piece(c, n, y, x);
        else
          add_kernel_gradient(c, c.node.attr.block == 0 ? 0 : n / c.node.attr.block * 9 * c.in[0].cols, n, y, x);
      }
}

}  // namespace ingot::codegen
