#include "support.hpp"

#include <png.h>
#include <ingot/runtime/data/atomic_file.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

// It needs <cstdio> before it.
#include <jpeglib.h>

namespace ingot::runtime::testing {

std::string golden_image(const std::string& name) { return read_whole_file(std::filesystem::path(GOLDEN_IMAGES) / name); }

std::string png_file(std::uint32_t height, std::uint32_t width, std::uint32_t channels, const std::vector<std::uint8_t>& pixels) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.height = height;
  image.width = width;
  image.format = channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  png_alloc_size_t bytes = 0;
  if (png_image_write_to_memory(&image, nullptr, &bytes, 0, pixels.data(), 0, nullptr) == 0) throw std::runtime_error("no PNG");
  std::string file(bytes, '\0');
  png_image_write_to_memory(&image, file.data(), &bytes, 0, pixels.data(), 0, nullptr);
  file.resize(bytes);
  return file;
}

std::string grey_png(std::uint32_t height, std::uint32_t width, std::uint8_t value) {
  return png_file(height, width, 1, std::vector<std::uint8_t>(std::size_t{height} * width, value));
}

std::string cmyk_jpeg() {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* memory = nullptr;
  unsigned long bytes = 0;
  jpeg_mem_dest(&info, &memory, &bytes);
  info.image_width = info.image_height = 8;
  info.input_components = 4;
  info.in_color_space = JCS_CMYK;
  jpeg_set_defaults(&info);
  jpeg_start_compress(&info, TRUE);
  std::vector<JSAMPLE> row(32, 100);
  JSAMPROW at = row.data();
  while (info.next_scanline < info.image_height) jpeg_write_scanlines(&info, &at, 1);
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  std::string file(reinterpret_cast<const char*>(memory), bytes);
  std::free(memory);
  return file;
}

}  // namespace ingot::runtime::testing
