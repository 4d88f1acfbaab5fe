// Image files for tests, as text.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace ingot::runtime::testing {

/// A file of tests/golden/images.
std::string golden_image(const std::string& name);
/// PNG of [height, width, channels] bytes, channels 1 or 3.
std::string png_file(std::uint32_t height, std::uint32_t width, std::uint32_t channels, const std::vector<std::uint8_t>& pixels);
/// PNG in one grey.
std::string grey_png(std::uint32_t height, std::uint32_t width, std::uint8_t value);
/// How a JPEG of random content is written.
struct JpegOptions {
  std::uint32_t height = 8, width = 8;
  bool grey = false;
  int horizontal = 1, vertical = 1;  ///< luminance pixels per chroma pixel
  int quality = 90;
  bool optimized = false;  ///< codes of its own instead of those of T.81, annex K
  bool progressive = false;
  unsigned restart_interval = 0;  ///< in blocks of all components; 0: none
  int noise = 0;                  ///< of 255, on a slope
};
std::string jpeg_file(const JpegOptions& options, unsigned seed);
/// What libjpeg alone makes of a file, as decode_image wants it decoded; no pixels when the file is truncated or no JPEG.
struct DecodedJpeg {
  std::uint32_t height = 0, width = 0, channels = 0;
  std::vector<std::uint8_t> pixels;
};
DecodedJpeg decoded_by_libjpeg(const std::string& file, std::uint32_t channels);
/// An 8 x 8 JPEG with four components.
std::string cmyk_jpeg();

}  // namespace ingot::runtime::testing
