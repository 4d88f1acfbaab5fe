#include "schedule/partition.hpp"

#include <algorithm>

namespace ingot::codegen {

std::int64_t batch_block(std::int64_t rows) {
  for (std::int64_t block : {16, 8, 4})
    if (rows >= 2 * block) return block;
  return std::max<std::int64_t>(rows, 1);
}

std::int64_t sample_block(std::int64_t batch) {
  constexpr std::int64_t most_groups = 16;
  return (batch + most_groups - 1) / most_groups;
}

std::int64_t most_accumulator_rows(const Target& target, std::int64_t vectors) {
  return std::min<std::int64_t>(std::int64_t{target.row_tile} * (vectors == 1 ? 2 : 1), max_row_tile);
}

std::int64_t most_gradient_rows(const Target& target, std::int64_t vectors) {
  return std::max<std::int64_t>(1, target.vector_registers * 3 / 4 / vectors);
}

int choose_row_tile(const Target& target, std::int64_t vectors, std::int64_t rows, std::int64_t divides) {
  // Accumulators: row_tile * 2 vectors at most. One vector wide: twice the rows.
  const std::int64_t most = std::min(most_accumulator_rows(target, vectors), std::max<std::int64_t>(rows, 1));
  std::int64_t best = 1, best_rows = -1;
  for (std::int64_t tile = most; tile >= 1; --tile) {
    if (divides > 0 && divides % tile != 0) continue;
    const std::int64_t computed = (rows + tile - 1) / tile * tile;
    // A shorter tile has to save more rows than it loses in operand reuse (about 1/8 for each row less).
    const std::int64_t cost = computed * (8 * tile + 8) / (8 * tile);
    if (best_rows < 0 || cost < best_rows) {
      best = tile;
      best_rows = cost;
    }
  }
  return static_cast<int>(best);
}

}  // namespace ingot::codegen
