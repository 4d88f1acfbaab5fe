// The numbers of a tensor against their definitions.
#include "report/tensor_statistics.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <vector>

using namespace ingot::runtime;

TEST_CASE("mean, deviation, extremes, zeros and norm of a few numbers", "[tensor_statistics]") {
  const std::vector<float> values = {3, 0, -1, 2, 0};
  const TensorStatistics s = tensor_statistics(values);
  CHECK(s.mean == Approx(0.8));
  CHECK(s.deviation == Approx(std::sqrt((2.2 * 2.2 + 2 * 0.8 * 0.8 + 1.8 * 1.8 + 1.2 * 1.2) / 5)));
  CHECK((s.minimum == -1 && s.maximum == 3));
  CHECK(s.zeros == Approx(0.4));
  CHECK(s.norm == Approx(std::sqrt(14.0)));
  CHECK_FALSE(s.gradient_norm);
}

TEST_CASE("a small deviation beside a large mean is not lost", "[tensor_statistics]") {
  const std::vector<double> values = {1e8 + 1, 1e8 + 2, 1e8 + 3};
  CHECK(tensor_statistics(values).deviation == Approx(std::sqrt(2.0 / 3)).epsilon(1e-9));
}

TEST_CASE("no elements are zeros, elements that are no numbers show", "[tensor_statistics]") {
  CHECK(tensor_statistics(std::span<const float>()).norm == 0);
  const std::vector<float> values = {1, std::numeric_limits<float>::quiet_NaN()};
  CHECK(std::isnan(tensor_statistics(values).mean));
  CHECK(std::isnan(tensor_statistics(values).norm));
}
