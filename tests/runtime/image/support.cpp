#include "support.hpp"

#include <ingot/runtime/data/atomic_file.hpp>
#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <stdexcept>

// Both need <cstdio> before them.
#include <jpeglib.h>

#include <jerror.h>

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

namespace {

// A compressor whose file is written to memory.
class JpegWriter {
 public:
  JpegWriter() {
    info.err = jpeg_std_error(&errors_);
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, &memory_, &bytes_);
  }
  ~JpegWriter() {
    jpeg_destroy_compress(&info);
    std::free(memory_);
  }
  JpegWriter(const JpegWriter&) = delete;
  JpegWriter& operator=(const JpegWriter&) = delete;

  // `pixels` has info.image_height rows.
  std::string write(std::vector<JSAMPLE> pixels) {
    jpeg_start_compress(&info, TRUE);
    while (info.next_scanline < info.image_height) {
      JSAMPROW row = pixels.data() + std::size_t{info.next_scanline} * info.image_width * static_cast<unsigned>(info.input_components);
      jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    return {reinterpret_cast<const char*>(memory_), bytes_};
  }

  jpeg_compress_struct info{};

 private:
  jpeg_error_mgr errors_{};
  unsigned char* memory_ = nullptr;
  unsigned long bytes_ = 0;
};

struct Stop : jpeg_error_mgr {
  std::jmp_buf jump;
};

}  // namespace

std::string cmyk_jpeg() {
  JpegWriter writer;
  writer.info.image_width = writer.info.image_height = 8;
  writer.info.input_components = 4;
  writer.info.in_color_space = JCS_CMYK;
  jpeg_set_defaults(&writer.info);
  return writer.write(std::vector<JSAMPLE>(8 * 32, 100));
}

std::string jpeg_file(const JpegOptions& options, unsigned seed) {
  JpegWriter writer;
  jpeg_compress_struct& info = writer.info;
  info.image_height = options.height;
  info.image_width = options.width;
  info.input_components = options.grey ? 1 : 3;
  info.in_color_space = options.grey ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, options.quality, TRUE);
  info.optimize_coding = options.optimized ? TRUE : FALSE;
  info.restart_interval = options.restart_interval;
  info.comp_info[0].h_samp_factor = options.horizontal;
  info.comp_info[0].v_samp_factor = options.vertical;
  if (options.progressive) jpeg_simple_progression(&info);
  std::mt19937 random(seed);
  std::vector<JSAMPLE> pixels(std::size_t{options.height} * options.width * static_cast<unsigned>(info.input_components));
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const int noise = options.noise == 0 ? 0 : static_cast<int>(random() % static_cast<unsigned>(options.noise));
    pixels[i] = static_cast<JSAMPLE>(std::min<std::size_t>(255, i % options.width + static_cast<std::size_t>(noise)));
  }
  return writer.write(std::move(pixels));
}

namespace {

// What a jump leaves behind lives in the caller: variables of this function that changed since setjmp would have no known value.
bool decode_by_libjpeg(const std::string& file, std::uint32_t channels, jpeg_decompress_struct& info, Stop& stop, DecodedJpeg& decoded) {
  if (setjmp(stop.jump) != 0) return false;
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, reinterpret_cast<const unsigned char*>(file.data()), file.size());
  jpeg_read_header(&info, TRUE);
  info.out_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  info.dct_method = JDCT_IFAST;
  jpeg_start_decompress(&info);
  decoded = {info.image_height, info.image_width, channels, {}};
  decoded.pixels.resize(std::size_t{info.image_height} * info.image_width * channels);
  while (info.output_scanline < info.output_height) {
    JSAMPROW row = decoded.pixels.data() + std::size_t{info.output_scanline} * info.output_width * channels;
    jpeg_read_scanlines(&info, &row, 1);
  }
  jpeg_finish_decompress(&info);
  return true;
}

}  // namespace

DecodedJpeg decoded_by_libjpeg(const std::string& file, std::uint32_t channels) {
  DecodedJpeg decoded;
  jpeg_decompress_struct info{};
  Stop stop;
  info.err = jpeg_std_error(&stop);
  stop.error_exit = [](j_common_ptr failed) { std::longjmp(static_cast<Stop*>(failed->err)->jump, 1); };
  stop.emit_message = [](j_common_ptr failed, int level) {
    if (level < 0 && failed->err->msg_code == JWRN_JPEG_EOF) failed->err->error_exit(failed);
  };
  if (!decode_by_libjpeg(file, channels, info, stop, decoded)) decoded.pixels.clear();
  jpeg_destroy_decompress(&info);
  return decoded;
}

}  // namespace ingot::runtime::testing
