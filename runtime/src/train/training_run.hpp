// One run of the training loop: where it stands, and the steps from one position to the next. Trainer is its public face.
#pragma once
#include "gradient_watch.hpp"
#include "overflow_watch.hpp"
#include "step_log.hpp"
#include "weight_average.hpp"

#include <ingot/runtime/data/batch_source.hpp>
#include <ingot/runtime/prune/pruner.hpp>
#include <ingot/runtime/train/rate_schedule.hpp>
#include <ingot/runtime/train/trainer.hpp>

#include <chrono>

namespace ingot::runtime {

class TrainingRun {
 public:
  TrainingRun(ProgramSource& source, Instance& instance, const TrainOptions& options, const TrainData& data, TrainListener& listener);
  TrainResult run();

 private:
  enum class EpochEnd { complete, interrupted, out_of_time, not_finite, wrong_gradient };

  // training_run.cpp
  void start();
  void initialize();
  void prepare_early_stopping();
  void prepare_plateau();
  void prepare_stop_rules();
  void prepare_pruning();
  void choose_pruned();  ///< behind an update, or before the first
  /// Best weights are taken when the last choice is made, since weights from before it would lose more.
  [[nodiscard]] bool still_prunes() const { return pruning_ && !pruning_->schedule.complete(step_ / calls_per_update_); }
  EpochEnd train_epoch();
  EpochEnd train_batches(EpochReport& report);
  [[nodiscard]] bool is_finite();  ///< else the run is rolled back
  void start_batch(const Batch& batch);
  bool finish_batch(std::chrono::steady_clock::time_point begin);
  bool gradient_is_right(const Batch& batch);
  bool finish_epoch(EpochReport& report);
  void observe_best(EpochReport& report);
  void observe_plateau(const EpochReport& report);
  void observe_stop_rules(EpochReport& report);
  /// The best weights are those of the lowest val_loss, for one of Prechelt's rules.
  [[nodiscard]] bool keeps_lowest_loss() const {
    return wants_best_weights(options_->stop_rules) && !(stopping_ && stopping_->options().restore_best);
  }
  /// Why a run that is complete so far had already ended; empty: it goes on.
  [[nodiscard]] std::string ended_before() const;
  /// Why a rule of stop_when with a time budget holds within the epoch whose steps began at `begin`.
  [[nodiscard]] std::optional<std::string> out_of_time(std::chrono::steady_clock::time_point begin) const;
  [[nodiscard]] std::string position() const;  ///< "after epoch 2", "in epoch 3 after 7 of 10 batches"
  void roll_back(std::string reason);
  void end(TrainStatus status, std::string reason = {});
  void write_outputs() const;
  [[nodiscard]] bool stop_raised() const { return options_->stop != nullptr && options_->stop->load(std::memory_order_relaxed); }
  /// Updates done behind `calls` calls of train.
  [[nodiscard]] std::uint64_t updates_of(std::uint64_t calls) const { return calls / calls_per_update_ - instance_->skipped_updates(); }
  /// Of the call of train behind `calls` others.
  [[nodiscard]] double rate_at(std::uint64_t calls) const { return plateau_ ? plateau_->rate() : schedule_.at(updates_of(calls)); }
  [[nodiscard]] std::uint32_t batches_per_epoch() const { return static_cast<std::uint32_t>(source_.batches_per_epoch()); }

  // resume.cpp
  [[nodiscard]] Checkpoint capture() const;
  void save_checkpoint();
  void restore(const Checkpoint& checkpoint);
  void add_history(const NamedValues& epoch);
  void check_same_run(const Checkpoint& checkpoint) const;
  [[nodiscard]] std::vector<NamedBlock> weight_blocks(bool slots_too) const;
  void set_blocks(const std::vector<NamedBlock>& blocks, bool slots_too);

  Instance* instance_;
  const TrainOptions* options_;
  const TrainData* data_;
  TrainListener* listener_;
  BatchSource source_;
  RunningMeans means_;
  std::uint32_t calls_per_update_;
  RateSchedule schedule_;
  WeightAverage average_;
  GradientWatch watch_;
  struct Pruning {
    SparsitySchedule schedule;
    Pruner pruner;
  };
  std::optional<Pruning> pruning_;
  OverflowWatch overflow_;
  std::optional<PlateauRate> plateau_;
  std::optional<EarlyStopping> stopping_;
  StepLog log_;

  std::shared_ptr<void> kept_train_, kept_validation_;  // copies on the device
  double time_budget_;                                  // seconds before which no rule is asked within an epoch
  std::uint32_t epoch_ = 0, batches_done_ = 0;          // complete epochs; batches of the running one
  std::uint64_t step_ = 0;                              // calls of train done
  std::uint32_t under_way_ = 0, most_under_way_ = 0;    // calls of train that are started but not done; when the next one starts
  double seconds_ = 0;                                  // of training in all
  double validation_seconds_ = 0;                       // of validation in all
  double session_seconds_ = 0;                          // of training in this process
  std::uint64_t session_rows_ = 0;
  std::vector<NamedValues> history_;
  std::vector<NamedBlock> best_;
  std::vector<std::byte> finite_;  // state block at the end of the last finite epoch
  TrainResult result_;
};

}  // namespace ingot::runtime
