// The learning rate over a run: a function of the updates done, as the recipe declares it; and its reduction when a figure stands still.
//
// Sources: keras/src/optimizers/schedules/learning_rate_schedule.py and keras/src/callbacks/reduce_lr_on_plateau.py; one cycle:
// torch/optim/lr_scheduler.py, OneCycleLR. Computed in double from the number of the update alone, so a resumed run has the same rates.
#pragma once
#include <ingot/runtime/model/point.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace ingot::runtime {

/// What lengths given in epochs, or not at all, are counted by.
struct RunLength {
  double updates_per_epoch = 1;
  std::uint32_t epochs = 1;
};

/// "one cycle", of an ingot_schedule_kind; "unknown" for none.
[[nodiscard]] std::string_view schedule_name(std::uint32_t kind);

class RateSchedule {
 public:
  /// The schedule of the model's recipe at `point`. Throws UserError: boundaries that do not grow, a warm-up without a rest.
  RateSchedule(const Point& point, const RunLength& run);

  /// The rate of the update behind `done` others.
  [[nodiscard]] double at(std::uint64_t done) const;
  /// The momentum of that update; none: the schedule does not move it.
  [[nodiscard]] std::optional<double> momentum_at(std::uint64_t done) const;
  /// Whether the rate depends on `done`.
  [[nodiscard]] bool varies() const;
  /// Whether it depends on the number of epochs too, so that a longer run is another one from its beginning.
  [[nodiscard]] bool spans_run() const;

 private:
  [[nodiscard]] double updates(const ingot_duration& length) const;
  [[nodiscard]] double value(const ingot_num& number) const { return point_.value(number); }
  [[nodiscard]] double behind_warmup(double done) const;
  [[nodiscard]] double piecewise(double done) const;
  [[nodiscard]] double polynomial(double done) const;
  [[nodiscard]] double cosine_restarts(double done) const;
  [[nodiscard]] double one_cycle(double done, double first, double turn, double last) const;

  Point point_;
  ingot_schedule schedule_;
  RunLength run_;
  double rate_ = 0, warmup_ = 0, length_ = 0;  // lengths in updates; length_: behind the warm-up
};

/// Keras's ReduceLROnPlateau at a point.
struct PlateauOptions {
  std::string monitor = "val_loss";
  bool maximize = false;
  double factor = 0.1;
  std::uint32_t patience = 10, cooldown = 0;
  double min_delta = 1e-4, min_rate = 0;
};
/// What the recipe declares at this point, if it declares it.
[[nodiscard]] std::optional<PlateauOptions> declared_plateau(const Point& point);

/// Lowers a rate by `factor` when the monitored figure has not improved by more than min_delta for `patience` epochs, then waits for
/// `cooldown` epochs. A NaN never improves.
class PlateauRate {
 public:
  PlateauRate(PlateauOptions options, double rate);

  /// The figure after an epoch. True: the rate was lowered.
  bool observe(double value);
  [[nodiscard]] double rate() const noexcept { return state_.rate; }

  /// Everything that a checkpoint must carry.
  struct State {
    double rate = 0;
    std::uint32_t wait = 0, cooldown = 0;
    std::optional<double> best;
  };
  [[nodiscard]] const State& state() const noexcept { return state_; }
  void set_state(const State& state) { state_ = state; }
  [[nodiscard]] const PlateauOptions& options() const noexcept { return options_; }

 private:
  [[nodiscard]] bool improved(double value) const;

  PlateauOptions options_;
  State state_;
};

}  // namespace ingot::runtime
