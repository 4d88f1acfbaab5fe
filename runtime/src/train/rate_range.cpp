#include <ingot/runtime/train/rate_range.hpp>

#include "class_balance.hpp"
#include "standardize.hpp"

#include <fmt/format.h>
#include <ingot/runtime/augment/training_transform.hpp>
#include <ingot/runtime/data/batch_source.hpp>
#include <ingot/runtime/data/error.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace ingot::runtime {
namespace {

constexpr double smoothing = 0.98;

void check(const Dataset& data, const RateRangeOptions& o) {
  if (data.rows() == 0) throw UserError("there are no rows to train on");
  if (!(o.low > 0 && o.low < o.high && std::isfinite(o.high)))
    throw UserError(fmt::format("the range of learning rates {:g}:{:g} must begin above 0 and grow", o.low, o.high));
  if (o.updates < 2) throw UserError("a range test takes 2 updates or more");
}

BatchOptions batch_options(const RateRangeOptions& o, const Instance& instance, const Dataset& data) {
  BatchOptions batches;
  batches.transform = training_transform(instance.point(), data, o.seed, instance.device().threads());
  batches.batch = o.batch;
  batches.seed = o.seed;
  batches.shuffle = o.shuffle;
  return batches;
}

/// Steps through the data, one update at a time.
class Updates {
 public:
  Updates(Instance& instance, const Dataset& data, const RateRangeOptions& options)
      : instance_(instance),
        options_(options),
        source_(data, batch_options(options, instance, data)),
        calls_(calls_per_update(instance.point())) {
    source_.start(0);
  }

  /// The mean loss of the batches of one update at this rate.
  double run(double rate) {
    double sum = 0;
    for (std::uint32_t k = 0; k < calls_; ++k) {
      const Batch* batch = source_.next();
      if (batch == nullptr) {
        source_.start(++epoch_);
        batch = source_.next();
      }
      const Feed feed{batch->inputs, batch->input_dtypes, batch->targets, batch->index, batch->rows};
      sum += instance_.run(INGOT_TRAIN, feed, {++step_, options_.seed, rate})[0];
    }
    return sum / calls_;
  }

 private:
  Instance& instance_;
  const RateRangeOptions& options_;
  BatchSource source_;
  std::uint32_t calls_;
  std::uint64_t epoch_ = 0, step_ = 0;
};

}  // namespace

std::optional<double> steepest_rate(const std::vector<RateRangePoint>& points) {
  const auto lower = [](const RateRangePoint& a, const RateRangePoint& b) { return a.smoothed < b.smoothed; };
  const auto lowest = static_cast<std::size_t>(std::min_element(points.begin(), points.end(), lower) - points.begin());
  // The mean of the first few losses is mostly noise, and so is the difference of two neighbours.
  const std::size_t skipped = points.size() / 10, span = std::max<std::size_t>(1, points.size() / 20);
  std::optional<double> best;
  double steepest = 0;
  for (std::size_t i = skipped + span; i < points.size() && i <= lowest; ++i) {
    const RateRangePoint& before = points[i - span];
    const double slope = (points[i].smoothed - before.smoothed) / std::log(points[i].rate / before.rate);
    if (slope >= steepest) continue;
    steepest = slope;
    best = points[i].rate;
  }
  return best;
}

RateRange rate_range_test(Instance& instance, const Dataset& data, const RateRangeOptions& options) {
  check(data, options);
  instance.initialize(options.seed);
  standardize_inputs(instance, data);
  balance_classes(instance, data);
  Updates updates(instance, data, options);
  RateRange range;
  double mean = 0, lowest = std::numeric_limits<double>::infinity();
  for (std::uint32_t i = 0; i < options.updates; ++i) {
    if (options.stop != nullptr && options.stop->load(std::memory_order_relaxed)) break;
    const double rate = options.low * std::pow(options.high / options.low, i / (options.updates - 1.0)), loss = updates.run(rate);
    mean = smoothing * mean + (1 - smoothing) * loss;
    const double smoothed = mean / (1 - std::pow(smoothing, i + 1.0));
    range.diverged = !std::isfinite(loss) || smoothed > options.divergence * lowest;
    if (std::isfinite(loss)) range.points.push_back({rate, loss, smoothed});
    if (range.diverged) break;
    lowest = std::min(lowest, smoothed);
  }
  range.steepest = steepest_rate(range.points);
  return range;
}

}  // namespace ingot::runtime
