// Training, evaluation and prediction on the simulated device against the CPU. The kernels of the hand-written model do what the CPU
// program does, so all that can differ is how the runtime feeds them: state, rows, scalars, order.
#include "runtime/cuda/support.hpp"
#include "runtime/support/fake_data.hpp"
#include "runtime/support/fake_device.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/train/gradcheck.hpp>
#include <ingot/runtime/train/trainer.hpp>
#include <ingot/runtime/train/weights.hpp>

#include <cmath>

using namespace ingot::runtime;
using namespace ingot::test;

namespace {

TrainOptions options_for(std::uint32_t epochs) {
  TrainOptions options = declared_options(Point(fake::model()));
  options.epochs = epochs;
  options.seed = 11;
  return options;
}

Point dropping_point() {
  Point point(fake::device_model());
  point.set("drop=true");
  return point;
}

struct Run {
  TrainResult result;
  std::vector<std::vector<double>> states;
  NamedValues test;
  std::vector<std::byte> scores;
};

Run run_on(Device& device, const TrainData& data, const TrainOptions& options) {
  ProgramSource source(fake::device_model());
  Trainer trainer(source, dropping_point(), device, options);
  Run run;
  run.result = trainer.run(data);
  Instance& instance = trainer.instance();
  for (std::uint32_t i = 0; i < instance.states().size(); ++i) run.states.push_back(instance.get_doubles(i));
  run.test = evaluate(instance, data.validation);
  run.scores = predict(instance, data.validation).front();
  return run;
}

/// Metrics are float32 on a device.
void check_same(const Run& device, const Run& cpu) {
  CHECK(device.states == cpu.states);
  CHECK(device.scores == cpu.scores);
  REQUIRE(device.result.history.size() == cpu.result.history.size());
  for (std::size_t e = 0; e < cpu.result.history.size(); ++e) {
    for (std::size_t m = 0; m < cpu.result.history[e].size(); ++m)
      CHECK(device.result.history[e][m].second == Approx(cpu.result.history[e][m].second).epsilon(1e-6));
  }
  for (std::size_t m = 0; m < cpu.test.size(); ++m) CHECK(device.test[m].second == Approx(cpu.test[m].second).epsilon(1e-6));
}

Run cpu_run(const TrainData& data, const TrainOptions& options) {
  CpuDevice device(1);
  return run_on(device, data, options);
}

}  // namespace

// 37 rows in batches of 8: the last batch of each epoch is smaller.
TEST_CASE("training on a device equals training on the CPU, in any order of streams and threads", "[cuda]") {
  const TrainData data{fake::dataset(37, 1), fake::dataset(21, 2)};
  const Run cpu = cpu_run(data, options_for(4));
  for (const char* plan : {"seed 1", "seed 2", "seed 3"}) {
    check_same(run_on(*simulated_device(plan), data, options_for(4)), cpu);
    CHECK(wrongs() == "");
    CHECK(reported("alive_blocks") == 0);
    CHECK(reported("contexts") == 0);
  }
}

TEST_CASE("rows that do not fit the device are staged, with the same result", "[cuda]") {
  const TrainData data{fake::dataset(37, 1), fake::dataset(21, 2)};
  const Run cpu = cpu_run(data, options_for(4));
  TrainData staged = data;
  for (Table* table : {&staged.train.inputs[0], &staged.train.targets[0], &staged.validation.inputs[0]}) table->resident = false;
  for (const char* plan : {"seed 1", "seed 2", "seed 3", "seed 4"}) {
    check_same(run_on(*simulated_device(plan), staged, options_for(4)), cpu);
    CHECK(wrongs() == "");
  }
}

TEST_CASE("a step is one graph, its rows are on the device, and memory is asked for once", "[cuda]") {
  class Listener : public TrainListener {
   public:
    bool on_epoch_end(const EpochReport&) override {
      counts.push_back({reported("graphs"), reported("operations"), reported("allocations")});
      return true;
    }
    struct Counts {
      std::uint64_t graphs, operations, allocations;
    };
    std::vector<Counts> counts;
  };
  const auto device = simulated_device();
  ProgramSource source(fake::device_model());
  Trainer trainer(source, Point(fake::device_model()), *device, options_for(3));
  Listener listener;
  trainer.run({fake::dataset(40, 1), {}}, &listener);
  REQUIRE(listener.counts.size() == 3);
  CHECK(listener.counts[2].graphs - listener.counts[1].graphs == 5);
  CHECK(listener.counts[2].allocations == listener.counts[0].allocations);
  // Of each step: one copy to the device, two kernels, one copy back. Between epochs the state is read: a copy for each tensor, one for
  // all.
  const std::uint64_t reads = trainer.instance().states().size() + 1;
  CHECK(listener.counts[2].operations - listener.counts[1].operations == 5 * 4 + reads);
}

TEST_CASE("a resumed run on a device equals an uninterrupted one", "[cuda]") {
  const auto folder = std::filesystem::temp_directory_path() / "ingot_cuda_resume";
  std::filesystem::remove_all(folder);
  const TrainData data{fake::dataset(37, 1), fake::dataset(21, 2)};
  const Run whole = run_on(*simulated_device(), data, options_for(4));
  TrainOptions options = options_for(2);
  options.out = folder;
  run_on(*simulated_device("seed 5"), data, options);
  options.epochs = 4;
  options.resume = true;
  const Run resumed = run_on(*simulated_device("seed 6"), data, options);
  CHECK(resumed.states == whole.states);
  CHECK(resumed.scores == whole.scores);
}

