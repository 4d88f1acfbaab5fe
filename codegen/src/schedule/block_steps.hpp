// Which parts of a contraction with a weight matrix that has blocks of zeros are done at all: for each column of vectors of the result
// a list of runs of rows of the weights. What is not listed is not even read.
#pragma once
#include "schedule/layout.hpp"

#include <optional>
#include <vector>

namespace ingot::codegen {

struct BlockSteps {
  std::int64_t length = 0;           ///< rows of a run: within one panel of the other operand
  std::int64_t vectors = 1;          ///< of a column
  std::vector<std::int32_t> begin;   ///< per column: its first run; one more at the end
  std::vector<std::int32_t> first;   ///< per run: its first row
  [[nodiscard]] bool empty() const { return begin.empty(); }
  [[nodiscard]] double rows() const { return static_cast<double>(length) * static_cast<double>(first.size()); }  ///< of all columns
};

/// Of X W, `x` and `w` their layouts, `pattern` of W. None where skipping does not pay: too few zeros, or runs too short.
[[nodiscard]] std::optional<BlockSteps> block_steps(const BlockPattern& pattern, const Layout& x, const Layout& w);

}  // namespace ingot::codegen
