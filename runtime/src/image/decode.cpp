#include <ingot/runtime/image/decode.hpp>

#include "image/codecs.hpp"
#include "image/resize.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

namespace ingot::runtime {
namespace {

constexpr std::string_view jpeg_mark = "\xFF\xD8\xFF", jpeg_end = "\xFF\xD9", png_mark = "\x89PNG\r\n\x1A\n", png_end = "IEND";

bool starts_with(std::span<const std::byte> file, std::string_view mark) {
  return file.size() >= mark.size() && std::memcmp(file.data(), mark.data(), mark.size()) == 0;
}

// Resizes what comes in, then puts the small result upright: half-pixel centres are symmetric, so the order does not matter.
class FormatSink final : public RowSink {
 public:
  FormatSink(const ImageFormat& format, std::uint8_t* to) : format_(format), to_(to) {}

  [[nodiscard]] std::uint32_t channels() const override { return format_.channels; }
  void begin(std::uint32_t height, std::uint32_t width, Orientation orientation) override {
    orientation_ = orientation;
    if (orientation != Orientation::upright) stored_.resize(format_.bytes());
    const bool swap = swaps_axes(orientation);
    const Resizer::Extent out{swap ? format_.width : format_.height, swap ? format_.height : format_.width};
    resizer_.emplace(Resizer::Extent{height, width}, out, format_.channels, format_.antialias, stored_.empty() ? to_ : stored_.data());
  }
  [[nodiscard]] std::uint8_t* row() override { return resizer_->row(); }
  void commit() override { resizer_->commit(); }

  /// After the last row.
  void finish() {
    if (stored_.empty()) return;
    for (std::uint32_t y = 0; y < format_.height; ++y)
      for (std::uint32_t x = 0; x < format_.width; ++x)
        std::memcpy(to_ + (std::size_t{y} * format_.width + x) * format_.channels, stored_.data() + source(y, x) * format_.channels,
                    format_.channels);
  }

 private:
  // The pixel of the stored image that belongs at (y, x).
  [[nodiscard]] std::size_t source(std::size_t y, std::size_t x) const {
    const std::size_t h = format_.height, w = format_.width, across = w - 1 - x, up = h - 1 - y;
    switch (orientation_) {
      case Orientation::upright:
        break;
      case Orientation::mirrored:
        return y * w + across;
      case Orientation::turned:
        return up * w + across;
      case Orientation::flipped:
        return up * w + x;
      case Orientation::transposed:
        return x * h + y;
      case Orientation::turn_right:
        return across * h + y;
      case Orientation::anti_transposed:
        return across * h + up;
      case Orientation::turn_left:
        return x * h + up;
    }
    return y * w + x;
  }

  const ImageFormat& format_;
  std::uint8_t* to_;
  Orientation orientation_ = Orientation::upright;
  std::vector<std::uint8_t> stored_;
  std::optional<Resizer> resizer_;
};

// What trails behind the end of an image in files that decode all the same: padding, a maker's notes.
constexpr std::size_t searched_for_end = 4096;

bool ends_with_mark(std::span<const std::byte> file, std::string_view mark) {
  const std::span<const std::byte> tail = file.last(std::min(file.size(), searched_for_end));
  return std::string_view(reinterpret_cast<const char*>(tail.data()), tail.size()).find(mark) != std::string_view::npos;
}

enum class Format { jpeg, png };
Format format_of(std::span<const std::byte> file, const std::string& name) {
  if (file.empty()) throw UserError(fmt::format("{} is empty; replace or remove it", name));
  if (starts_with(file, jpeg_mark)) return Format::jpeg;
  if (starts_with(file, png_mark)) return Format::png;
  throw UserError(fmt::format("{} is neither JPEG nor PNG; convert or remove it", name));
}

}  // namespace

void check_pixels(const std::string& name, std::uint64_t height, std::uint64_t width, std::uint64_t bytes,
                  std::uint64_t most_pixels_per_byte) {
  if (height * width > max_pixels)
    throw UserError(fmt::format("{} is an image of {} x {} pixels, at most {} can be decoded; shrink it", name, width, height, max_pixels));
  if (height * width > bytes * most_pixels_per_byte)
    throw UserError(
        fmt::format("{} is damaged: its {} bytes cannot hold {} x {} pixels; replace or remove it", name, bytes, width, height));
}

void decode_image(std::span<const std::byte> file, const std::string& name, const ImageFormat& format, std::uint8_t* to) {
  FormatSink sink(format, to);
  format_of(file, name) == Format::jpeg ? decode_jpeg(file, name, sink) : decode_png(file, name, sink);
  sink.finish();
}

bool probe_image(std::span<const std::byte> file, const std::string& name) {
  const bool jpeg = format_of(file, name) == Format::jpeg;
  jpeg ? probe_jpeg(file, name) : probe_png(file, name);
  return ends_with_mark(file, jpeg ? jpeg_end : png_end);
}

}  // namespace ingot::runtime
