// The learning-rate range test: a short training whose rate grows geometrically from update to update, and the loss it comes to.
//
// Source: L. N. Smith, "Cyclical Learning Rates for Training Neural Networks" (2017); numbers as fastai's lr_find has them: 100 updates
// from 1e-7 to 10, the loss smoothed by a moving mean of 0.98 without its bias, an end when that is more than 4 times its minimum.
#pragma once
#include <ingot/runtime/data/dataset.hpp>
#include <ingot/runtime/model/instance.hpp>

#include <atomic>
#include <optional>
#include <vector>

namespace ingot::runtime {

struct RateRangeOptions {
  double low = 1e-7, high = 10;
  std::uint32_t updates = 100;
  std::uint32_t batch = 32;
  std::uint64_t seed = 0;
  bool shuffle = true;
  double divergence = 4;                    ///< the test ends when the smoothed loss is more than this many times its minimum
  const std::atomic<bool>* stop = nullptr;  ///< raised: end before the next update
};

struct RateRangePoint {
  double rate = 0, loss = 0, smoothed = 0;
};
struct RateRange {
  std::vector<RateRangePoint> points;  ///< with finite losses only
  bool diverged = false;               ///< ended before the highest rate
  std::optional<double> steepest;      ///< the rate where the smoothed loss falls fastest; none: it never falls
};

/// Trains `instance` from fresh weights on the batches of `data`, epoch after epoch as needed. Throws UserError: no rows, low not above 0
/// and below high, fewer than 2 updates.
[[nodiscard]] RateRange rate_range_test(Instance& instance, const Dataset& data, const RateRangeOptions& options = {});

/// What `points` say: the rate of the steepest fall per factor of the rate, before the minimum of the smoothed loss and
/// behind the first tenth; slopes are taken over a twentieth of the points.
[[nodiscard]] std::optional<double> steepest_rate(const std::vector<RateRangePoint>& points);

}  // namespace ingot::runtime
