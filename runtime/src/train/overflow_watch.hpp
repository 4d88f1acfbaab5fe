// Updates that a program with loss scaling (recipes in f16) skips because gradients overflowed: counted, reported, and the end of a run
// where they never stop.
#pragma once
#include <ingot/runtime/model/instance.hpp>

#include <cmath>

namespace ingot::runtime {

class OverflowWatch {
 public:
  /// From 2^15 the scale is down to 1 after 15 skips: whatever overflows beyond this many in a row does not come from the scale.
  static constexpr std::uint32_t most_in_a_row = 64;

  explicit OverflowWatch(const Instance& instance);
  [[nodiscard]] bool on() const noexcept { return skipped_metric_.has_value(); }

  /// Where the run begins, or goes on.
  void start(const Instance& instance) { skipped_ = static_cast<double>(instance.skipped_updates()); }
  /// The metrics of a call of train. `updates`: whether it ended with an update, or a skipped one.
  void observe(std::span<const double> metrics, bool updates);
  [[nodiscard]] bool endless() const noexcept { return in_a_row_ >= most_in_a_row; }
  /// The loss was not finite and no skip explains it. Where gradients are gathered that is only known when the update is due.
  [[nodiscard]] bool unexplained(double loss, bool updates) const { return !std::isfinite(loss) && !(on() && (!updates || in_a_row_ > 0)); }

  /// What a report shows of metric m: the number or scale of the last call, not a mean. nullopt: m is another metric.
  [[nodiscard]] std::optional<double> last(std::uint32_t m) const;

 private:
  std::optional<std::uint32_t> skipped_metric_, scale_metric_;
  double skipped_ = 0, scale_ = 0;
  std::uint32_t in_a_row_ = 0;
};

}  // namespace ingot::runtime
