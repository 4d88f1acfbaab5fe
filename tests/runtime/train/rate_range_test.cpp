// The learning-rate range test on the fake model, and what is read from given curves.
#include <ingot/runtime/train/rate_range.hpp>

#include "runtime/support/fake_data.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/error.hpp>

#include <cmath>

using namespace ingot::runtime;
using Catch::Matchers::Contains;

namespace {

RateRange test(const RateRangeOptions& options, const ingot_model& model = fake::model(), std::uint32_t rows = 77) {
  CpuDevice device(1);
  Program program;
  program.abi = fake::program(4, fake::tanh_act, options.batch, INGOT_F32);
  Instance instance(Point(model), program, device);
  return rate_range_test(instance, rows > 0 ? fake::dataset(rows, 1) : Dataset{}, options);
}

RateRangeOptions options_of(double low, double high, std::uint32_t updates = 100) {
  RateRangeOptions o;
  o.low = low;
  o.high = high;
  o.updates = updates;
  o.batch = 8;
  return o;
}

}  // namespace

TEST_CASE("rates grow geometrically from the lowest to the highest", "[rate_range]") {
  const RateRange range = test(options_of(1e-5, 1e-1, 41));
  REQUIRE(range.points.size() == 41);
  CHECK_FALSE(range.diverged);
  CHECK(range.points[0].rate == Approx(1e-5));
  CHECK(range.points[10].rate == Approx(1e-4));
  CHECK(range.points[40].rate == Approx(1e-1));
  CHECK(range.points[0].smoothed == Approx(range.points[0].loss));
  const double second = (0.98 * range.points[0].loss + range.points[1].loss) / 1.98;
  CHECK(range.points[1].smoothed == Approx(second));
}

TEST_CASE("the loss falls fastest where the model learns", "[rate_range]") {
  RateRangeOptions options = options_of(1e-6, 10);
  options.batch = 32;
  const RateRange range = test(options, fake::model(), 320);
  REQUIRE(range.steepest);
  INFO(*range.steepest);
  CHECK((*range.steepest > 1e-3 && *range.steepest < 1));
}

TEST_CASE("the test is repeatable and starts from fresh weights", "[rate_range]") {
  const RateRange a = test(options_of(1e-4, 1)), b = test(options_of(1e-4, 1));
  REQUIRE(a.points.size() == b.points.size());
  for (std::size_t i = 0; i < a.points.size(); ++i) CHECK(a.points[i].loss == b.points[i].loss);
}

TEST_CASE("a loss that diverges ends the test", "[rate_range]") {
  const RateRange range = test(options_of(1e-3, 1e6));
  CHECK(range.diverged);
  CHECK(range.points.size() < 100);
  CHECK(range.points.back().rate < 1e6);
}

TEST_CASE("accumulated gradients take several batches per rate", "[rate_range]") {
  ingot_model model = fake::model();
  model.recipe.accumulation = {3, -1, 0};
  const RateRange one = test(options_of(1e-6, 1e-5, 20)), three = test(options_of(1e-6, 1e-5, 20), model);
  CHECK(three.points.size() == 20);
  CHECK(three.points[1].loss != one.points[1].loss);
}

TEST_CASE("the steepest fall lies before the minimum", "[rate_range]") {
  const auto curve = [](const std::vector<double>& smoothed) {
    std::vector<RateRangePoint> points;
    for (std::size_t i = 0; i < smoothed.size(); ++i) points.push_back({std::pow(10.0, static_cast<double>(i)), 0, smoothed[i]});
    return points;
  };
  CHECK(steepest_rate(curve({5, 4.9, 3, 2.5, 2.4, 9, 1000, 10})) == 100);
  CHECK_FALSE(steepest_rate(curve({1, 2, 3})));
  CHECK_FALSE(steepest_rate(curve({1})));
  CHECK_FALSE(steepest_rate({}));
}

TEST_CASE("wrong ranges and empty data are refused", "[rate_range]") {
  CHECK_THROWS_WITH(test(options_of(0, 1)), Contains("must begin above 0"));
  CHECK_THROWS_WITH(test(options_of(1, 1)), Contains("1:1"));
  CHECK_THROWS_WITH(test(options_of(1e-3, 1, 1)), Contains("2 updates"));
  CHECK_THROWS_WITH(test(options_of(1e-3, 1), fake::model(), 0), Contains("no rows"));
}
