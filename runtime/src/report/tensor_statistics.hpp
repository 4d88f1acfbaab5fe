// What the elements of a tensor are like, in a few numbers: for reports of training and for histograms.
#pragma once
#include <cstdint>
#include <optional>
#include <span>

namespace ingot::runtime {

struct TensorStatistics {
  double mean = 0, deviation = 0;   ///< deviation: of the population, sqrt(mean (x - mean)^2)
  double minimum = 0, maximum = 0;  ///< without elements: 0
  double zeros = 0;                 ///< share of elements that are exactly zero
  double norm = 0;                  ///< sqrt(sum x^2)
  std::optional<double> gradient_norm{};
};

/// One pass, in double; an element that is not finite makes mean, deviation and norm so.
[[nodiscard]] TensorStatistics tensor_statistics(std::span<const float> values);
[[nodiscard]] TensorStatistics tensor_statistics(std::span<const double> values);

}  // namespace ingot::runtime
