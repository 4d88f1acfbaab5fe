// Values of 16 bits in kernels of a device, on the emulator, against the interpreter: elementwise work, products and convolutions on
// tensor cores, and whole networks in mixed precision.
#include "codegen/llvm/low_graphs.hpp"
#include "codegen/support/device_runner.hpp"
#include "codegen/support/random_program.hpp"
#include "codegen/support/tolerance.hpp"
#include "codegen/support/update_steps.hpp"
#include "ir/print.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <string>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;

namespace {

constexpr unsigned batch = 19;

void compare_rows(const DevicePlan& plan, DeviceRunner& runner, std::int64_t rows, double allowed, bool whole) {
  const Graph& graph = plan.graph();
  const auto seed = static_cast<std::uint64_t>(rows) + 5;
  const InterpreterInputs in = whole ? small_whole_numbers(graph, rows, seed) : representable(graph, sample_inputs(graph, rows, seed));
  const RunOutput got = runner.run(Entry::predict, in);
  std::string where;
  const double worst = worst_distance(graph, got, interpret(graph, in), &where);
  INFO(rows << " rows: " << where << "\n" << print(graph) << plan.entries[0].text);
  CHECK(worst <= allowed);
}

void compare(const Graph& graph, double allowed, bool whole) {
  for (const DeviceFusion fusion : {DeviceFusion::fused, DeviceFusion::none}) {
    const DevicePlan plan = plan_device_graphs({{Entry::predict, graph}}, batch, portable_device_target(), fusion);
    DeviceRunner runner(plan);
    for (const std::int64_t rows : {std::int64_t{batch}, std::int64_t{batch} - 1, std::int64_t{1}})
      compare_rows(plan, runner, rows, allowed, whole);
  }
}

}  // namespace

TEST_CASE("elementwise ops of a device on 16 bits agree with the interpreter", "[device][low]") {
  for (const DType low : {DType::f16, DType::bf16})
    for (const std::int64_t cols : {1, 7, 8, 16, 33, 100}) {
      INFO(dtype_name(low) << " " << cols);
      // an op may round to the other neighbour where the f32 result is off by its last place
      compare(low_map_graph(low, cols), unit_roundoff(low) / 4, false);
    }
}

TEST_CASE("products of 16 bits on a device are exact where nothing is rounded", "[device][low][contraction]") {
  constexpr std::pair<std::int64_t, std::int64_t> extents[] = {{1, 17},  {17, 1},  {2, 7},   {3, 16}, {7, 16},  {15, 33},  {8, 8},
                                                               {16, 31}, {33, 64}, {100, 2}, {31, 9}, {17, 70}, {72, 136}, {264, 40}};
  for (const DType low : {DType::f16, DType::bf16})
    for (const auto& [cols, out] : extents) {
      INFO(dtype_name(low) << " " << cols << " " << out);
      compare(low_matmul_graph(low, cols, out), 0, true);
    }
}

TEST_CASE("products of 16 bits are exact in every tile", "[device][low][contraction]") {
  DeviceTarget one = portable_device_target();
  one.multiprocessors = 1;  // the largest tile that fits
  std::set<std::string> tiles;
  for (const unsigned rows : {120u, 56u, 24u, 10u})
    for (const std::int64_t cols : {120, 56, 24, 10}) {
      const DType low = (rows + static_cast<unsigned>(cols)) % 3 == 0 ? DType::f16 : DType::bf16;
      const DevicePlan plan = plan_device_graphs({{Entry::predict, low_matmul_graph(low, 150, cols)}}, rows, one);
      for (const DeviceLaunch& l : plan.entries[0].launches)
        for (const LaunchPart& p : l.parts) {
          const MatrixTile& t = p.matrix;
          if (t.rows > 0) tiles.insert(std::to_string(t.rows) + "x" + std::to_string(t.cols) + "x" + std::to_string(t.depth));
        }
      DeviceRunner runner(plan);
      compare_rows(plan, runner, rows, 0, true);
      compare_rows(plan, runner, rows - 3, 0, true);
    }
  CHECK(tiles == std::set<std::string>{"128x128x32", "128x64x32", "64x64x64", "128x32x64", "64x32x64", "32x64x64", "128x16x64", "16x128x64",
                                       "32x32x64", "16x16x128"});
}

