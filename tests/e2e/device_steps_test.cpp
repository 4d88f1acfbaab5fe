// The train step of a sample on a device, simulated or, by the name [.gpu], of this machine, against the CPU: first from fresh weights,
// then ten times from the CPU's state of that step. Built once for each sample.
//
// The reference of ResNet-20 is the CPU's program of float64. Its float32 program goes through Winograd's algorithm, off by 2e-6 each (the
// kernels' test), which makes 1.2e-5 of a gradient behind twenty of them; the device is off by 3e-6. A step also has some 750,000 ReLUs:
// where one stands so near 0 that float32 may give it another sign, gradients jump by 1e-3, on any processor, so each step takes rows at
// which the float64 step shows no such jump.
#include "cli/random_rows.hpp"
#include "support/gpu_or_skip.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/device/cuda.hpp>
#include <ingot/runtime/model/instance.hpp>

#include <array>
#include <cmath>
#include <random>

extern "C" const ingot_model SAMPLE;

using namespace ingot;
using namespace ingot::runtime;

namespace {

constexpr std::uint32_t batch = 4;
constexpr double tolerance = 1e-5;  // of each tensor's norm

using States = std::vector<std::vector<double>>;

Instance instance_on(ProgramSource& source, Device& device, std::uint32_t dtype) {
  ProgramRequest request;
  request.batch = batch;
  request.dtype = dtype;
  request.entries = entry_bit(INGOT_TRAIN);
  request.target = device.target();
  const Point point(source.model());
  return {point, source.get(point, request), device};
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum);
}

double norm(const std::vector<double>& a) { return distance(a, std::vector<double>(a.size(), 0.0)); }

States states_of(const Instance& instance) {
  States all;
  for (std::uint32_t i = 0; i < instance.states().size(); ++i) all.push_back(instance.get_doubles(i));
  return all;
}

void set_states(Instance& instance, const States& all) {
  for (std::uint32_t i = 0; i < all.size(); ++i) instance.set_doubles(i, all[i]);
}

/// What both processors start a step from: the numbers of `instance`, as float32.
States rounded_states_of(const Instance& instance) {
  States all = states_of(instance);
  for (std::vector<double>& tensor : all)
    for (double& x : tensor) x = static_cast<double>(static_cast<float>(x));
  return all;
}

/// Does a step of the float64 program `exact` from `state` change by more than `tolerance` of a tensor when its parameters move by a
/// millionth, which is more than float32 makes of a pre-activation?
bool is_near_a_kink(Instance& exact, const States& state, const Feed& feed, const StepNumbers& numbers) {
  set_states(exact, state);
  exact.run(INGOT_TRAIN, feed, numbers);
  const States here = states_of(exact);
  std::mt19937 random(1);
  for (int moves = 0; moves < 2; ++moves) {
    set_states(exact, state);
    for (std::uint32_t i = 0; i < state.size(); ++i) {
      if (exact.states()[i].role != INGOT_PARAMETER) continue;
      std::vector<double> moved = state[i];
      for (double& x : moved) x *= random() % 2 == 0 ? 1 + 1e-6 : 1 - 1e-6;
      exact.set_doubles(i, moved);
    }
    exact.run(INGOT_TRAIN, feed, numbers);
    for (std::uint32_t i = 0; i < state.size(); ++i)
      if (distance(exact.get_doubles(i), here[i]) > 2 * tolerance * norm(here[i])) return true;
  }
  return false;
}

void check_steps(std::uint64_t steps, CudaDevice& device) {
  CpuDevice cpu(1);
  ProgramSource source(SAMPLE);
  Instance expected = instance_on(source, cpu, REFERENCE), tested = instance_on(source, device, INGOT_F32);
  Instance exact = instance_on(source, cpu, INGOT_F64);
  expected.initialize(7);
  tested.initialize(7);
  const Dataset data = cli::random_rows(SAMPLE, 10 * steps * batch, 3);
  const DatasetPointers rows(data);
  std::uint32_t next_row = 0;
  for (std::uint64_t step = 1; step <= steps; ++step) {
    const StepNumbers numbers{step, 99, 0.001};
    const States state = rounded_states_of(expected);
    if (step > 1) {
      set_states(expected, state);
      set_states(tested, state);
    }
    std::array<std::uint32_t, batch> index = {};
    const Feed feed{rows.inputs(), rows.input_dtypes(), rows.targets(), index.data(), batch};
    do {
      REQUIRE(next_row < data.rows());
      for (std::uint32_t& row : index) row = next_row++;
    } while (is_near_a_kink(exact, state, feed, numbers));
    const double loss = expected.run(INGOT_TRAIN, feed, numbers)[0];
    CHECK(tested.run(INGOT_TRAIN, feed, numbers)[0] == Approx(loss).epsilon(tolerance));
    for (std::uint32_t i = 0; i < expected.states().size(); ++i) {
      INFO("step " << step << ", " << expected.states()[i].tensor.name);
      const std::vector<double> want = expected.get_doubles(i), got = tested.get_doubles(i);
      CHECK(distance(got, want) <= tolerance * norm(want));
    }
  }
}

void check_simulated_steps(std::uint64_t steps) {
  CudaDevice simulated({0, SIMULATED_CUDA});
  check_steps(steps, simulated);
}

}  // namespace

TEST_CASE("steps, each from the CPU's state") { check_simulated_steps(SLOW ? 2 : 11); }
TEST_CASE("eleven steps of a sample that takes long", "[.long]") { check_simulated_steps(11); }
TEST_CASE("eleven steps on the GPU of this machine", "[.gpu]") { check_steps(11, *test::gpu_or_skip()); }
