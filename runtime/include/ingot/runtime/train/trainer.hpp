// The training loop: epochs of batches exactly as Keras's fit, with early stopping, NaN guard, checkpoints and resume.
//
// * The last, partial batch of an epoch trains too. Reported training figures are means over the epoch weighted by rows (with
//   weights that move); validation is a pass of its own at the epoch's end.
// * NaN guard: when the loss of a step, or a weight at an epoch's end, is not finite, the weights go back to the end of the last
//   finite epoch and the run ends with status `not_finite` and a reason. A non-finite val_loss alone is left to early stopping.
// * Where the recipe scales the loss (f16), an update whose gradients overflow is skipped and counted: the rate, the optimizer's number of
//   updates and the average of the weights do not move. A loss that is not finite in such a step is left out of the epoch's means. The run
//   ends when 64 updates in a row are skipped.
// * A checkpoint is written at every epoch's end, and at the next batch's end after `stop` was raised (Ctrl-C).
// * Order of rows, dropout and initial weights depend on the seed and the position only: a resumed run equals an uninterrupted one
//   bit for bit, whatever the number of threads.
// * Where it says gradcheck_every(n), the gradient is checked behind every n-th update, on its rows and at its weights; one that is wrong
// ends
//   the run with status `wrong_gradient`. The run's numbers do not change by it.
// * Where the recipe accumulates gradients, a step is one batch, and every k-th step ends with an update of the weights.
// * Where it keeps an average of the weights, that takes their place at the end (and is what is written and evaluated then).
// * Where weights are pruned, they are chosen before the first step or behind an update; from the last choice on early stopping watches.
// * A step in the steady state allocates nothing.
#pragma once
#include <ingot/runtime/model/instance.hpp>
#include <ingot/runtime/prune/sparsity_schedule.hpp>
#include <ingot/runtime/train/checkpoint.hpp>
#include <ingot/runtime/train/early_stopping.hpp>
#include <ingot/runtime/train/gradcheck.hpp>
#include <ingot/runtime/train/loops.hpp>
#include <ingot/runtime/train/stop_rules.hpp>

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace ingot::runtime {

/// What a training run reads. Without validation rows there are no val_ figures.
struct TrainData {
  Dataset train, validation;
};

struct TrainOptions {
  std::uint32_t epochs = 1;
  std::uint32_t batch = 32;
  std::uint64_t seed = 0;
  bool shuffle = true;  ///< false: batches follow the order of the data
  std::optional<EarlyStoppingOptions> stopping{};
  std::vector<StopRule> stop_rules{};       ///< stopping rules beside it
  std::optional<PruneOptions> prune{};      ///< weights that are forced to zero; the program has their masks
  ProgramVariant variant{};                 ///< of the program that trains
  std::filesystem::path out{};              ///< gets model.safetensors, history.csv, checkpoint/; "": nothing is written
  std::uint32_t gradcheck_every = 0;        ///< updates between checks of the gradient; 0: none
  bool background = true;                   ///< a thread prepares the next batches while a step runs
  bool checkpoints = true;                  ///< with `out`: write and keep checkpoint/
  bool resume = false;                      ///< continue from out/checkpoint when there is one; error when there is none
  bool resume_if_present = false;           ///< continue when there is one, else start
  bool allow_other_plan = false;            ///< resume although plan or target differ (the bits will, too)
  std::filesystem::path init{};             ///< safetensors with initial weights
  std::filesystem::path log_steps{};        ///< receives "step,loss" lines, 9 digits
  KernelProfile* profile = nullptr;         ///< records every step, with a program compiled for that; must outlive the run
  const std::atomic<bool>* stop = nullptr;  ///< raised: end at the next batch's end with a checkpoint
};
/// Epochs, batch, early stopping, stopping rules and pruning as the recipe declares them at this point (1 epoch and batch 32 where it says
/// nothing).
[[nodiscard]] TrainOptions declared_options(const Point& point);

enum class TrainStatus { finished, stopped_early, not_finite, interrupted, stopped_by_listener, wrong_gradient };
[[nodiscard]] std::string_view status_name(TrainStatus status);

struct BatchReport {
  std::uint32_t epoch = 0, epochs = 0;   ///< 0-based, of
  std::uint32_t batch = 0, batches = 0;  ///< 0-based, of
  std::uint64_t step = 0;                ///< number of this step, from 1
  std::uint32_t rows = 0;                ///< in this batch
  std::uint64_t epoch_rows = 0;          ///< trained so far in this epoch
  std::span<const double> metrics;       ///< of this batch, as entry.metrics
  const RunningMeans* means = nullptr;   ///< over the epoch so far
  double epoch_seconds = 0;              ///< since this epoch (or its resumption) began
};

struct EpochReport {
  std::uint32_t epoch = 0, epochs = 0;  ///< 0-based, of
  std::uint64_t step = 0;
  NamedValues values;  ///< "loss", "accuracy", "val_loss", "val_accuracy"
  double seconds = 0;  ///< training part of the epoch, validation apart
  double validation_seconds = 0;
  double samples_per_s = 0;
  bool best = false;  ///< early stopping, or one of Prechelt's rules, took it as the best so far
};

struct TrainResult {
  TrainStatus status = TrainStatus::finished;
  std::string reason;        ///< one sentence; empty when simply finished
  std::uint32_t epochs = 0;  ///< complete, resumed ones included
  std::uint64_t steps = 0;
  std::optional<std::uint32_t> best_epoch;  ///< 0-based; with early stopping or one of Prechelt's rules
  bool restored_best = false;
  NamedValues last;                  ///< figures of the last complete epoch
  std::vector<NamedValues> history;  ///< of every complete epoch
  double seconds = 0;                ///< of training steps, in all; validation apart
  double samples_per_s = 0;          ///< of this process
  std::vector<std::string> notes;    ///< one sentence each: what was asked for and could not be, e.g. early stopping
};

/// Told what happens, on the training thread. `on_batch_end` should not allocate.
class TrainListener {
 public:
  virtual ~TrainListener() = default;
  virtual void on_train_begin(const TrainOptions&, std::uint32_t /*first_epoch*/, std::uint32_t /*batches_per_epoch*/) {}
  virtual void on_batch_end(const BatchReport&) {}
  /// false: stop here (status stopped_by_listener).
  virtual bool on_epoch_end(const EpochReport&) { return true; }
  /// Behind step `step`, from 1.
  virtual void on_gradient_check(std::uint64_t /*step*/, const GradcheckResult&) {}
  virtual void on_train_end(const TrainResult&) {}
};

class Trainer {
 public:
  /// Gets the program for `point` and options.batch from `source`. Throws UserError.
  Trainer(ProgramSource& source, const Point& point, Device& device, TrainOptions options);
  ~Trainer();

  /// The whole run. Throws UserError on bad options, data or files; the device's and machine's failures as they come.
  TrainResult run(const TrainData& data, TrainListener* listener = nullptr);

  /// The trained model (or the initialised one before `run`).
  [[nodiscard]] Instance& instance();
  [[nodiscard]] const TrainOptions& options() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ingot::runtime
