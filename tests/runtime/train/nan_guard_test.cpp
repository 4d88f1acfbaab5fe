#include "runtime/support/fake_data.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/safetensors.hpp>
#include <ingot/runtime/train/trainer.hpp>

#include <cmath>
#include <limits>

using namespace ingot::runtime;
using Catch::Matchers::Contains;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

TrainOptions options_for(std::uint32_t epochs) {
  TrainOptions options;
  options.epochs = epochs;
  options.batch = 8;
  options.shuffle = false;
  options.seed = 2;
  return options;
}

/// Makes the shared rows bad after some epochs: what a run that diverges looks like from outside.
struct Poison : TrainListener {
  float* pixel = nullptr;
  std::uint32_t after = 0;
  std::vector<std::vector<double>> kernels;
  Instance* instance = nullptr;
  bool on_epoch_end(const EpochReport& report) override {
    kernels.push_back(instance->get_doubles(*instance->find_state("hidden.kernel")));
    if (report.epoch + 1 == after) *pixel = std::numeric_limits<float>::quiet_NaN();
    return true;
  }
};

}  // namespace

TEST_CASE("a loss that is not finite brings back the end of the last finite epoch", "[nan]") {
  const auto out = std::filesystem::temp_directory_path() / "ingot_nan_test";
  std::filesystem::remove_all(out);
  ProgramSource source(fake::model());
  CpuDevice device(1);
  TrainOptions options = options_for(6);
  options.out = out;
  Trainer trainer(source, Point(fake::model()), device, options);
  const Dataset data = fake::float_dataset(40, 1, 40, 0);
  Poison poison;
  poison.pixel = reinterpret_cast<float*>(const_cast<std::byte*>(data.inputs[0].storage.get())) + 30 * fake::inputs;
  poison.after = 3;
  poison.instance = &trainer.instance();
  const TrainResult result = trainer.run({data, {}}, &poison);
  CHECK(result.status == TrainStatus::not_finite);
  CHECK_THAT(result.reason, Contains("the loss of step 19 in epoch 4 was nan") && Contains("after epoch 3"));
  CHECK(result.epochs == 3);
  CHECK(trainer.instance().get_doubles(*trainer.instance().find_state("hidden.kernel")) == poison.kernels.back());
  CHECK(all_finite(trainer.instance()));
  CHECK(read_checkpoint(checkpoint_path(out)).epoch == 3);
  CHECK(std::filesystem::exists(out / "model.safetensors"));
}

TEST_CASE("in the first epoch the initial weights come back", "[nan]") {
  ProgramSource source(fake::model());
  CpuDevice device(1);
  Trainer trainer(source, Point(fake::model()), device, options_for(2));
  const auto before = trainer.instance().get_doubles(*trainer.instance().find_state("hidden.kernel"));
  const TrainResult result = trainer.run({fake::float_dataset(40, 1, 12, infinity), {}});
  CHECK(result.status == TrainStatus::not_finite);
  CHECK_THAT(result.reason, Contains("before training"));
  CHECK(result.epochs == 0);
  CHECK(trainer.instance().get_doubles(*trainer.instance().find_state("hidden.kernel")) == before);
}

TEST_CASE("weights that the last batch broke are found before they are kept", "[nan]") {
  ProgramSource source(fake::model());
  CpuDevice device(1);
  Trainer trainer(source, Point(fake::model()), device, options_for(1));
  // The tanh of a huge value is 1 and the loss stays finite, but its product with the gradient overflows.
  const TrainResult result = trainer.run({fake::float_dataset(8, 1, 3, 3e38f), {}});
  if (result.status == TrainStatus::not_finite) CHECK(all_finite(trainer.instance()));
}

TEST_CASE("a validation loss that is not finite is left to early stopping", "[nan]") {
  ProgramSource source(fake::model());
  CpuDevice device(1);
  TrainOptions options = options_for(10);
  options.stopping.emplace();
  options.stopping->patience = 2;
  Trainer trainer(source, Point(fake::model()), device, options);
  const float not_a_number = std::numeric_limits<float>::quiet_NaN();
  const TrainResult result = trainer.run({fake::float_dataset(40, 1, 40, 0), fake::float_dataset(16, 2, 3, not_a_number)});
  CHECK(result.status == TrainStatus::stopped_early);
  CHECK(result.epochs == 3);
  CHECK(std::isnan(*find_value(result.last, "val_loss")));
}
