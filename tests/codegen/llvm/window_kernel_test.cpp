// Kernels over windows against the interpreter: padding, strides, dilation, spreading, odd numbers of channels and filters, bands,
// 1, B-1 and B rows.
#include "codegen/llvm/window_graph.hpp"
#include "codegen/support/program_runner.hpp"
#include "codegen/support/sample_values.hpp"
#include "codegen/support/targets.hpp"
#include "codegen/support/tolerance.hpp"
#include "ir/error.hpp"
#include "ir/print.hpp"
#include "schedule/band.hpp"
#include "schedule/schedule.hpp"
#include "schedule/split_reductions.hpp"

#include <catch2/catch.hpp>

using namespace ingot::codegen;
using namespace ingot::test;

namespace {

constexpr unsigned batch = 19;

void compare(const ProgramPlan& plan, const Graph& meaning, const WindowCase& c) {
  ProgramRunner runner(plan);
  const std::int64_t full = plan.batch;
  for (const std::int64_t rows : {full, full - 1, std::int64_t{1}}) {
    const InterpreterInputs in = representable(meaning, sample_inputs(meaning, rows, static_cast<std::uint64_t>(rows) + 5), false);
    RunOptions options;
    options.indexed = rows != full;
    const RunOutput got = runner.run(plan.entries[0].entry, in, options);
    std::string where;
    const double worst = worst_distance(meaning, got, interpret(meaning, in), &where);
    INFO(plan.target.name << " " << dtype_name(plan.dtype) << " " << rows << " rows, " << c.channels << " to " << c.filters << ", " << where
                          << "\n"
                          << print(meaning));
    CHECK(worst <= tolerance(plan.dtype, std::max(c.window.cells() * c.channels, rows * c.window.out_pixels())));
    CHECK(got.guards_intact);
  }
}

void compare_everywhere(const WindowCase& c, std::size_t turn) {
  const std::vector<Target> targets = targets_of_this_machine();
  const auto plan = [&](DType dtype, std::size_t target) {
    return plan_graphs({{Entry::predict, conv_graph(dtype, c)}}, batch, targets[target % targets.size()]);
  };
  compare(plan(DType::f32, turn), conv_graph(DType::f32, c), c);
  if (turn % 3 == 0) compare(plan(DType::f64, turn + 1), conv_graph(DType::f64, c), c);
  if (turn % 4 == 1) compare(without_fusion(plan(DType::f32, turn)), conv_graph(DType::f32, c), c);
}

}  // namespace

TEST_CASE("windows of many kinds agree with the interpreter", "[emit][window]") {
  const WindowCase cases[] = {
      {make_window(7, 9, 3, 1, 1), 1, 32},      {make_window(7, 9, 3, 1, 1), 1, 7},         {make_window(6, 6, 3, 1, 1), 3, 16},
      {make_window(8, 8, 3, 1, 1), 16, 16},     {make_window(5, 14, 3, 1, 1), 32, 33},      {make_window(6, 6, 2, 2), 17, 1},
      {make_window(7, 7, 2, 2), 24, 31},        {make_window(9, 8, 3, 2, 1), 33, 17},       {make_window(8, 5, 5, 1, 2), 2, 15},
      {make_window(4, 4, 1), 40, 64},           {make_window(8, 8, 1, 2), 16, 32},          {make_window(9, 9, 3, 1, 2, 2), 8, 16},
      {make_window(4, 5, 3, 1, 2, 1, 2), 3, 9}, {make_window(4, 5, 3, 1, 1, 1, 2), 24, 16}, {make_window(3, 3, 2, 3, 1, 1, 2), 1, 4},
      {make_window(2, 2, 2, 1, 1), 48, 16},     {make_window(1, 30, 3, 1, 1), 5, 6},        {make_window(4, 4, 4, 4), 16, 10},
      {make_window(6, 6, 3, 3), 1, 1},          {make_window(5, 5, 3, 2), 64, 2},
  };
  std::size_t turn = 0;
  for (const WindowCase& c : cases) compare_everywhere(c, turn++);
}

