// Early stopping with the fields and the order of decisions of Keras's callback, as a plain object usable in any loop.
//
// At each epoch end (0-based epoch): below start_from_epoch nothing is recorded; then wait grows by one; an improvement on the
// best value becomes the best, and sets wait to 0 only if it also improves on the baseline; else training stops when wait >=
// patience and epoch > 0. "Improves" is strict and by more than min_delta. One difference: a NaN is worse than every number,
// so a first NaN does not become an unbeatable best.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ingot::runtime {

class Point;

struct EarlyStoppingOptions {
  std::string monitor = "val_loss";
  double min_delta = 0;  ///< its absolute value counts
  std::uint32_t patience = 0;
  bool maximize = false;
  std::optional<double> baseline;
  bool restore_best = false;
  std::uint32_t start_from_epoch = 0;
};

/// Keras's mode "auto": whether more of `metric` is better ("accuracy", "val_f1": yes; "loss", "mae": no).
[[nodiscard]] bool more_is_better(std::string_view metric);
/// "loss", "accuracy", "val_auc", ... for an ingot_metric.
[[nodiscard]] std::string_view metric_name(std::uint32_t metric);
/// What the recipe declares at this point, if it declares early stopping.
[[nodiscard]] std::optional<EarlyStoppingOptions> declared_stopping(const Point& point);

class EarlyStopping {
 public:
  explicit EarlyStopping(EarlyStoppingOptions options) : options_(std::move(options)) {}

  struct Decision {
    bool save_best = false;  ///< restore_best: the current weights are the ones to keep
    bool stop = false;
  };
  /// The monitored value after `epoch`.
  Decision observe(std::uint32_t epoch, double value);

  /// Everything that a checkpoint must carry.
  struct State {
    std::uint32_t wait = 0, best_epoch = 0;
    std::optional<double> best;
    bool saved = false;  ///< weights were handed out to be kept
    std::optional<std::uint32_t> stopped_epoch;
  };
  [[nodiscard]] const State& state() const noexcept { return state_; }
  void set_state(const State& state) { state_ = state; }
  [[nodiscard]] const EarlyStoppingOptions& options() const noexcept { return options_; }

 private:
  [[nodiscard]] bool improved(double value, double reference) const;

  EarlyStoppingOptions options_;
  State state_;
};

}  // namespace ingot::runtime
