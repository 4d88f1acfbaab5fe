#include "report/tensorboard.hpp"

#include "report/event_record.hpp"

#include <ingot/runtime/data/error.hpp>

#include <algorithm>
#include <chrono>

namespace ingot::runtime {
namespace {

// TensorBoard reads every file with "tfevents" in its name. Always the same one: a resumed run finds it again.
constexpr const char* file_name = "events.out.tfevents.ingot";

double now() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

/// "hidden.kernel" -> "hidden/kernel": a group for each layer.
std::string tag_of(std::string name) {
  std::ranges::replace(name, '.', '/');
  return name;
}

}  // namespace

EventFile TensorBoardWriter::open(const char* part, std::uint32_t first_epoch) const {
  const std::filesystem::path folder = folder_ / part;
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw machine_error("make the folder", folder.string(), error.value());
  EventFile file(folder / file_name, [&](std::string_view record) {
    const auto step = event_step(record);
    return first_epoch > 0 && step && *step <= first_epoch;
  });
  if (file.fresh()) file.append(EventRecord::file_version(now()));
  return file;
}

void TensorBoardWriter::on_train_begin(const TrainOptions&, std::uint32_t first_epoch, std::uint32_t) {
  train_ = open("train", first_epoch);
  validation_ = open("validation", first_epoch);
}

bool TensorBoardWriter::on_epoch_end(const EpochReport& report) {
  const std::int64_t step = std::int64_t{report.epoch} + 1;
  EventRecord train(now(), step), validation(now(), step);
  bool validated = false;
  for (const auto& [name, value] : report.values) {
    const bool val = name.starts_with("val_");
    validated = validated || val;
    (val ? validation : train).add_scalar("epoch_" + (val ? name.substr(4) : name), static_cast<float>(value));
  }
  std::vector<float> values;
  for (std::uint32_t i = 0; i < instance_->states().size(); ++i) {
    const ingot_state& state = instance_->states()[i];
    if ((state.role != INGOT_PARAMETER && state.role != INGOT_FROZEN) || state.tensor.dtype != INGOT_F32) continue;
    values.resize(state.tensor.elements);
    instance_->get(i, values.data());
    train.add_histogram(tag_of(state.tensor.name), event_histogram(values));
  }
  train_.append(train.bytes());
  if (validated) validation_.append(validation.bytes());
  return true;
}

}  // namespace ingot::runtime