TEST_CASE("windows of 16 bits on a device are exact where nothing is rounded", "[device][low][window]") {
  const WindowCase cases[] = {
      {make_window(4, 4, 2, 2), 3, 5},       {make_window(6, 5, 3, 1, 1), 4, 8},       {make_window(7, 7, 3, 2, 1), 5, 3},
      {make_window(6, 6, 3, 1, 2, 2), 8, 4}, {make_window(5, 5, 2, 1, 0, 1, 2), 4, 4}, {make_window(9, 9, 4, 3), 2, 20},
      {make_window(5, 6, 5, 1, 2), 1, 6},    {make_window(3, 3, 1), 12, 16},           {make_window(4, 4, 3, 1, 1), 16, 40},
  };
  for (const DType low : {DType::f16, DType::bf16})
    for (const WindowCase& c : cases) {
      INFO(dtype_name(low));
      compare(low_conv_graph(low, c), 0, true);
    }
}

TEST_CASE("random networks in mixed precision on a device agree with the interpreter", "[device][low][program]") {
  for (std::uint64_t seed = 0; seed < 16; ++seed) {
    RandomProgram random(seed);
    const precision_kind kind = seed % 2 == 0 ? precision_kind::f16 : precision_kind::bf16;
    const DefinitionBuilder b = mixed(random.definition(), kind);
    const definition_view d = b.view();
    if (std::any_of(d.ops, d.ops + d.n_ops, [](const op& o) { return o.kind == op_kind::embedding; })) continue;
    const DevicePlan plan =
        plan_device_program(d, nullptr, random.batch(), {Entry::train, Entry::evaluate, Entry::predict}, portable_device_target());
    DeviceRunner runner(plan), other(plan, 99);
    for (const DeviceEntryPlan& e : plan.entries) {
      const InterpreterInputs in = representable(e.graph, training_inputs(e.graph, plan.batch, seed));
      const RunOutput got = runner.run(e.entry, in);
      std::string where;
      const double worst = worst_distance(e.graph, got, interpret(e.graph, in), &where);
      INFO("seed " << seed << " " << e.graph.name << ": " << where << "\n" << e.text);
      CHECK(worst <= 4 * unit_roundoff(e.graph.low));
      if (seed % 4 == 0) CHECK(same_output(got, other.run(e.entry, in)));
    }
  }
}

TEST_CASE("a step of every optimizer in mixed precision on a device equals the interpreter's", "[device][low][update]") {
  std::vector<UpdateCase> cases = optimizer_cases();
  for (const UpdateCase& c : recipe_cases(opt_kind::adam)) cases.push_back(c);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const precision_kind kind = i % 2 == 0 ? precision_kind::f16 : precision_kind::bf16;
    const Graph g = train_graph(mixed(small_net(cases[i].optimizer, cases[i].change), kind));
    const DevicePlan plan = plan_device_graphs({{Entry::train, g}}, 5, portable_device_target());
    DeviceRunner runner(plan);
    InterpreterInputs in = first_step(g, 5);
    for (int t = 1; t <= 3; ++t) {
      set_step(g, in, t);
      in = representable(g, in);
      const InterpreterOutputs expected = interpret(g, in);
      std::string where;
      const double worst = worst_distance(g, runner.run(Entry::train, in), expected, &where);
      INFO(optimizer_name(cases[i].optimizer) << ", " << cases[i].name << ", step " << t << " " << where);
      CHECK(worst <= 4 * unit_roundoff(g.low));
      in.states = expected.states;
    }
    for (std::size_t s = 0; s < g.states.size(); ++s)
      if (g.states[s].name == "loss_scale.skipped") CHECK(in.states[s][0] == 0);  // else nothing was compared
  }
}
