#include "schedule/device/tile.hpp"

#include <array>

namespace ingot::codegen {

namespace {

// Largest first. Work per byte of shared memory read falls from one to the next: 8 x 8, 4 x 4, 2 x 2, 1 x 1 products for
// 16, 8, 4, 2 floats.
constexpr std::array<ContractionTile, 4> tiles{{{128, 128, 8, 8, 8}, {64, 64, 16, 4, 4}, {32, 32, 32, 2, 2}, {16, 16, 64, 1, 1}}};

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

}  // namespace

ContractionTile choose_contraction_tile(std::int64_t m, std::int64_t n, std::int64_t parts, const DeviceTarget& device) {
  for (const ContractionTile& t : tiles)
    if (ceil_div(m, t.rows) * ceil_div(n, t.cols) * parts >= device.multiprocessors) return t;
  return tiles.back();
}

}  // namespace ingot::codegen
