// After the first epoch a training step on a device allocates nothing, neither on the host nor on the device. The simulated driver has an
// operator new of its own, so what is counted is the runtime's.
#include "runtime/cuda/support.hpp"
#include "runtime/support/counted_allocations.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/train/trainer.hpp>

extern "C" const ingot_model ingot_model_conformance;

using namespace ingot;
using namespace ingot::runtime;

namespace {

struct Counts {
  std::uint64_t host = 0, device = 0;  // device: asked of the driver, and blocks of pinned memory alive
};

/// What is allocated between the ends of the first and the last batch of the epochs behind the first.
struct Counter : TrainListener {
  Counts before{}, steady{};
  std::uint64_t epochs = 0;
  void on_batch_end(const BatchReport& report) override {
    if (report.epoch == 0) return;
    if (report.batch != 0 && report.batch + 1 != report.batches) return;
    const std::uint64_t host = test::allocations();  // reading a report allocates
    const std::uint64_t device = test::reported("allocations") + test::reported("alive_pinned");
    if (report.batch != 0) {
      steady.host += host - before.host;
      steady.device += device - before.device;
      ++epochs;
    }
    before = {test::allocations(), device};
  }
};

/// 100 rows in batches of 8: the last has 4.
Dataset rows(bool resident) {
  constexpr std::uint64_t n = 100, columns = 12;
  const auto memory = [](std::size_t bytes) {
    return std::shared_ptr<std::byte>(new std::byte[bytes](), std::default_delete<std::byte[]>());
  };
  const auto pixels = memory(n * columns), labels = memory(n * sizeof(float));
  for (std::uint64_t i = 0; i < n * columns; ++i) pixels.get()[i] = static_cast<std::byte>(i * 37);
  Dataset data;
  data.inputs = {{"input", INGOT_U8, {12}, n, pixels, resident}};
  data.targets = {{"label", INGOT_F32, {1}, n, labels, resident}};
  return data;
}

}  // namespace

TEST_CASE("steps on a device allocate nothing after the first epoch", "[cuda]") {
  for (const bool resident : {true, false}) {
    for (const bool log : {false, true}) {
      INFO("rows on the device " << resident << ", log " << log);
      const auto device = test::simulated_device();
      ProgramSource source(ingot_model_conformance);
      TrainOptions options = declared_options(Point(ingot_model_conformance));
      options.epochs = 3;
      if (log) options.log_steps = std::filesystem::temp_directory_path() / "ingot_cuda_allocation_steps.csv";
      Trainer trainer(source, Point(ingot_model_conformance), *device, options);
      Counter counter;
      trainer.run({rows(resident), {}}, &counter);
      CHECK(counter.epochs == 2);
      CHECK(counter.steady.host == 0);
      CHECK(counter.steady.device == 0);
    }
  }
}
