// How a contraction is cut for a device: a block computes a tile of the result, walking over the reduction in slices that lie in
// shared memory; each thread, or on tensor cores each warp, keeps some rows x some columns of the tile in registers.
#pragma once
#include "schedule/device/device_target.hpp"

#include <cstdint>

namespace ingot::codegen {

/// Of the result D [m, n] = sum over k.
struct ContractionTile {
  int rows = 16, cols = 16;              ///< of a block
  int depth = 64;                        ///< of a slice of the reduction
  int thread_rows = 1, thread_cols = 1;  ///< of a thread; columns in runs of `run()`
  [[nodiscard]] int run() const { return thread_cols < 4 ? thread_cols : 4; }
  [[nodiscard]] int row_threads() const { return rows / thread_rows; }
  [[nodiscard]] int col_threads() const { return cols / thread_cols; }
  /// Floats from one step of the reduction to the next in shared memory; the gap keeps transposing stores out of each other's banks
  /// and 128-bit loads aligned.
  [[nodiscard]] int a_stride() const { return rows + 4; }
  [[nodiscard]] int b_stride() const { return cols + 4; }
  [[nodiscard]] int shared_floats() const { return depth * (a_stride() + b_stride()); }
};

/// All tiles: block_threads threads, 1024 elements of each operand in a slice, so a thread brings one run of four of each.
/// The largest tile that still gives every multiprocessor a block, counting `parts` independent sums; else the smallest that the
/// result fills.
[[nodiscard]] ContractionTile choose_contraction_tile(std::int64_t m, std::int64_t n, std::int64_t parts, const DeviceTarget& device);

/// The same for operands of 16 bits, which tensor cores multiply in steps of 16 x 16 x 8.
struct MatrixTile {
  static constexpr int stages = 3;     ///< slices in shared memory: one is multiplied, two are on their way
  int rows = 0, cols = 0, depth = 32;  ///< of a block, and of a slice of the reduction
  int warp_rows = 16, warp_cols = 16;  ///< of a warp
  int k_warps = 1;                     ///< warps that share the reduction of one place
  [[nodiscard]] int col_warps() const { return cols / warp_cols; }
  [[nodiscard]] int slice_bytes() const { return (rows + cols) * depth * 2; }
  /// Floats from row to row where results lie on their way to the epilogue: eight rows then are in different banks.
  [[nodiscard]] int staging_pitch() const { return warp_cols + 8; }
  [[nodiscard]] int shared_bytes() const;
};

/// Of the tiles that fill the result almost as well as the best one does, the largest that gives every multiprocessor a block; where none
/// does, that with the most blocks.
[[nodiscard]] MatrixTile choose_matrix_tile(std::int64_t m, std::int64_t n, std::int64_t parts, const DeviceTarget& device);

}  // namespace ingot::codegen
