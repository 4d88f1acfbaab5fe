// Every op of a primitive graph through a kernel, against the interpreter: both targets, both dtypes, odd extents, 1, B-1 and
// B rows; with and without fusion, so that an op is seen behind an anchor and as a kernel of its own.
#include "codegen/llvm/op_graphs.hpp"
#include "codegen/llvm/window_graph.hpp"
#include "codegen/support/program_runner.hpp"
#include "codegen/support/sample_values.hpp"
#include "codegen/support/targets.hpp"
#include "codegen/support/tolerance.hpp"
#include "ir/error.hpp"
#include "ir/op_info.hpp"
#include "schedule/choose_convolution.hpp"
#include "schedule/schedule.hpp"
#include "schedule/split_reductions.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace ingot::codegen;
using namespace ingot::test;

namespace {

constexpr unsigned batch = 19;
constexpr std::int64_t widths[] = {1, 2, 7, 15, 16, 17, 31, 33, 100};

void compare(const ProgramPlan& plan, std::int64_t length) {
  ProgramRunner runner(plan);
  const Graph& g = plan.graph();
  for (const std::int64_t rows : {std::int64_t{batch}, std::int64_t{batch} - 1, std::int64_t{1}}) {
    const bool bytes = rows == batch - 1;
    const InterpreterInputs in = representable(g, sample_inputs(g, rows, static_cast<std::uint64_t>(rows) + 5), bytes);
    RunOptions options;
    options.bytes = bytes;
    options.indexed = rows != batch;
    const RunOutput got = runner.run(plan.entries[0].entry, in, options);
    std::string where;
    const double worst = worst_distance(g, got, interpret(g, in), &where);
    INFO(plan.target.name << " " << dtype_name(plan.dtype) << " " << rows << " rows: " << where << "\n" << plan.entries[0].text);
    CHECK(worst <= tolerance(plan.dtype, length));
    CHECK(got.guards_intact);
  }
}

/// Fused kernels of f32 for every target; f64 and unfused kernels for one target each, in turn: compiling is what costs time.
template <class Make>
void compare_everywhere(Make&& make, std::int64_t length, std::size_t turn) {
  const std::vector<Target> targets = targets_of_this_machine();
  const auto plan = [&](DType dtype, std::size_t target) {
    return plan_graphs({{Entry::predict, make(dtype)}}, batch, targets[target % targets.size()]);
  };
  for (std::size_t t = 0; t < targets.size(); ++t) compare(plan(DType::f32, t), length);
  compare(plan(DType::f64, turn), length);
  compare(without_fusion(plan(turn % 4 < 2 ? DType::f32 : DType::f64, turn + 1)), length);
}

/// As plan_graphs makes it: partial sums, and convolutions that were chosen.
Graph chosen(Graph g) {
  choose_convolutions(g);
  split_reductions(g, batch, make_target("x86-64-v4"));
  return g;
}

}  // namespace

TEST_CASE("elementwise ops agree with the interpreter", "[emit][map]") {
  std::size_t turn = 0;
  for (const std::int64_t cols : widths) compare_everywhere([&](DType t) { return map_graph(t, cols); }, cols, turn++);
}

TEST_CASE("reductions agree with the interpreter", "[emit][rows][columns]") {
  std::size_t turn = 0;
  for (const std::int64_t cols : widths)
    compare_everywhere([&](DType t) { return reduction_graph(t, cols); }, std::max<std::int64_t>(cols, batch), turn++);
}

TEST_CASE("contractions agree with the interpreter", "[emit][contraction]") {
  constexpr std::pair<std::int64_t, std::int64_t> extents[] = {{1, 1},   {1, 17},  {17, 1},  {2, 7},   {7, 16},   {15, 33},
                                                               {16, 31}, {31, 16}, {33, 64}, {100, 2}, {17, 100}, {112, 7}};
  std::size_t turn = 0;
  for (const auto& e : extents)
    compare_everywhere([&](DType t) { return matmul_graph(t, e.first, e.second); }, 4 * std::max(e.first, e.second), turn++);
}

TEST_CASE("ports and moves agree with the interpreter", "[emit][move][gather]") {
  std::size_t turn = 0;
  for (const std::int64_t cols : widths) compare_everywhere([&](DType t) { return move_graph(t, cols); }, 1, turn++);
}

TEST_CASE("rows of a table agree with the interpreter", "[emit][lookup]") {
  std::size_t turn = 0;
  for (const std::int64_t cols : widths)
    compare_everywhere([&](DType t) { return table_graph(t, cols, 3 + 40 * (cols % 2)); }, batch, turn++);
}

TEST_CASE("the gradient of a table has the same bits for any number of threads", "[emit][lookup]") {
  for (const Target& target : targets_of_this_machine())
    for (const std::int64_t table_rows : {3, 43, 200}) {
      const ProgramPlan plan = plan_graphs({{Entry::predict, table_graph(DType::f32, 17, table_rows)}}, batch, target);
      ProgramRunner runner(plan);
      const InterpreterInputs in = representable(plan.graph(), sample_inputs(plan.graph(), batch, 5));
      const RunOutput one = runner.run(Entry::predict, in);
      for (const unsigned threads : {2u, 3u, 7u, 16u}) {
        RunOptions options;
        options.threads = threads;
        INFO(target.name << ", " << table_rows << " rows, " << threads << " threads");
        CHECK(same_output(runner.run(Entry::predict, in, options), one));
      }
    }
}

TEST_CASE("every primitive op has an emit rule, every other op a decomposition", "[emit][op_table]") {
  std::set<Op> emitted{Op::keep_mask, Op::normal};  // dropout_mask_test.cpp
  for (const Graph& g :
       {map_graph(DType::f32, 7), reduction_graph(DType::f32, 7), matmul_graph(DType::f32, 7, 3), move_graph(DType::f32, 7),
        table_graph(DType::f32, 7, 3), chosen(conv_graph(DType::f32, {make_window(4, 4, 2, 2), 3, 5})),
        chosen(conv_graph(DType::f32, {make_window(4, 4, 3, 1, 1), 16, 16}))})
    for (const Node& n : g.nodes) emitted.insert(n.op);
  for (int i = 0; i < op_count; ++i) {
    INFO(op_name(static_cast<Op>(i)));
    CHECK(emitted.contains(static_cast<Op>(i)) != is_decomposed(static_cast<Op>(i)));
  }
}

TEST_CASE("the graphs of these tests use every kind of kernel", "[emit]") {
  std::set<KernelKind> kinds;
  for (const Graph& g :
       {map_graph(DType::f32, 33), reduction_graph(DType::f32, 33), matmul_graph(DType::f32, 33, 5), move_graph(DType::f32, 33),
        table_graph(DType::f32, 33, 9), conv_graph(DType::f32, {make_window(4, 4, 2, 2), 3, 5}),
        conv_graph(DType::f32, {make_window(4, 4, 3, 1, 1), 16, 16})}) {
    const ProgramPlan plan = without_fusion(plan_graphs({{Entry::predict, g}}, batch, make_target("x86-64-v3")));
    for (const ScheduledKernel& k : plan.entries[0].schedule->kernels) kinds.insert(k.kernel.kind);
  }
  CHECK(kinds.size() == 16);
}
