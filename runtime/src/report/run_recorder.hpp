// Watches one training and keeps its report up to date: report.json after every epoch, report.html at most once a second and at the end.
//
// Both are written atomically. A resumed run goes on with the epochs that the earlier one recorded; a record that is damaged or
// of another model is begun anew.
#pragma once
#include "report/gradient_norms.hpp"
#include "report/run_record.hpp"

#include <ingot/runtime/train/trainer.hpp>

#include <chrono>

namespace ingot::runtime {

class RunRecorder : public TrainListener {
 public:
  /// `instance`, `data` and `gradients` must outlive it. `gradients` may be null: no gradient norms.
  RunRecorder(Instance& instance, const TrainData& data, std::filesystem::path folder, GradientProbe* gradients = nullptr);

  void on_train_begin(const TrainOptions& options, std::uint32_t first_epoch, std::uint32_t batches) override;
  bool on_epoch_end(const EpochReport& report) override;
  void on_train_end(const TrainResult& result) override;

  /// What is known when the run is over: figures of the test part (or none), and the confusion matrices of the validation part, which
  /// are measured here.
  void finish(const NamedValues& test);

 private:
  void describe(const TrainOptions& options);
  void recall(std::uint32_t first_epoch);
  void write_page();

  Instance* instance_;
  const TrainData* data_;
  std::filesystem::path folder_;
  GradientProbe* gradients_;
  RunRecord record_;
  std::vector<std::uint32_t> states_;  ///< of the tensors of the record
  std::chrono::steady_clock::time_point page_written_{};
};

}  // namespace ingot::runtime
