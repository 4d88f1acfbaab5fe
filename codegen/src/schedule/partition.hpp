// How much work a group is: chosen from extents and target alone, so that plans do not depend on the number of threads.
#pragma once
#include "schedule/kernel.hpp"

namespace ingot::codegen {

/// Enough pieces to keep eight threads busy; fewer panels than this are cut along the rows as well.
inline constexpr std::int64_t enough_groups = 8;

/// Rows of a block of a batched matrix with `rows` rows (full batch): a multiple of every register tile used in blocks.
[[nodiscard]] std::int64_t batch_block(std::int64_t rows);

/// Samples of a group where a sample has many rows (images): the same for all kernels of a program, so that a group of one finds
/// what the same group of another has left in its cache, without a barrier between them.
[[nodiscard]] std::int64_t sample_block(std::int64_t batch);

/// Rows of the register tile of a convolution whose result is `vectors` vectors wide; and of a kernel's gradient, whose accumulators take
/// about three quarters of the registers.
[[nodiscard]] std::int64_t most_accumulator_rows(const Target& target, std::int64_t vectors);
[[nodiscard]] std::int64_t most_gradient_rows(const Target& target, std::int64_t vectors);

/// Rows of the register tile of a contraction whose result is `vectors` vectors wide. In blocks it divides the block; over the
/// columns of a transposed operand it divides that operand's panel.
[[nodiscard]] int choose_row_tile(const Target& target, std::int64_t vectors, std::int64_t rows, std::int64_t divides);

}  // namespace ingot::codegen
