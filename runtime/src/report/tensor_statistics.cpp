#include "report/tensor_statistics.hpp"

#include <algorithm>
#include <cmath>

namespace ingot::runtime {
namespace {

/// Sums around `shift`: squares of the values themselves would cancel where the mean is large and the deviation small.
template <class T>
TensorStatistics measure(std::span<const T> values) {
  TensorStatistics s;
  if (values.empty()) return s;
  const double shift = values.front(), count = static_cast<double>(values.size());
  double sum = 0, squares = 0, own_squares = 0;
  std::uint64_t zeros = 0;
  T low = values.front(), high = values.front();
  for (const T value : values) {
    const double v = value, d = v - shift;
    sum += d;
    squares += d * d;
    own_squares += v * v;
    zeros += value == 0 ? 1 : 0;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  const double offset = sum / count;
  s.mean = shift + offset;
  s.deviation = std::sqrt(std::max(0.0, squares / count - offset * offset));
  s.minimum = low;
  s.maximum = high;
  s.zeros = static_cast<double>(zeros) / count;
  s.norm = std::sqrt(own_squares);
  return s;
}

}  // namespace

TensorStatistics tensor_statistics(std::span<const float> values) { return measure(values); }
TensorStatistics tensor_statistics(std::span<const double> values) { return measure(values); }

}  // namespace ingot::runtime
