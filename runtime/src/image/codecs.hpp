// The decoders of single formats; decode.cpp chooses one.
#pragma once
#include "image/row_sink.hpp"

#include <span>
#include <string>

namespace ingot::runtime {

/// At most this many pixels are decoded: 16,384 x 16,384.
inline constexpr std::uint64_t max_pixels = std::uint64_t{1} << 28;

/// Both throw UserError that begins with `name` and says what is wrong.
void decode_jpeg(std::span<const std::byte> file, const std::string& name, RowSink& sink);
void decode_png(std::span<const std::byte> file, const std::string& name, RowSink& sink);

/// The same for what their headers show.
void probe_jpeg(std::span<const std::byte> file, const std::string& name);
void probe_png(std::span<const std::byte> file, const std::string& name);

/// Refuses more than max_pixels, and more pixels than `bytes` of this format can hold at `most_pixels_per_byte`.
void check_pixels(const std::string& name, std::uint64_t height, std::uint64_t width, std::uint64_t bytes,
                  std::uint64_t most_pixels_per_byte);

}  // namespace ingot::runtime
