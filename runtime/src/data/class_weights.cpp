#include <ingot/runtime/data/class_weights.hpp>

#include <ingot/runtime/data/split.hpp>

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace ingot::runtime {
namespace {

/// Labels of each class of an f32 target: distributions along the last axis, or numbers of two classes.
std::vector<std::uint64_t> float_counts(const Table& target, std::uint32_t classes) {
  const std::uint64_t last = target.dims.empty() ? 1 : target.dims.back();
  if (last != classes && classes != 2) throw std::logic_error("balanced_class_weights: " + target.name + " has no such classes");
  const std::uint64_t width = last == classes ? classes : 1;
  std::vector<std::uint64_t> counts(classes);
  for (std::uint64_t r = 0; r < target.rows; ++r) {
    const auto* row = static_cast<const float*>(target.row(r));
    for (const float* y = row; y < row + target.row_elements(); y += width)
      ++counts[width == 1 ? (y[0] > 0.5F ? 1 : 0) : static_cast<std::size_t>(std::max_element(y, y + width) - y)];
  }
  return counts;
}

}  // namespace

std::vector<double> balanced_class_weights(const Table& target, std::uint32_t classes) {
  const std::vector<std::uint64_t> counts = target.dtype == INGOT_I32 ? class_counts(target, classes) : float_counts(target, classes);
  const auto labels = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
  std::vector<double> weights;
  for (const std::uint64_t count : counts)
    weights.push_back(count == 0 ? 0 : labels / (static_cast<double>(classes) * static_cast<double>(count)));
  return weights;
}

}  // namespace ingot::runtime
