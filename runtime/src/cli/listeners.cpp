#include "cli/listeners.hpp"

namespace ingot::runtime::cli {

void Listeners::on_train_begin(const TrainOptions& options, std::uint32_t first_epoch, std::uint32_t batches) {
  for (TrainListener* listener : all_) listener->on_train_begin(options, first_epoch, batches);
}

void Listeners::on_batch_end(const BatchReport& report) {
  for (TrainListener* listener : all_) listener->on_batch_end(report);
}

bool Listeners::on_epoch_end(const EpochReport& report) {
  bool go_on = true;
  for (TrainListener* listener : all_) go_on = listener->on_epoch_end(report) && go_on;
  return go_on;
}

void Listeners::on_train_end(const TrainResult& result) {
  for (TrainListener* listener : all_) listener->on_train_end(result);
}

}  // namespace ingot::runtime::cli
