// In the steady state a training step allocates nothing, on no thread: every operator new of this program is counted.
#include "runtime/support/counted_allocations.hpp"
#include "runtime/support/fake_data.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/train/trainer.hpp>

using namespace ingot;
using namespace ingot::runtime;

namespace {

/// Allocations between the end of the 2nd and the end of the last batch of each epoch.
struct Counter : TrainListener {
  std::uint64_t before = 0, steady = 0;
  void on_batch_end(const BatchReport& report) override {
    if (report.batch == 1) before = test::allocations();
    if (report.batch + 1 == report.batches) steady += test::allocations() - before;
  }
};

}  // namespace

TEST_CASE("the counter counts", "[allocations]") {
  const std::uint64_t before = test::allocations();
  ::operator delete(::operator new(1));  // a new expression may be left out by the compiler, a call of the function not
  CHECK(test::allocations() == before + 1);
}

TEST_CASE("steady steps allocate nothing", "[allocations]") {
  for (std::uint32_t threads : {1u, 2u}) {
    for (bool log : {false, true}) {
      ProgramSource source(fake::model());
      CpuDevice device(threads);
      TrainOptions options;
      options.batch = 8;
      options.epochs = 3;
      if (log) options.log_steps = std::filesystem::temp_directory_path() / "ingot_allocation_steps.csv";
      Trainer trainer(source, Point(fake::model()), device, options);
      Counter counter;
      trainer.run({fake::dataset(2000, 1), fake::dataset(100, 2)}, &counter);
      CHECK(counter.steady == 0);
    }
  }
}