TEST_CASE("images larger than a band agree with the interpreter", "[emit][window]") {
  const WindowCase c{make_window(56, 33, 3, 1, 1), 70, 18};
  REQUIRE(choose_band(c.window, c.channels, 4, 1).out_lines < c.window.out_h);
  const Graph g = conv_graph(DType::f32, c);
  compare(plan_graphs({{Entry::predict, g}}, 2, targets_of_this_machine().back()), g, c);
}

TEST_CASE("Winograd convolutions agree with the interpreter", "[emit][winograd]") {
  const WindowCase cases[] = {
      {make_window(8, 8, 3, 1, 1), 16, 16},   {make_window(14, 14, 3, 1, 1), 32, 64},
      {make_window(7, 9, 3, 1, 1), 24, 17},   {make_window(10, 6, 3, 1, 0), 33, 40},
      {make_window(16, 16, 3, 1, 2), 16, 48}, {make_window(4, 5, 3, 1, 1), 16, 256},  // so many filters that groups are panels
  };
  std::size_t turn = 0;
  for (const WindowCase& c : cases) {
    const Graph g = conv_graph(DType::f32, c);
    const std::vector<Target> targets = targets_of_this_machine();
    const ProgramPlan plan = plan_graphs({{Entry::predict, g}}, batch, targets[turn++ % targets.size()]);
    const auto& kernels = plan.entries[0].kernels;
    REQUIRE(std::count_if(kernels.begin(), kernels.end(), [](const KernelInfo& k) { return k.kind == "winograd"; }) == 2);
    const auto& nodes = plan.graph().nodes;
    REQUIRE(std::count_if(nodes.begin(), nodes.end(), [](const Node& n) { return n.op == Op::winograd_kernel_gradient; }) == 1);
    compare(plan, g, c);
    compare(plan, plan.graph(), c);  // the transforms themselves, in double
  }
}

TEST_CASE("Winograd convolutions of images larger than a band", "[emit][winograd]") {
  const WindowCase c{make_window(66, 37, 3, 1, 1), 48, 16};
  const Graph g = conv_graph(DType::f32, c);
  compare(plan_graphs({{Entry::predict, g}}, 2, targets_of_this_machine().back()), g, c);
}

TEST_CASE("the error of Winograd's algorithm stays within what is documented", "[emit][winograd]") {
  const WindowCase c{make_window(16, 16, 3, 1, 1), 32, 32};
  const Graph g = conv_graph(DType::f32, c);
  const ProgramPlan plan = plan_graphs({{Entry::predict, g}}, batch, targets_of_this_machine().back());
  const InterpreterInputs in = representable(g, sample_inputs(g, batch, 3), false);
  const RunOutput got = ProgramRunner(plan).run(Entry::predict, in);
  const InterpreterOutputs want = interpret(g, in);
  for (std::size_t r = 0; r < want.results.size(); ++r) {
    INFO(g.results[r].name);
    CHECK(relative_distance(got.results[r], want.results[r]) < 4e-6);  // twice the 2e-6 of choose_convolution.hpp
  }
}

TEST_CASE("Keras's asymmetric padding", "[emit][window]") {
  WindowCase c{make_window(4, 4, 3, 2, 0), 16, 16};  // 'same' of 4 pixels in steps of 2: one cell at the bottom and right
  c.window.out_h = c.window.out_w = 2;
  compare_everywhere(c, 3);
}

TEST_CASE("sums over images are split among groups and mean the same", "[emit][window]") {
  const WindowCase c{make_window(6, 6, 3, 1, 1), 3, 16};
  Graph g = conv_graph(DType::f64, c);
  const Graph whole = g;
  REQUIRE(split_reductions(g, batch, make_target("x86-64-v4")));
  for (const std::int64_t rows : {std::int64_t{batch}, std::int64_t{3}}) {
    const InterpreterInputs in = sample_inputs(whole, rows, 8);
    const auto a = interpret(whole, in).results, b = interpret(g, in).results;
    for (std::size_t i = 0; i < a.size(); ++i) CHECK(relative_distance(a[i], b[i]) < 1e-14);
  }
}
