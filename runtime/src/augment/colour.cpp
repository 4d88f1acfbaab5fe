#include "augment/colour.hpp"

#include "augment/normal.hpp"

#include <algorithm>
#include <cmath>

namespace ingot::runtime {
namespace {

// x is no NaN; branch-free for the compiler.
float clip(float x, const PixelRange& range) { return std::min(std::max(x, range.low), range.high); }

}  // namespace

void brighten(std::span<float> image, float amount, const PixelRange& range) {
  for (float& x : image) x = clip(x + amount, range);
}

void change_contrast(std::span<float> image, std::size_t channels, float factor, const PixelRange& range) {
  const std::size_t count = image.size() / channels;
  const auto pixels = static_cast<double>(count);
  for (std::size_t c = 0; c < channels; ++c) {
    double sum = 0;
    for (std::size_t i = c; i < image.size(); i += channels) sum += image[i];
    const auto mean = static_cast<float>(sum / pixels);
    for (std::size_t i = c; i < image.size(); i += channels) image[i] = clip((image[i] - mean) * factor + mean, range);
  }
}

// Hue is a position on the hexagon red, yellow, green, cyan, blue, magenta: 0 .. 6. Value and chroma stay, so the turned colour has the
// largest and the smallest of the three as before, in other places.
[[gnu::target("avx2")]] void turn_hue(std::span<float> image, float turns, const PixelRange& range) {
  for (std::size_t i = 0; i + 3 <= image.size(); i += 3) {
    const float r = clip(image[i], range), g = clip(image[i + 1], range), b = clip(image[i + 2], range);
    const float high = std::max({r, g, b}), chroma = high - std::min({r, g, b});
    if (chroma <= 0) continue;
    const float sixths = high == r ? (g - b) / chroma : high == g ? 2 + (b - r) / chroma : 4 + (r - g) / chroma;
    const float hue = sixths + 6 * turns, turned = hue - 6 * std::floor(hue / 6);
    for (std::size_t c = 0; c < 3; ++c) {
      // 1 within a sixth of the channel's own corner, 0 beyond two.
      const float from = turned - 2 * static_cast<float>(c), distance = std::fabs(from - 6 * std::round(from / 6));
      image[i + c] = high - chroma * (1 - std::clamp(2 - distance, 0.0F, 1.0F));
    }
  }
}

void change_saturation(std::span<float> image, float factor, const PixelRange& range) {
  for (std::size_t i = 0; i + 3 <= image.size(); i += 3) {
    float high = range.low, low = range.high;
    for (std::size_t c = 0; c < 3; ++c) {
      image[i + c] = clip(image[i + c], range);
      high = std::max(high, image[i + c]);
      low = std::min(low, image[i + c]);
    }
    const float chroma = high - low, value = high - range.low;
    if (chroma <= 0) continue;
    const float scale = std::min(chroma * factor, value) / chroma;  // saturation is chroma / value
    for (std::size_t c = 0; c < 3; ++c) image[i + c] = high - (high - image[i + c]) * scale;
  }
}

void add_noise(std::span<float> image, float deviation, const PixelRange& range, const Draws& draws) {
  const NormalTable& normal = NormalTable::get();
  for (std::size_t i = 0, block = 0; i < image.size(); i += 8, ++block) {
    const PhiloxWords words = draws.words(static_cast<std::uint32_t>(block));
    for (std::size_t k = 0; k < std::min<std::size_t>(8, image.size() - i); ++k)
      image[i + k] = clip(image[i + k] + deviation * normal.at(static_cast<std::uint16_t>(words[k / 2] >> (k % 2 * 16))), range);
  }
}

Rectangle rectangle(double height_share, double width_share, double down, double right, const ImageExtents& e) {
  const auto side = [](double share, double place, std::uint32_t extent, std::uint32_t& first, std::uint32_t& last) {
    const double length = std::clamp(share, 0.0, 1.0) * extent, begin = place * (extent - length);
    first = static_cast<std::uint32_t>(std::ceil(begin));
    last = std::max(first, std::min(extent, static_cast<std::uint32_t>(std::ceil(begin + length))));
  };
  Rectangle r;
  side(height_share, down, e.height, r.y0, r.y1);
  side(width_share, right, e.width, r.x0, r.x1);
  return r;
}

void erase(std::span<float> image, const ImageExtents& e, const Rectangle& where) {
  for (std::size_t y = where.y0; y < where.y1; ++y)
    std::ranges::fill(image.subspan((y * e.width + where.x0) * e.channels, std::size_t{where.x1 - where.x0} * e.channels), 0.0F);
}

void shift(std::span<float> image, const ImageExtents& e, std::int64_t down, std::int64_t right) {
  const std::int64_t height = e.height, width = e.width;
  const std::size_t row = std::size_t{e.width} * e.channels;
  const std::int64_t kept = std::max<std::int64_t>(0, width - std::abs(right));
  // From the side that the image moves to, so that no row is overwritten before it is read.
  for (std::int64_t k = 0; k < height; ++k) {
    const std::int64_t y = down > 0 ? height - 1 - k : k, from = y - down;
    float* to = image.data() + static_cast<std::size_t>(y) * row;
    if (from < 0 || from >= height) {
      std::fill_n(to, row, 0.0F);
      continue;
    }
    const std::size_t gap = row - static_cast<std::size_t>(kept) * e.channels;
    const float* source = image.data() + static_cast<std::size_t>(from) * row;
    if (right >= 0) {
      std::copy_backward(source, source + row - gap, to + row);
      std::fill_n(to, gap, 0.0F);
    } else {
      std::copy(source + gap, source + row, to);
      std::fill_n(to + row - gap, gap, 0.0F);
    }
  }
}

}  // namespace ingot::runtime
