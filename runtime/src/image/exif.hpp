// The one number of EXIF that changes pixels: how the camera was held.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace ingot::runtime {

/// Where the first row and column of the stored image belong, EXIF tag 0x0112 (CIPA DC-008, 4.6.4): 1 top left (upright) ... 8.
enum class Orientation : std::uint8_t {
  upright = 1,
  mirrored = 2,         ///< left and right
  turned = 3,           ///< by 180 degrees
  flipped = 4,          ///< top and bottom
  transposed = 5,       ///< rows are columns
  turn_right = 6,       ///< to be turned clockwise by 90 degrees
  anti_transposed = 7,  ///< along the other diagonal
  turn_left = 8         ///< to be turned counter-clockwise by 90 degrees
};

/// Rows of the stored image are columns of the upright one.
constexpr bool swaps_axes(Orientation orientation) { return orientation >= Orientation::transposed; }

/// From the TIFF structure of an EXIF block ("II*\0..." or "MM\0*..."). Upright when there is no such tag, or anything is damaged: a
/// broken comment is no reason to lose an image.
Orientation exif_orientation(std::span<const std::byte> tiff);

}  // namespace ingot::runtime
