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

/// How far a tensor may be from the processor's, of its norm. With `as_processor` also three times as far as the processor is from the
/// interpreter: in 16 bits two ways to add up a sum round to different neighbours now and then, twenty layers later nearly everywhere, and
/// a relu that chooses otherwise changes a gradient by a whole element. Nobody is more exact than that.
struct Allowed {
  double distance = 1e-5;
  bool as_processor = false;
};

void compare_steps(const definition_view& d, int steps, std::uint64_t seed, const Allowed& allowed = {}) {
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
    InterpreterOutputs exact;
    if (allowed.as_processor) exact = interpret(g, in);
    for (std::size_t s = 0; s < g.states.size(); ++s) {
      const double own = allowed.as_processor ? relative_distance(expected.states[s], exact.states[s]) : 0;
      INFO("step " << t << ", " << g.states[s].name << "; the processor is " << own << " from the interpreter");
      CHECK(relative_distance(got.states[s], expected.states[s]) <= std::max(allowed.distance, 3 * own));
    }
    for (std::size_t r = 0; r < g.results.size(); ++r)
      if (g.results[r].kind == ResultKind::metric) CHECK(relative_distance(got.results[r], expected.results[r]) <= allowed.distance);
    in.states = expected.states;
  }
}

/// The same in mixed precision.
void compare_mixed_steps(definition_view d, precision_kind precision, int steps, std::uint64_t seed, bool deep = false) {
  INFO((precision == precision_kind::f16 ? "f16" : "bf16"));
  recipe_t recipe = *d.recipe;
  recipe.craft.precision.compute = precision;
  d.recipe = &recipe;
  compare_steps(d, steps, seed, {2e-2, deep});
}

}  // namespace

TEST_CASE("fashion_mlp on a device trains as on the processor", "[device][sample]") { compare_steps(ingot_definition_fashion, 11, 1); }
TEST_CASE("fashion_cnn on a device trains as on the processor", "[device][sample]") { compare_steps(ingot_definition_fashion_cnn, 3, 1); }
TEST_CASE("ResNet-20 on a device trains as on the processor", "[device][sample]") { compare_steps(ingot_definition_resnet20, 1, 2); }

TEST_CASE("fashion_mlp in mixed precision on a device trains as on the processor", "[device][sample][low]") {
  for (const precision_kind p : {precision_kind::f16, precision_kind::bf16}) compare_mixed_steps(ingot_definition_fashion, p, 11, 1);
}
TEST_CASE("fashion_cnn in mixed precision on a device trains as on the processor", "[device][sample][low]") {
  for (const precision_kind p : {precision_kind::f16, precision_kind::bf16}) compare_mixed_steps(ingot_definition_fashion_cnn, p, 2, 1);
}
TEST_CASE("ResNet-20 in mixed precision on a device trains as on the processor", "[device][sample][low]") {
  compare_mixed_steps(ingot_definition_resnet20, precision_kind::f16, 1, 2, true);
}

// By name only: minutes. In float32 tests/e2e/device_steps_test.cpp goes as far, past rows that let a relu choose otherwise.
TEST_CASE("eleven steps of convolutional networks in mixed precision on a device are those of the processor", "[.long]") {
  for (const precision_kind p : {precision_kind::f16, precision_kind::bf16}) {
    compare_mixed_steps(ingot_definition_fashion_cnn, p, 11, 1);
    compare_mixed_steps(ingot_definition_resnet20, p, 11, 2, true);
  }
}
