// Bilinear sampling. The image is copied into one with a border of a pixel, so that neighbours need no test; coordinates are brought into
// it in whole lines, which the compiler makes vectors of. Generated programs need AVX2 as well.
#include "augment/affine.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace ingot::runtime {
namespace {

constexpr std::size_t line = 64;  // pixels that are sampled together

struct Border {
  std::size_t channels, stride;  // stride: of the padded image, in values
};

// A border of `outside`, or for wrapping of the opposite edge; for the other fills its values are never weighed.
void pad(const std::vector<float>& image, const ImageExtents& e, const Outside& outside, std::vector<float>& padded) {
  const std::size_t row = std::size_t{e.width} * e.channels, stride = row + std::size_t{2} * e.channels;
  padded.assign((e.height + 2) * stride, outside.fill == INGOT_FILL_CONSTANT ? outside.value : 0.0F);
  for (std::size_t y = 0; y < e.height; ++y)
    std::memcpy(padded.data() + (y + 1) * stride + e.channels, image.data() + y * row, row * sizeof(float));
  if (outside.fill != INGOT_FILL_WRAP) return;
  for (std::size_t y = 1; y <= e.height; ++y) {
    float* at = padded.data() + y * stride;
    std::copy_n(at + row, e.channels, at);
    std::copy_n(at + e.channels, e.channels, at + row + e.channels);
  }
  std::copy_n(padded.data() + e.height * stride, stride, padded.data());
  std::copy_n(padded.data() + stride, stride, padded.data() + (e.height + 1) * stride);
}

// Coordinates into what the border covers (those that are no number too): 0 .. extent - 1, one pixel more on each side for a constant, up
// to extent for wrapping.
[[gnu::target("avx2")]] void bring_inside(float* at, std::size_t count, float extent, std::uint32_t fill) {
  if (fill == INGOT_FILL_REFLECT) {
    const float period = 2 * extent, scale = 1 / period;
    for (std::size_t i = 0; i < count; ++i) {
      float t = at[i] - period * std::floor(at[i] * scale);
      t = t >= extent ? period - t - 1 : t;
      at[i] = std::min(std::max(0.0F, t), extent - 1);
    }
  } else if (fill == INGOT_FILL_WRAP) {
    const float scale = 1 / extent;
    for (std::size_t i = 0; i < count; ++i) {
      const float t = at[i] - extent * std::floor(at[i] * scale);
      at[i] = std::min(std::max(0.0F, t), extent);
    }
  } else {
    const float low = fill == INGOT_FILL_CONSTANT ? -1.0F : 0.0F, high = fill == INGOT_FILL_CONSTANT ? extent : extent - 1;
    for (std::size_t i = 0; i < count; ++i) at[i] = std::min(std::max(low, at[i]), high);
  }
}

// Coordinates of `count` pixels: the offset of the upper left of the four neighbours in the padded image, and the weights of the right
// and the lower ones.
[[gnu::target("avx2")]] void split(const float* x, const float* y, std::size_t count, const Border& border, std::int32_t* offset,
                                   float* right, float* lower) {
  const auto stride = static_cast<std::int32_t>(border.stride), channels = static_cast<std::int32_t>(border.channels);
  for (std::size_t i = 0; i < count; ++i) {
    const float fx = std::floor(x[i]), fy = std::floor(y[i]);
    right[i] = x[i] - fx;
    lower[i] = y[i] - fy;
    offset[i] = (static_cast<std::int32_t>(fy) + 1) * stride + (static_cast<std::int32_t>(fx) + 1) * channels;
  }
}

[[gnu::target("avx2")]] void blend_grey(const float* padded, std::size_t stride, const std::int32_t* offset, const float* right,
                                        const float* lower, std::size_t count, float* to) {
  for (std::size_t i = 0; i < count; ++i) {
    const float* at = padded + offset[i];
    const float upper = at[0] * (1 - right[i]) + at[1] * right[i], under = at[stride] * (1 - right[i]) + at[stride + 1] * right[i];
    to[i] = upper * (1 - lower[i]) + under * lower[i];
  }
}

[[gnu::target("avx2")]] void blend(const float* padded, const Border& border, const std::int32_t* offset, const float* right,
                                   const float* lower, std::size_t count, float* to) {
  for (std::size_t i = 0; i < count; ++i) {
    const float *upper = padded + offset[i], *under = upper + border.stride;
    const float w11 = right[i] * lower[i], w01 = right[i] - w11, w10 = lower[i] - w11, w00 = 1 - right[i] - w10;
    for (std::size_t c = 0; c < border.channels; ++c)
      *to++ = upper[c] * w00 + upper[c + border.channels] * w01 + under[c] * w10 + under[c + border.channels] * w11;
  }
}

}  // namespace

void resample(std::vector<float>& image, const ImageExtents& e, const Affine& map, const Outside& outside, std::vector<float>& padded) {
  if (map.is_identity()) return;
  pad(image, e, outside, padded);
  const Border border{e.channels, (std::size_t{e.width} + 2) * e.channels};
  // A constant needs a second pixel beyond the padded one when the coordinate is exactly at the far side: its weight is 0, and the
  // memory behind the last line must be there.
  padded.resize(padded.size() + border.stride + e.channels, 0.0F);
  float x[line], y[line], right[line], lower[line];
  std::int32_t offset[line];
  for (std::size_t row = 0; row < e.height; ++row)
    for (std::size_t first = 0; first < e.width; first += line) {
      const std::size_t count = std::min<std::size_t>(line, e.width - first);
      for (std::size_t i = 0; i < count; ++i) {
        const auto column = static_cast<double>(first + i), r = static_cast<double>(row);
        x[i] = static_cast<float>(map.a0 * column + map.a1 * r + map.a2);
        y[i] = static_cast<float>(map.b0 * column + map.b1 * r + map.b2);
      }
      bring_inside(x, count, static_cast<float>(e.width), outside.fill);
      bring_inside(y, count, static_cast<float>(e.height), outside.fill);
      split(x, y, count, border, offset, right, lower);
      float* to = image.data() + (row * e.width + first) * e.channels;
      if (e.channels == 1)
        blend_grey(padded.data(), border.stride, offset, right, lower, count, to);
      else
        blend(padded.data(), border, offset, right, lower, count, to);
    }
}

}  // namespace ingot::runtime
