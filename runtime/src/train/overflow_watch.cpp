#include "overflow_watch.hpp"

namespace ingot::runtime {

OverflowWatch::OverflowWatch(const Instance& instance)
    : skipped_metric_(instance.find_metric(INGOT_TRAIN, INGOT_SKIPPED_UPDATES)),
      scale_metric_(instance.find_metric(INGOT_TRAIN, INGOT_LOSS_SCALE)) {}

void OverflowWatch::observe(std::span<const double> metrics, bool updates) {
  if (!on()) return;
  const double before = skipped_;
  skipped_ = metrics[*skipped_metric_];
  scale_ = metrics[*scale_metric_];
  if (updates) in_a_row_ = skipped_ > before ? in_a_row_ + 1 : 0;
}

std::optional<double> OverflowWatch::last(std::uint32_t m) const {
  if (m == skipped_metric_) return skipped_;
  if (m == scale_metric_) return scale_;
  return std::nullopt;
}

}  // namespace ingot::runtime
