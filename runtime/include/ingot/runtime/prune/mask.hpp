// Which weights are pruned: pure functions of their values. Kernels are matrices [all axes but the last, last].
//
// Exact: round(share * units) units are zero, the smallest, and of equal ones those with the smaller index (first tensor, then row-major);
// at least one unit of each tensor stays. A unit that holds a NaN counts as the largest.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace ingot::runtime {

enum class PruneForm {
  unstructured,  ///< a unit is a weight, compared by |w|
  block,         ///< rows x columns weights (fewer at the lower and right edge), compared by the mean or the largest |w|
  n_of_m,        ///< of `columns` successive weights of a column `rows` are zero, whatever the share; what lacks at the end counts as zeros
  filters        ///< a whole column, compared by the root of its mean square
};
struct PrunePattern {
  PruneForm form = PruneForm::unstructured;
  std::uint32_t rows = 1, columns = 1;
  bool by_largest = false;
  bool global = false;  ///< one threshold for all tensors; else each has its own
};

struct WeightMatrix {
  std::uint64_t rows = 0, cols = 0;
  std::span<const double> values;  ///< row-major
};
/// Per weight: 1 it stays, 0 it is pruned.
using Mask = std::vector<std::uint8_t>;

/// One mask for each matrix; share: 0 .. 1.
[[nodiscard]] std::vector<Mask> choose_masks(std::span<const WeightMatrix> weights, const PrunePattern& pattern, double share);

[[nodiscard]] std::uint64_t count_zeros(const Mask& mask);

}  // namespace ingot::runtime
