// Geometry of augmentation: one inverse map for any number of steps, and the sampling through it.
#pragma once
#include <ingot/runtime/augment/augmentation.hpp>

namespace ingot::runtime {

/// Where the pixel (x, y) of the result lies in the image: (a0 x + a1 y + a2, b0 x + b1 y + b2), in pixels from the centre of the first
/// one.
struct Affine {
  double a0 = 1, a1 = 0, a2 = 0, b0 = 0, b1 = 1, b2 = 0;

  /// The map of `before`, then of this step: a step moves the image that the steps before it made.
  [[nodiscard]] Affine after(const Affine& before) const;
  [[nodiscard]] bool is_identity() const { return a0 == 1 && a1 == 0 && a2 == 0 && b0 == 0 && b1 == 1 && b2 == 0; }
};

/// By `turns`, counter-clockwise, about the centre.
Affine rotation(double turns, const ImageExtents& extents);
/// `height` and `width` times the view: above 1 the image gets smaller.
Affine zoom(double height, double width, const ImageExtents& extents);
/// By shares of height and width, down and to the right.
Affine translation(double down, double right, const ImageExtents& extents);
/// x is read at x + along_x (y - centre), y at y + along_y (x - centre).
Affine shear(double along_x, double along_y, const ImageExtents& extents);
Affine mirror(bool across, bool down, const ImageExtents& extents);

/// What lies outside.
struct Outside {
  std::uint32_t fill = INGOT_FILL_REFLECT;
  float value = 0;
};
/// image = image sampled through `map`, bilinear between the centres of pixels. `padded` is memory that is kept between calls.
void resample(std::vector<float>& image, const ImageExtents& extents, const Affine& map, const Outside& outside,
              std::vector<float>& padded);

}  // namespace ingot::runtime
