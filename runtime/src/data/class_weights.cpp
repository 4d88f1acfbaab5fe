#include <ingot/runtime/data/class_weights.hpp>
#include <ingot/runtime/data/split.hpp>

#include <algorithm>
#include <stdexcept>

namespace ingot::runtime {
namespace {

/// Rows of each class of an f32 target.
std::vector<std::uint64_t> float_counts(const Table& target, std::uint32_t classes) {
  const std::uint64_t width = target.row_elements();
  if (width != (classes == 2 && width == 1 ? 1 : classes))
    throw std::logic_error("balanced_class_weights: " + target.name + " has no such classes");
  std::vector<std::uint64_t> counts(classes);
  for (std::uint64_t r = 0; r < target.rows; ++r) {
    const auto* y = static_cast<const float*>(target.row(r));
    ++counts[width == 1 ? (y[0] > 0.5F ? 1 : 0) : static_cast<std::size_t>(std::max_element(y, y + width) - y)];
  }
  return counts;
}

}  // namespace

std::vector<double> balanced_class_weights(const Table& target, std::uint32_t classes) {
  const std::vector<std::uint64_t> counts = target.dtype == INGOT_I32 ? class_counts(target, classes) : float_counts(target, classes);
  std::vector<double> weights;
  for (const std::uint64_t count : counts)
    weights.push_back(count == 0 ? 0 : static_cast<double>(target.rows) / (static_cast<double>(classes) * static_cast<double>(count)));
  return weights;
}

}  // namespace ingot::runtime
