// When weights are chosen for pruning, and how many: a function of the updates done, so that a resumed run makes the same choices.
//
// Source: Zhu and Gupta, To prune, or not to prune (2017). Differences to TensorFlow's PolynomialDecay: the first choice is made behind
// `begin` updates themselves, and the last one behind `end` even where (end - begin) is no multiple of the frequency.
#pragma once
#include <ingot/runtime/prune/mask.hpp>
#include <ingot/runtime/train/rate_schedule.hpp>

#include <optional>

namespace ingot::runtime {

/// A length of training.
struct TrainingLength {
  double n = 0;
  bool epochs = false;  ///< else updates
};

/// Which weights training forces to zero, and when.
struct PruneOptions {
  PrunePattern pattern;
  bool gradual = false;                   ///< the share grows from `first` to `last`; else it is `last` from the beginning on
  double first = 0, last = 0, power = 3;  ///< last + (first - last) (1 - progress)^power
  TrainingLength begin{}, end{};          ///< end of 0 updates: that of the run
  TrainingLength frequency{100, false};   ///< between two choices
};
/// What the recipe declares at this point, if it declares it.
[[nodiscard]] std::optional<PruneOptions> declared_pruning(const Point& point);

class SparsitySchedule {
 public:
  /// Throws UserError when pruning would end before it begins.
  SparsitySchedule(const PruneOptions& options, const RunLength& run);

  /// The share of zeros, when weights are to be chosen behind this many updates.
  [[nodiscard]] std::optional<double> due(std::uint64_t updates) const;
  /// Whether the last choice has been made behind this many updates.
  [[nodiscard]] bool complete(std::uint64_t updates) const { return updates >= last_; }
  /// Whether the choices depend on the number of epochs.
  [[nodiscard]] bool spans_run() const noexcept { return spans_run_; }

 private:
  PruneOptions options_;
  std::uint64_t begin_ = 0, end_ = 0, frequency_ = 1;
  std::uint64_t last_ = 0;  ///< of the last choice
  bool spans_run_ = false;
};

}  // namespace ingot::runtime
