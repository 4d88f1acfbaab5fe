// Several listeners of one training run, told in their order.
#pragma once
#include <ingot/runtime/train/trainer.hpp>

#include <vector>

namespace ingot::runtime::cli {

class Listeners : public TrainListener {
 public:
  /// They must outlive it.
  explicit Listeners(std::vector<TrainListener*> all) : all_(std::move(all)) {}
  void add(TrainListener& listener) { all_.push_back(&listener); }

  void on_train_begin(const TrainOptions& options, std::uint32_t first_epoch, std::uint32_t batches) override;
  void on_batch_end(const BatchReport& report) override;
  /// All are told; false when one of them says so.
  bool on_epoch_end(const EpochReport& report) override;
  void on_gradient_check(std::uint64_t step, const GradcheckResult& result) override;
  void on_train_end(const TrainResult& result) override;

 private:
  std::vector<TrainListener*> all_;
};

}  // namespace ingot::runtime::cli
