// What the parts of the interpreter share: views of runtime-sized matrices and one evaluation function per family.
#pragma once
#include "ir/interpret.hpp"

namespace ingot::codegen {

/// A matrix at run time: all rows of the call.
struct Matrix {
  std::int64_t rows = 1, cols = 1;
  const double* data = nullptr;
  /// Element with broadcasting.
  [[nodiscard]] double at(std::int64_t r, std::int64_t c) const { return data[(rows == 1 ? 0 : r) * cols + (cols == 1 ? 0 : c)]; }
};

/// Key and counter words of the random bits of this call.
struct RandomState {
  std::uint32_t seed_low = 0, seed_high = 0, step = 0;
};

struct NodeCall {
  const Node& node;
  const std::vector<Matrix>& in;
  RandomState random;
  std::int64_t rows = 1, cols = 1;   ///< of the result
  double* out = nullptr;             ///< zeroed
  std::int64_t rows_per_sample = 1;  ///< of the first operand
};

void interpret_map(const NodeCall& c);
void interpret_rows(const NodeCall& c);  ///< also column_sum, fold_rows, batch_norm, matmul, the move and the table family
void interpret_window(const NodeCall& c);
void interpret_winograd(const NodeCall& c);
void interpret_loss(const NodeCall& c);

}  // namespace ingot::codegen
