#include "image/exif.hpp"

#include <optional>

namespace ingot::runtime {
namespace {

constexpr std::uint16_t orientation_tag = 0x0112, type_short = 3;
constexpr std::size_t entry_bytes = 12;

// Unsigned numbers at an offset, in the byte order of the block; nothing beyond its end.
struct Tiff {
  std::span<const std::byte> bytes;
  bool little = true;

  [[nodiscard]] std::optional<std::uint32_t> number(std::size_t at, std::size_t size) const {
    if (at > bytes.size() || size > bytes.size() - at) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | std::to_integer<std::uint32_t>(bytes[little ? at + size - 1 - i : at + i]);
    return value;
  }
};

}  // namespace

Orientation exif_orientation(std::span<const std::byte> tiff) {
  Tiff block{tiff, true};
  const auto order = block.number(0, 2);
  block.little = order == 0x4949u;
  if (!order || (!block.little && order != 0x4D4Du) || block.number(2, 2) != 42u) return Orientation::upright;
  const std::uint32_t directory = block.number(4, 4).value_or(0);
  const std::uint32_t entries = block.number(directory, 2).value_or(0);
  for (std::uint32_t i = 0; i < entries; ++i) {
    const std::size_t entry = std::size_t{directory} + 2 + i * entry_bytes;
    const auto tag = block.number(entry, 2);
    if (!tag) break;
    if (*tag != orientation_tag) continue;
    const auto value = block.number(entry + 8, 2);
    const bool known = block.number(entry + 2, 2) == type_short && value && *value >= 1 && *value <= 8;
    return known ? static_cast<Orientation>(*value) : Orientation::upright;
  }
  return Orientation::upright;
}

}  // namespace ingot::runtime
