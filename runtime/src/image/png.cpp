// PNG through libpng. As with JPEG, nothing between setjmp and the library owns what needs a destructor.
#include <png.h>

#include "image/codecs.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>

#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <vector>

namespace ingot::runtime {
namespace {

// Deflate packs 1032 bytes into one at best, a byte holds 8 pixels of one bit.
constexpr std::uint64_t most_pixels_per_byte = std::uint64_t{1032} * 8;
constexpr double red_luminance = 0.299, green_luminance = 0.587;  // ITU-R BT.601, as JPEG's Y

class PngReader {
 public:
  PngReader(std::span<const std::byte> file, const std::string& name) : file_(file), name_(name) {}
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  void probe() {
    guarded([this] { read_header(); });
    check_pixels(name_, png_get_image_height(png_, info_), png_get_image_width(png_, info_), file_.size(), most_pixels_per_byte);
  }

  void decode(RowSink& sink) {
    probe();
    guarded([this, &sink] { ask_for_bytes(sink.channels()); });
    const std::uint32_t height = png_get_image_height(png_, info_), width = png_get_image_width(png_, info_);
    sink.begin(height, width, orientation_);
    const bool interlaced = png_get_interlace_type(png_, info_) != PNG_INTERLACE_NONE;
    if (interlaced) {
      const std::size_t row_bytes = std::size_t{width} * sink.channels();
      image_.resize(row_bytes * height);
      for (std::uint32_t y = 0; y < height; ++y) rows_.push_back(image_.data() + y * row_bytes);
    }
    guarded([&] { interlaced ? read_image() : read_rows(sink); });
    for (const std::uint8_t* row : rows_) {
      std::memcpy(sink.row(), row, std::size_t{width} * sink.channels());
      sink.commit();
    }
  }

 private:
  static PngReader& self(png_structp png) { return *static_cast<PngReader*>(png_get_error_ptr(png)); }
  [[noreturn]] static void fail(png_structp png, png_const_charp message) {
    PngReader& reader = self(png);
    std::snprintf(reader.message_, sizeof reader.message_, "%s", message);
    std::longjmp(reader.jump_, 1);
  }
  static void ignore(png_structp, png_const_charp) {}
  static void read(png_structp png, png_bytep to, std::size_t bytes) {
    PngReader& reader = self(png);
    if (bytes > reader.file_.size() - reader.at_) png_error(png, "the file ends too early");
    std::memcpy(to, reader.file_.data() + reader.at_, bytes);
    reader.at_ += bytes;
  }

  template <class Step>
  void guarded(const Step& step) {
    if (setjmp(jump_) == 0) {
      step();
      return;
    }
    throw UserError(fmt::format("{} is no complete PNG image (byte {}: {}); replace or remove it", name_, at_, message_));
  }

  void read_header() {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, fail, ignore);
    if (png_ != nullptr) info_ = png_create_info_struct(png_);
    if (info_ == nullptr) {
      std::snprintf(message_, sizeof message_, "no memory");
      std::longjmp(jump_, 1);
    }
    png_set_read_fn(png_, this, read);
    png_read_info(png_, info_);
    png_bytep exif = nullptr;
    png_uint_32 exif_bytes = 0;
    if (png_get_eXIf_1(png_, info_, &exif_bytes, &exif) != 0)
      orientation_ = exif_orientation({reinterpret_cast<const std::byte*>(exif), exif_bytes});
  }

  // Whatever the file holds comes as 8 bits of grey or RGB.
  void ask_for_bytes(std::uint32_t channels) {
    const int type = png_get_color_type(png_, info_);
    const bool grey = (type & PNG_COLOR_MASK_COLOR) == 0;
    png_set_strip_16(png_);
    if (type == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png_);
    if (grey && png_get_bit_depth(png_, info_) < 8) png_set_expand_gray_1_2_4_to_8(png_);
    if ((type & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(png_, info_, PNG_INFO_tRNS) != 0) png_set_strip_alpha(png_);
    if (grey && channels == 3) png_set_gray_to_rgb(png_);
    if (!grey && channels == 1) png_set_rgb_to_gray(png_, PNG_ERROR_ACTION_NONE, red_luminance, green_luminance);
    png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
  }

  void read_rows(RowSink& sink) {
    for (std::uint32_t y = png_get_image_height(png_, info_); y > 0; --y) {
      png_read_row(png_, sink.row(), nullptr);
      sink.commit();
    }
    png_read_end(png_, nullptr);
  }

  void read_image() {
    png_read_image(png_, rows_.data());
    png_read_end(png_, nullptr);
  }

  std::span<const std::byte> file_;
  const std::string& name_;
  std::size_t at_ = 0;
  Orientation orientation_ = Orientation::upright;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::vector<std::uint8_t> image_;  // of an interlaced file
  std::vector<png_bytep> rows_;
  std::jmp_buf jump_{};
  char message_[128] = "";
};

}  // namespace

void decode_png(std::span<const std::byte> file, const std::string& name, RowSink& sink) { PngReader(file, name).decode(sink); }
void probe_png(std::span<const std::byte> file, const std::string& name) { PngReader(file, name).probe(); }

}  // namespace ingot::runtime
