// Changes of the values of one image, in place.
#pragma once
#include "augment/draws.hpp"

#include <ingot/runtime/augment/augmentation.hpp>

namespace ingot::runtime {

/// What values are clipped to.
struct PixelRange {
  float low = 0, high = 255;
  [[nodiscard]] float width() const { return high - low; }
};

void brighten(std::span<float> image, float amount, const PixelRange& range);
/// (x - mean of the channel) * factor + mean.
void change_contrast(std::span<float> image, std::size_t channels, float factor, const PixelRange& range);
/// HSV's hue + `turns`; of three channels.
void turn_hue(std::span<float> image, float turns, const PixelRange& range);
/// HSV's saturation * factor, at most 1; of three channels.
void change_saturation(std::span<float> image, float factor, const PixelRange& range);
/// Normal noise of this deviation on every value.
void add_noise(std::span<float> image, float deviation, const PixelRange& range, const Draws& draws);

/// Pixels [y0, y1) x [x0, x1).
struct Rectangle {
  std::uint32_t y0 = 0, y1 = 0, x0 = 0, x1 = 0;
  [[nodiscard]] std::uint64_t area() const { return std::uint64_t{y1 - y0} * (x1 - x0); }
};
/// Whose sides are these shares of the image's, at the place that the other two shares of what is left say; a pixel belongs to it when
/// its number lies in the real interval, as in Keras's RandomErasing and CutMix.
Rectangle rectangle(double height_share, double width_share, double down, double right, const ImageExtents& extents);
void erase(std::span<float> image, const ImageExtents& extents, const Rectangle& where);
/// The image moved down and right by whole pixels (up and left: below 0), zeros behind it.
void shift(std::span<float> image, const ImageExtents& extents, std::int64_t down, std::int64_t right);

}  // namespace ingot::runtime
