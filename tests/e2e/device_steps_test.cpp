// The train step of a sample on the simulated device against the CPU: first from fresh weights, then ten times from the CPU's state of that
// step. Built once for each sample.
#include "cli/random_rows.hpp"

#include <ingot/runtime/device/cuda.hpp>
#include <ingot/runtime/model/instance.hpp>

#include <catch2/catch.hpp>
#include <cmath>

extern "C" const ingot_model SAMPLE;

using namespace ingot::runtime;

namespace {

constexpr std::uint32_t batch = 4;
// Of each tensor's norm. The CPU's Winograd convolutions are off by 2e-6 each (its kernels' test), and a gradient passes up to twenty.
constexpr double tolerance = DEEP ? 3e-5 : 1e-5;

Instance instance_on(ProgramSource& source, Device& device) {
  ProgramRequest request;
  request.batch = batch;
  request.entries = entry_bit(INGOT_TRAIN);
  request.target = device.target();
  const Point point(SAMPLE);
  return {point, source.get(point, request), device};
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum);
}

double norm(const std::vector<double>& a) { return distance(a, std::vector<double>(a.size(), 0.0)); }

}  // namespace

TEST_CASE("eleven steps, each from the CPU's state") {
  CpuDevice cpu(1);
  CudaDevice simulated({0, SIMULATED_CUDA});
  ProgramSource source(SAMPLE);
  Instance expected = instance_on(source, cpu), tested = instance_on(source, simulated);
  expected.initialize(7);
  tested.initialize(7);
  const Dataset data = cli::random_rows(SAMPLE, STEPS * batch, 3);
  const DatasetPointers rows(data);
  std::vector<std::uint32_t> index(batch);
  for (std::uint64_t step = 1; step <= STEPS; ++step) {
    if (step > 1)
      for (std::uint32_t i = 0; i < expected.states().size(); ++i) tested.set_doubles(i, expected.get_doubles(i));
    for (std::uint32_t r = 0; r < batch; ++r) index[r] = static_cast<std::uint32_t>((step - 1) * batch + r);
    const Feed feed{rows.inputs(), rows.input_dtypes(), rows.targets(), index.data(), batch};
    const StepNumbers numbers{step, 99, 0.001};
    const double loss = expected.run(INGOT_TRAIN, feed, numbers)[0];
    CHECK(tested.run(INGOT_TRAIN, feed, numbers)[0] == Approx(loss).epsilon(tolerance));
    for (std::uint32_t i = 0; i < expected.states().size(); ++i) {
      INFO("step " << step << ", " << expected.states()[i].tensor.name);
      const std::vector<double> want = expected.get_doubles(i), got = tested.get_doubles(i);
      CHECK(distance(got, want) <= tolerance * norm(want));
    }
  }
}
