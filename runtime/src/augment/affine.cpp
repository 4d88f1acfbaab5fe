#include "augment/affine.hpp"

#include <cmath>
#include <numbers>

namespace ingot::runtime {
namespace {

struct Centre {
  double x, y;
  explicit Centre(const ImageExtents& e) : x((e.width - 1) / 2.0), y((e.height - 1) / 2.0) {}
};

// The linear map about the centre.
Affine centred(double a0, double a1, double b0, double b1, const ImageExtents& extents) {
  const Centre c(extents);
  return {a0, a1, c.x - a0 * c.x - a1 * c.y, b0, b1, c.y - b0 * c.x - b1 * c.y};
}

}  // namespace

Affine Affine::after(const Affine& before) const {
  const Affine& f = before;
  return {f.a0 * a0 + f.a1 * b0, f.a0 * a1 + f.a1 * b1, f.a0 * a2 + f.a1 * b2 + f.a2,
          f.b0 * a0 + f.b1 * b0, f.b0 * a1 + f.b1 * b1, f.b0 * a2 + f.b1 * b2 + f.b2};
}

Affine rotation(double turns, const ImageExtents& extents) {
  const double angle = 2 * std::numbers::pi * turns, c = std::cos(angle), s = std::sin(angle);
  return centred(c, -s, s, c, extents);
}

Affine zoom(double height, double width, const ImageExtents& extents) { return centred(width, 0, 0, height, extents); }

Affine translation(double down, double right, const ImageExtents& extents) {
  return {1, 0, -right * extents.width, 0, 1, -down * extents.height};
}

Affine shear(double along_x, double along_y, const ImageExtents& extents) { return centred(1, along_x, along_y, 1, extents); }

Affine mirror(bool across, bool down, const ImageExtents& extents) { return centred(across ? -1 : 1, 0, 0, down ? -1 : 1, extents); }

}  // namespace ingot::runtime
