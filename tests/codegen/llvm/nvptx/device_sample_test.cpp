// Training steps of the samples on the emulated device against the CPU's machine code, step after step from the CPU's state.
#include "codegen/support/device_runner.hpp"
#include "codegen/support/random_program.hpp"
#include "codegen/support/update_steps.hpp"

#include <catch2/catch.hpp>
#include <ingot/dsl/space.hpp>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;

extern "C" {
extern const definition_view ingot_definition_fashion;
extern const definition_view ingot_definition_fashion_cnn;
extern const definition_view ingot_definition_resnet20;
}

namespace {

constexpr unsigned batch = 4;

std::vector<double> first_values(const definition_view& d) {
  std::vector<double> values;
  for (std::int32_t i = 0; i < d.n_hps; ++i) values.push_back(initial_value(d.hps[i]));
  return values;
}

/// Bytes for images, states as training begins. The seed is one of those where no activation lies so near to 0 that it rounds to the
/// other side on one target: that would change a gradient by a whole element.
InterpreterInputs beginning(const Graph& g, std::uint64_t seed) {
  Random random(seed);
  InterpreterInputs in = training_inputs(g, batch, seed);
  for (std::size_t s = 0; s < g.states.size(); ++s) {
    const StateInfo& state = g.states[s];
    for (double& x : in.states[s]) x = state.init == Init::constant ? state.init_value : random.uniform(-1.7, 1.7) * state.init_value;
  }
  return representable(g, in, true);
}

void compare_steps(const definition_view& d, int steps, std::uint64_t seed) {
  const std::vector<double> values = first_values(d);
  // Direct convolutions, as the device has them: Winograd's algorithm is less exact (choose_convolution.hpp).
  const ProgramPlan host = plan_graphs({{Entry::train, build(d, values.data(), Entry::train, DType::f32)}}, batch, make_target("x86-64-v3"),
                                       Convolutions::direct);
  const DevicePlan device = plan_device_program(d, values.data(), batch, {Entry::train}, portable_device_target());
  ProgramRunner on_host(host);
  DeviceRunner on_device(device);
  const Graph& g = host.graph();
  InterpreterInputs in = beginning(g, seed);
  RunOptions options;
  options.bytes = true;
  for (int t = 1; t <= steps; ++t) {
    set_step(g, in, t);
    const RunOutput expected = on_host.run(Entry::train, in, options), got = on_device.run(Entry::train, in, options);
    for (std::size_t s = 0; s < g.states.size(); ++s) {
      INFO("step " << t << ", " << g.states[s].name);
      CHECK(relative_distance(got.states[s], expected.states[s]) <= 1e-5);
    }
    for (std::size_t r = 0; r < g.results.size(); ++r)
      if (g.results[r].kind == ResultKind::metric) CHECK(relative_distance(got.results[r], expected.results[r]) <= 1e-5);
    in.states = expected.states;
  }
}

}  // namespace

TEST_CASE("fashion_mlp on a device trains as on the processor", "[device][sample]") { compare_steps(ingot_definition_fashion, 11, 1); }
TEST_CASE("fashion_cnn on a device trains as on the processor", "[device][sample]") { compare_steps(ingot_definition_fashion_cnn, 3, 1); }
TEST_CASE("ResNet-20 on a device trains as on the processor", "[device][sample]") { compare_steps(ingot_definition_resnet20, 1, 2); }

// By name only: minutes.
TEST_CASE("eleven steps of convolutional networks on a device are those of the processor", "[.long]") {
  compare_steps(ingot_definition_fashion_cnn, 11, 1);
  compare_steps(ingot_definition_resnet20, 11, 2);
}
