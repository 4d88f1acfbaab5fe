#include "schedule/device/tile.hpp"

#include <algorithm>
#include <array>

namespace ingot::codegen {

namespace {

// Largest first. Work per byte of shared memory read falls from one to the next: 8 x 8, 4 x 4, 2 x 2, 1 x 1 products for
// 16, 8, 4, 2 floats.
constexpr std::array<ContractionTile, 4> tiles{{{128, 128, 8, 8, 8}, {64, 64, 16, 4, 4}, {32, 32, 32, 2, 2}, {16, 16, 64, 1, 1}}};

// Largest first; eight warps each. Tall ones are for few filters and many pixels, flat ones for few rows of a batch. A large tile reads
// 16 x 16 x 8 products for less than 8 bytes of shared memory each; the last ones give up that for blocks, and share the reduction.
constexpr std::array<MatrixTile, 10> matrix_tiles{{{128, 128, 32, 64, 32, 1},
                                                   {128, 64, 32, 32, 32, 1},
                                                   {64, 64, 64, 32, 16, 1},
                                                   {128, 32, 64, 32, 16, 1},
                                                   {64, 32, 64, 16, 16, 1},
                                                   {32, 64, 64, 16, 16, 1},
                                                   {128, 16, 64, 16, 16, 1},
                                                   {16, 128, 64, 16, 16, 1},
                                                   {32, 32, 64, 16, 16, 2},
                                                   {16, 16, 128, 16, 16, 8}}};
constexpr double most_padding = 1.25;  // of the best tile's

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

}  // namespace

ContractionTile choose_contraction_tile(std::int64_t m, std::int64_t n, std::int64_t parts, const DeviceTarget& device) {
  for (const ContractionTile& t : tiles)
    if (ceil_div(m, t.rows) * ceil_div(n, t.cols) * parts >= device.multiprocessors) return t;
  return tiles.back();
}

int MatrixTile::shared_bytes() const {
  const int staging = block_threads / warp_threads * 16 * staging_pitch() * static_cast<int>(sizeof(float));
  return std::max(stages * slice_bytes(), staging);
}

MatrixTile choose_matrix_tile(std::int64_t m, std::int64_t n, std::int64_t parts, const DeviceTarget& device) {
  const auto blocks = [&](const MatrixTile& t) { return ceil_div(m, t.rows) * ceil_div(n, t.cols) * parts; };
  const auto work = [&](const MatrixTile& t) { return static_cast<double>(blocks(t)) * t.rows * t.cols; };
  double least = work(matrix_tiles[0]);
  for (const MatrixTile& t : matrix_tiles) least = std::min(least, work(t));
  const MatrixTile* best = nullptr;
  for (const MatrixTile& t : matrix_tiles) {
    if (work(t) > most_padding * least) continue;
    if (blocks(t) >= device.multiprocessors) return t;
    if (best == nullptr || blocks(t) > blocks(*best)) best = &t;
  }
  return best == nullptr ? matrix_tiles[0] : *best;
}

}  // namespace ingot::codegen
