// Writes a training for TensorBoard: FOLDER/train and FOLDER/validation with the tags of Keras's callback (epoch_loss, epoch_accuracy, ...,
// epoch_learning_rate), and a histogram of every tensor of weights. Steps are epochs, from 1.
//
// A resumed run appends behind the epochs that its checkpoint has; a run from the beginning replaces the files of an earlier one. Files of
// other programs in these folders are left alone.
#pragma once
#include "report/event_file.hpp"

#include <ingot/runtime/train/trainer.hpp>

namespace ingot::runtime {

class TensorBoardWriter : public TrainListener {
 public:
  /// `instance` must outlive it.
  TensorBoardWriter(const Instance& instance, std::filesystem::path folder) : instance_(&instance), folder_(std::move(folder)) {}

  /// Opens the files. Throws MachineError.
  void on_train_begin(const TrainOptions& options, std::uint32_t first_epoch, std::uint32_t batches) override;
  bool on_epoch_end(const EpochReport& report) override;

 private:
  [[nodiscard]] EventFile open(const char* part, std::uint32_t first_epoch) const;

  const Instance* instance_;
  std::filesystem::path folder_;
  EventFile train_, validation_;
};

}  // namespace ingot::runtime
