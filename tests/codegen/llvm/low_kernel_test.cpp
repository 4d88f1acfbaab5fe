// Kernels on values of 16 bits against the interpreter: bf16 in dot products of pairs where the target has them, widened elsewhere.
#include "codegen/llvm/low_graphs.hpp"
#include "codegen/llvm/window_graph.hpp"
#include "codegen/support/program_runner.hpp"
#include "codegen/support/random_program.hpp"
#include "codegen/support/targets.hpp"
#include "codegen/support/tolerance.hpp"
#include "import/build.hpp"
#include "ir/print.hpp"
#include "schedule/schedule.hpp"

#include <catch2/catch.hpp>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;

namespace {

constexpr unsigned batch = 19;

void compare(const ProgramPlan& plan, double allowed, bool whole) {
  ProgramRunner runner(plan);
  const Graph& g = plan.graph();
  for (const std::int64_t rows : {std::int64_t{batch}, std::int64_t{batch} - 1, std::int64_t{1}}) {
    const auto seed = static_cast<std::uint64_t>(rows) + 5;
    const InterpreterInputs in = whole ? small_whole_numbers(g, rows, seed) : representable(g, sample_inputs(g, rows, seed));
    RunOptions options;
    options.threads = rows == batch ? 3 : 1;
    const RunOutput got = runner.run(plan.entries[0].entry, in, options);
    std::string where;
    const double worst = worst_distance(g, got, interpret(g, in), &where);
    INFO(plan.target.name << " " << rows << " rows: " << where << "\n" << print(g) << plan.entries[0].text);
    CHECK(worst <= allowed);
    CHECK(got.guards_intact);
  }
}

template <class Make>
void compare_everywhere(Make&& make, double allowed, bool whole) {
  for (const Target& target : low_targets_of_this_machine()) {
    const ProgramPlan plan = plan_graphs({{Entry::predict, make()}}, batch, target);
    compare(plan, allowed, whole);
    compare(without_fusion(plan), allowed, whole);
  }
}

}  // namespace

TEST_CASE("elementwise ops on 16 bits agree with the interpreter", "[emit][low]") {
  for (const DType low : {DType::f16, DType::bf16})
    for (const std::int64_t cols : {1, 7, 16, 33, 100}) {
      INFO(dtype_name(low) << " " << cols);
      // an op may round to the other neighbour where the f32 result is off by its last place
      compare_everywhere([&] { return low_map_graph(low, cols); }, unit_roundoff(low) / 4, false);
    }
}

TEST_CASE("products of 16 bits agree with the interpreter to the last bit where nothing is rounded", "[emit][low]") {
  constexpr std::pair<std::int64_t, std::int64_t> extents[] = {{1, 17},  {17, 1},  {2, 7},   {3, 16}, {7, 16},  {15, 33},
                                                               {16, 31}, {33, 64}, {100, 2}, {31, 9}, {17, 70}, {72, 33}};
  for (const DType low : {DType::f16, DType::bf16})
    for (const auto& [cols, out] : extents) {
      INFO(dtype_name(low) << " " << cols << " " << out);
      compare_everywhere([&, k = cols, n = out] { return low_matmul_graph(low, k, n); }, 0, true);
    }
}

TEST_CASE("dot products of pairs are used exactly where the target has them", "[emit][low]") {
  const auto pairs = [](const char* target, DType low) {
    const ProgramPlan plan = plan_graphs({{Entry::predict, low_matmul_graph(low, 40, 40)}}, batch, make_target(target));
    int found = 0;
    for (const ScheduledKernel& k : plan.entries[0].schedule->kernels) found += k.kernel.pairs ? 1 : 0;
    return found;
  };
  CHECK(pairs("x86-64-v4bf16", DType::bf16) == 5);
  CHECK(pairs("x86-64-v4bf16", DType::f16) == 0);
  CHECK(pairs("x86-64-v4", DType::bf16) == 0);
}

TEST_CASE("random networks in mixed precision agree with the interpreter, with the same bits for any number of threads", "[program][low]") {
  const auto targets = low_targets_of_this_machine();
  for (std::uint64_t seed = 0; seed < 45; ++seed) {
    RandomProgram random(seed);
    const precision_kind kind = seed % 3 == 2 ? precision_kind::f16 : precision_kind::bf16;
    const DefinitionBuilder b = mixed(random.definition(), kind);
    const ProgramPlan plan = plan_program(b.view(), nullptr, random.batch(), DType::f32, {Entry::train, Entry::evaluate, Entry::predict},
                                          targets[(seed / 3 + seed) % targets.size()]);
    ProgramRunner runner(plan);
    for (const EntryPlan& e : plan.entries) {
      const InterpreterInputs in = representable(e.graph, training_inputs(e.graph, plan.batch, seed));
      const RunOutput got = runner.run(e.entry, in);
      std::string where;
      const double worst = worst_distance(e.graph, got, interpret(e.graph, in), &where);
      INFO("seed " << seed << " " << e.graph.name << ", " << plan.target.name << ": " << where);
      CHECK(worst <= 4 * unit_roundoff(e.graph.low));
      CHECK(got.guards_intact);
      RunOptions options;
      options.threads = 3;
      CHECK(same_output(runner.run(e.entry, in, options), got));
    }
  }
}
