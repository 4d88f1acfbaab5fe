// Every op of a primitive graph through a device kernel on the emulator, against the interpreter: odd extents, 1, B-1 and B rows;
// with and without fusion, so that an op is seen behind an anchor and as a kernel of its own.
#include "codegen/llvm/op_graphs.hpp"
#include "codegen/llvm/window_graph.hpp"
#include "codegen/support/device_runner.hpp"
#include "codegen/support/sample_values.hpp"
#include "codegen/support/tolerance.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ingot::codegen;
using namespace ingot::test;

namespace {

constexpr unsigned batch = 19;
constexpr std::int64_t widths[] = {1, 2, 7, 16, 31, 33, 100};

void compare(const Graph& graph, DeviceFusion fusion, std::int64_t length) {
  const DevicePlan plan = plan_device_graphs({{Entry::predict, graph}}, batch, portable_device_target(), fusion);
  DeviceRunner runner(plan);
  for (const std::int64_t rows : {std::int64_t{batch}, std::int64_t{batch} - 1, std::int64_t{1}}) {
    const bool bytes = rows == batch - 1;
    const InterpreterInputs in = representable(graph, sample_inputs(graph, rows, static_cast<std::uint64_t>(rows) + 5), bytes);
    RunOptions options;
    options.bytes = bytes;
    options.indexed = rows != batch;
    INFO(rows << " rows\n" << plan.entries[0].text);
    const RunOutput got = runner.run(Entry::predict, in, options);
    std::string where;
    const double worst = worst_distance(graph, got, interpret(graph, in), &where);
    INFO(where);
    CHECK(worst <= tolerance(DType::f32, length));
  }
}

void compare_both(const Graph& graph, std::int64_t length) {
  for (const DeviceFusion fusion : {DeviceFusion::fused, DeviceFusion::none}) compare(graph, fusion, length);
}

}  // namespace

TEST_CASE("elementwise ops of a device agree with the interpreter", "[device][map]") {
  for (const std::int64_t cols : widths) compare_both(map_graph(DType::f32, cols), cols);
}

TEST_CASE("reductions of a device agree with the interpreter", "[device][rows][columns]") {
  for (const std::int64_t cols : widths) compare_both(reduction_graph(DType::f32, cols), std::max<std::int64_t>(cols, batch));
}

TEST_CASE("contractions of a device agree with the interpreter", "[device][contraction]") {
  constexpr std::pair<std::int64_t, std::int64_t> extents[] = {{1, 1},   {1, 17},  {17, 1},  {2, 7},    {7, 16},
                                                               {16, 31}, {33, 64}, {100, 2}, {17, 100}, {112, 8}};
  for (const auto& e : extents) compare_both(matmul_graph(DType::f32, e.first, e.second), 4 * std::max(e.first, e.second));
}

TEST_CASE("ports and moves of a device agree with the interpreter", "[device][move][gather]") {
  for (const std::int64_t cols : widths) compare_both(move_graph(DType::f32, cols), 1);
}

TEST_CASE("rows of a table on a device agree with the interpreter", "[device][lookup]") {
  for (const std::int64_t cols : widths) compare_both(table_graph(DType::f32, cols, 3 + 40 * (cols % 2)), batch);
}

/// No kernel adds to a sum in the order in which threads come by: the same bits in every order, and on the CPU.
TEST_CASE("the gradient of a table on a device is that of the CPU, bit for bit", "[device][lookup]") {
  for (const std::int64_t cols : {std::int64_t{1}, std::int64_t{8}, std::int64_t{33}}) {
    OpGraph g(DType::f32, cols);
    const auto numbers = g->mul(g->unary(Op::abs, g->slice(g.x, 0, 1)), 2.5);
    g.output(g->node(Op::lookup_gradient, std::array{numbers, g.y}, {}, {DType::f32, false, 5, cols}), "gradient");
    const DevicePlan plan = plan_device_graphs({{Entry::predict, g.take()}}, batch, portable_device_target());
    const ProgramPlan cpu = plan_graphs({{Entry::predict, plan.graph()}}, batch, make_target("x86-64-v3"));
    const InterpreterInputs in = representable(plan.graph(), sample_inputs(plan.graph(), batch, 5));
    const Values expected = ProgramRunner(cpu).run(Entry::predict, in).results[0];
    CHECK(std::count_if(expected.begin(), expected.end(), [](double v) { return v != 0; }) >= 3 * cols);
    for (const std::uint64_t order : {1u, 2u, 99u}) {
      INFO(cols << " columns, order " << order);
      CHECK(DeviceRunner(plan, order).run(Entry::predict, in).results[0] == expected);
    }
  }
}

TEST_CASE("windows of a device agree with the interpreter", "[device][window]") {
  const WindowCase cases[] = {
      {make_window(4, 4, 2, 2), 3, 5},       {make_window(6, 5, 3, 1, 1), 4, 8},       {make_window(7, 7, 3, 2, 1), 5, 3},
      {make_window(6, 6, 3, 1, 2, 2), 8, 4}, {make_window(5, 5, 2, 1, 0, 1, 2), 4, 4}, {make_window(9, 9, 4, 3), 2, 20},
      {make_window(5, 6, 5, 1, 2), 1, 6},    {make_window(3, 3, 1), 12, 16},
  };
  for (const WindowCase& c : cases)
    compare_both(conv_graph(DType::f32, c), std::max(c.window.cells() * c.channels, batch * c.window.out_pixels()));
}
