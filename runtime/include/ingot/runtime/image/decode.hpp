// JPEG and PNG files as pixels of one size: decoded, turned upright and resized in one pass over the rows of the file.
//
// Pixels are what TensorFlow's decode_image and image.resize(method="bilinear") give, rounded to the nearest byte, i.e. what Keras's
// image_dataset_from_directory reads, with two differences: the EXIF orientation is applied (TensorFlow ignores it), and CMYK is refused
// (TensorFlow converts it without a profile). As there, alpha is dropped without compositing, of 16 bits the upper 8 are kept, palettes and
// grey are expanded, colour becomes grey by BT.601 luminance, and a JPEG is decoded with libjpeg's fast integer transform and smooth chroma
// upsampling.
//
// Memory is bounded by the width of the image, not its area, except for interlaced PNG and progressive JPEG.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace ingot::runtime {

/// What every image becomes: row-major [height, width, channels] of bytes.
struct ImageFormat {
  std::uint32_t height = 0, width = 0;
  std::uint32_t channels = 3;  ///< 1: luminance, 3: RGB
  bool antialias = false;      ///< shrink with a triangle filter as wide as the step (image.resize with antialias=True)

  [[nodiscard]] std::uint64_t bytes() const { return std::uint64_t{height} * width * channels; }
};

/// Decodes `file` into the format.bytes() bytes at `to`. Whether it is JPEG or PNG is told by its first bytes. Safe to call from several
/// threads. Throws UserError "NAME is ..." for everything that cannot be decoded in full: empty, truncated, damaged, CMYK, no image at
/// all, or more pixels than a file of that size can hold.
void decode_image(std::span<const std::byte> file, const std::string& name, const ImageFormat& format, std::uint8_t* to);

/// Whether `file` has the end of an image: what lies between is not looked at, so it need not take part in a first reading of many files.
/// Throws UserError as decode_image does for what its beginning shows.
bool probe_image(std::span<const std::byte> file, const std::string& name);

}  // namespace ingot::runtime