TEST_CASE("an interrupted run is continued where it stood, whatever was under way", "[cuda]") {
  class Interrupter : public TrainListener {
   public:
    void on_batch_end(const BatchReport& report) override { stop = report.step >= 7; }
    std::atomic<bool> stop{false};
  };
  const auto folder = std::filesystem::temp_directory_path() / "ingot_cuda_interrupt";
  std::filesystem::remove_all(folder);
  const TrainData data{fake::dataset(80, 1), fake::dataset(21, 2)};
  const Run whole = run_on(*simulated_device(), data, options_for(3));
  TrainOptions options = options_for(3);
  options.out = folder;
  {
    Interrupter interrupter;
    options.stop = &interrupter.stop;
    const auto device = simulated_device();
    ProgramSource source(fake::device_model());
    Trainer trainer(source, dropping_point(), *device, options);
    const TrainResult result = trainer.run(data, &interrupter);
    CHECK(result.status == TrainStatus::interrupted);
    CHECK(result.steps > 7);  // those that had been started were finished
    CHECK(result.steps < 30);
  }
  options.stop = nullptr;
  options.resume = true;
  CHECK(run_on(*simulated_device(), data, options).states == whole.states);
}

TEST_CASE("a loss that is no number brings the last finite weights back", "[cuda]") {
  const auto device = simulated_device();
  ProgramSource source(fake::device_model());
  Trainer trainer(source, Point(fake::device_model()), *device, options_for(2));
  const std::vector<double> before = trainer.instance().get_doubles(2);
  const TrainResult result = trainer.run({fake::float_dataset(80, 1, 3, std::nanf("")), {}});
  CHECK(result.status == TrainStatus::not_finite);
  CHECK(trainer.instance().get_doubles(2) == before);
  CHECK(wrongs() == "");
}

TEST_CASE("gradcheck holds the device against float64 on the CPU", "[cuda]") {
  const auto device = simulated_device();
  ProgramSource source(fake::device_model());
  GradcheckOptions options;
  options.burn_in_steps = 2;
  const GradcheckResult good = gradcheck(source, Point(fake::device_model()), *device, fake::dataset(12, 1), 8, options);
  CHECK(good.passed);
  CHECK(good.tensors.size() == 5);
  fake::break_gradient = true;
  const GradcheckResult bad = gradcheck(source, Point(fake::device_model()), *device, fake::dataset(12, 1), 8, options);
  fake::break_gradient = false;
  CHECK_FALSE(bad.passed);
  CHECK(wrongs() == "");
}

TEST_CASE("a product by the library equals our kernel, in full batches", "[cuda]") {
  const auto scores = [](CudaDevice& device, std::uint32_t rows) {
    ProgramSource source(fake::affine_model());
    ProgramRequest request;
    request.batch = 4;
    request.entries = entry_bit(INGOT_PREDICT);
    request.target = device.target();
    const Point point(fake::affine_model());
    Instance instance(point, source.get(point, request), device);
    instance.initialize(3);
    Dataset data;
    std::vector<float> values;
    for (std::uint32_t i = 0; i < rows * 4; ++i) values.push_back(std::sin(static_cast<float>(i)));
    data.inputs = {{"input", INGOT_F32, {4}, rows, fake::storage_of(values), true}};
    std::vector<float> all;
    for (int pass = 0; pass < 2; ++pass) {  // the second pass replays graphs
      const std::vector<std::byte> bytes = predict(instance, data).front();
      const auto* numbers = reinterpret_cast<const float*>(bytes.data());
      all.assign(numbers, numbers + rows * 3);
    }
    return all;
  };
  const std::vector<float> own = scores(*std::make_unique<CudaDevice>(CudaOptions{0, SIMULATED_CUDA_WITHOUT_LIBRARY}), 10);
  const auto device = simulated_device();
  const std::vector<float> library = scores(*device, 10);
  REQUIRE(own.size() == library.size());
  for (std::size_t i = 0; i < own.size(); ++i) CHECK(library[i] == Approx(own[i]).margin(1e-6));
  CHECK(reported("gemms") == 4);     // two full batches, twice
  CHECK(reported("launches") == 2);  // and one of 2 rows
  CHECK(wrongs() == "");
}

TEST_CASE("facts of launches", "[cuda]") {
  const auto device = simulated_device();
  ProgramSource source(fake::affine_model());
  ProgramRequest request;
  request.batch = 4;
  request.entries = entry_bit(INGOT_PREDICT);
  request.target = device->target();
  const Program program = source.get(Point(fake::affine_model()), request);
  const std::vector<LaunchFacts> facts = device->launch_facts(fake::affine_model(), program, INGOT_PREDICT);
  REQUIRE(facts.size() == 1);
  CHECK(facts[0].library);
  CHECK(facts[0].registers == 32);
  CHECK(facts[0].occupancy == Approx(12 * (2048 / 12) / 2048.0));
}

TEST_CASE("times of launches, and the peaks that they are held against", "[cuda]") {
  const auto device = simulated_device();
  ProgramSource source(fake::device_model());
  ProgramRequest request;
  request.batch = fake::default_batch;
  request.target = device->target();
  const Program program = source.get(Point(fake::device_model()), request);
  const std::vector<double> seconds = device->launch_times(fake::device_model(), program, INGOT_TRAIN);
  REQUIRE(seconds.size() == 2);
  for (const double s : seconds) CHECK(s == Approx(1e-3 / 20));  // a millisecond for twenty of them
  CHECK(device->peak().gb_per_s == Approx(2 * 1e9 * 64 / 8 * 1e-9));
  CHECK(device->peak().gflops == Approx(2 * 128 * 4 * 1e9 * 1e-9));
  CHECK(wrongs() == "");
}
