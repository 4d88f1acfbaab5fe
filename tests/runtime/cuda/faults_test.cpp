// What goes wrong on a device ends in one sentence that names what it was, and leaves nothing behind.
#include "runtime/cuda/support.hpp"
#include "runtime/support/fake_data.hpp"
#include "runtime/support/fake_device.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/train/trainer.hpp>

using namespace ingot::runtime;
using namespace ingot::test;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;

namespace {

/// The sentence that a training run under this plan ends with; empty: it ends well.
std::string sentence(const std::string& plan) {
  try {
    const auto device = simulated_device(plan);
    ProgramSource source(fake::device_model());
    TrainOptions options = declared_options(Point(fake::model()));
    options.epochs = 3;
    Trainer trainer(source, Point(fake::device_model()), *device, options);
    trainer.run({fake::dataset(37, 1), fake::dataset(21, 2)});
  } catch (const MachineError& error) {
    return error.what();
  }
  return {};
}

void check_nothing_left() {
  for (const char* name : {"alive_blocks", "alive_pinned", "alive_streams", "alive_events", "alive_modules", "alive_graphs", "contexts"}) {
    INFO(name);
    CHECK(reported(name) == 0);
  }
  CHECK(wrongs() == "");
}

}  // namespace

TEST_CASE("out of memory at any allocation", "[cuda]") {
  REQUIRE(sentence("") == "");
  const std::uint64_t allocations = reported("allocations");
  REQUIRE(allocations > 5);
  for (std::uint64_t n = 1; n <= allocations; ++n) {
    INFO("allocation " << n);
    const std::string said = sentence("allocation " + std::to_string(n));
    // Blocks that are kept go back first, so that the second try may do.
    if (!said.empty())
      CHECK_THAT(said,
                 StartsWith("cuda:0: cannot allocate ") && Contains(": CUDA_ERROR_OUT_OF_MEMORY (out of memory); use a smaller batch"));
    check_nothing_left();
  }
  CHECK(sentence("allocation 1") != "");
}

TEST_CASE("a small device is out of memory", "[cuda]") {
  CHECK_THAT(sentence("memory 2000"), Contains("bytes of its memory, ") && Contains(" are free"));
  check_nothing_left();
}

TEST_CASE("a launch that is refused names its kernel and ops", "[cuda]") {
  CHECK(sentence("refuse launch 2") ==
        "cuda:0: cannot launch kernel fake_step_0 of fake.step (everything): "
        "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES (too many resources requested for launch)");
  check_nothing_left();
  // The fourth is asked for while a graph is captured.
  CHECK_THAT(sentence("refuse launch 4"), StartsWith("cuda:0: cannot launch kernel fake_step_0 of fake.step (everything): "));
  check_nothing_left();
}

TEST_CASE("a kernel that fails is named at its first run", "[cuda]") {
  CHECK(sentence("fail launch 2") ==
        "cuda:0: cannot run kernel fake_step_0 of fake.step (everything) in train: CUDA_ERROR_LAUNCH_FAILED (unspecified launch failure)");
  check_nothing_left();
}

TEST_CASE("a kernel that fails inside a graph is one of those that are named", "[cuda]") {
  for (int n = 3; n < 12; ++n) {
    const std::string said = sentence("fail launch " + std::to_string(n));
    CHECK_THAT(said, StartsWith("cuda:0: cannot ") && EndsWith("CUDA_ERROR_LAUNCH_FAILED (unspecified launch failure)"));
    check_nothing_left();
  }
  CHECK(sentence("fail launch 9") ==
        "cuda:0: cannot finish train, in one of its kernels fake.prepare (store), fake.step (everything): "
        "CUDA_ERROR_LAUNCH_FAILED (unspecified launch failure)");
}

TEST_CASE("a device that is gone, at any moment", "[cuda]") {
  REQUIRE(sentence("") == "");
  const std::uint64_t operations = reported("operations");
  for (std::uint64_t n = 1; n <= operations; n += 1 + n / 8) {
    INFO("operation " << n);
    const std::string said = sentence("lose device " + std::to_string(n));
    CHECK_THAT(said, StartsWith("cuda:0: cannot ") && EndsWith("CUDA_ERROR_UNKNOWN (the device is gone)"));
    check_nothing_left();
  }
}

TEST_CASE("without a kernel in the image", "[cuda]") {
  const ingot_model& model = fake::device_model();
  ingot_device_program program = *model.points[model.n_points - 1].device;
  program.n_images = 0;
  Program handle;
  handle.device = &program;
  ingot_program tables = *fake::program(4, fake::tanh_act, 8, INGOT_F32);
  handle.abi = &tables;
  const auto device = simulated_device();
  REQUIRE_THROWS_WITH(device->load(model, handle),
                      "cuda:0: none of the program's 0 images is for a device of compute capability 0.0 "
                      "(simulated device); use --device cpu");
  ingot_emulated_image empty = {};
  const ingot_device_image image = {INGOT_IMAGE_EMULATED, 0, &empty, sizeof empty};
  program.images = &image;
  program.n_images = 1;
  REQUIRE_THROWS_WITH(device->load(model, handle),
                      StartsWith("cuda:0: cannot find kernel fake_prepare of fake.prepare (store): CUDA_ERROR_NOT_FOUND"));

  const ingot_device_program& good = *model.points[model.n_points - 1].device;
  std::vector<ingot_device_launch> launches(good.entries[0].launches, good.entries[0].launches + good.entries[0].n_launches);
  ingot_device_entry entry = good.entries[0];
  entry.launches = launches.data();
  program = good;
  program.entries = &entry;
  program.n_entries = 1;
  launches[1].block[0] = 2048;
  REQUIRE_THROWS_WITH(device->load(model, handle),
                      "cuda:0: kernel fake_step_0 of fake.step (everything) wants blocks of 2048 threads, this "
                      "device runs it with 1024 at most; use --device cpu");
  launches[1].block[0] = 32;
  launches[1].shared_bytes = 200 << 10;
  REQUIRE_THROWS_WITH(device->load(model, handle),
                      StartsWith("cuda:0: cannot give 204800 bytes of shared memory to kernel fake_step_0 of fake.step (everything): "));
}
