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
/// An 8 x 8 JPEG with four components.
std::string cmyk_jpeg();

}  // namespace ingot::runtime::testing
