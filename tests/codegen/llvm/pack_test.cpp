// Canonical tensors to the state block and back, for extents around vectors and panels; neighbours stay untouched.
#include "codegen/support/program_runner.hpp"
#include "codegen/support/sample_values.hpp"
#include "codegen/support/targets.hpp"
#include "ir/builder.hpp"

#include <catch2/catch.hpp>

using namespace ingot::codegen;
using namespace ingot::test;

namespace {

constexpr std::int64_t sizes[] = {1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 63, 65, 100};

/// One state for each pair of extents, and one of rank 3.
Graph graph_with_states(DType dtype) {
  Graph g;
  g.name = "states";
  g.dtype = dtype;
  g.inputs = {{"x", {1}, dtype}};
  g.outputs = {{"y", {1}, dtype}};
  const auto state = [&](std::vector<std::int64_t> dims) {
    g.states.push_back({std::to_string(g.states.size()), std::move(dims), dtype, Role::parameter, Init::constant, 0, -1});
  };
  for (const std::int64_t rows : sizes)
    for (const std::int64_t cols : sizes) state({rows, cols});
  state({3, 5, 17});
  state({9});
  Builder b(g);
  const ValueId x = b.node(Op::input, {}, {}, {dtype, true, 1, 1});
  g.results.push_back({ResultKind::output, 0, b.unary(Op::neg, x), "y"});
  return g;
}

}  // namespace

TEST_CASE("packed tensors come back for all extents", "[pack]") {
  for (const Target& target : targets_of_this_machine())
    for (const DType dtype : {DType::f32, DType::f64}) {
      const ProgramPlan plan = plan_graphs({{Entry::predict, graph_with_states(dtype)}}, 4, target);
      ProgramRunner runner(plan);
      const InterpreterInputs in = representable(plan.graph(), sample_inputs(plan.graph(), 4, 9));
      const RunOutput out = runner.run(Entry::predict, in);
      CHECK(out.states == in.states);
      CHECK(out.guards_intact);
      CHECK(plan.state_offsets.size() == in.states.size());
    }
}

TEST_CASE("packing a tensor again leaves the others as they are", "[pack]") {
  const ProgramPlan plan = plan_graphs({{Entry::predict, graph_with_states(DType::f32)}}, 4, make_target("x86-64-v3"));
  const ProgramRunner runner(plan);
  const ProgramFunctions& f = runner.functions();
  const GuardedMemory state(plan.state_bytes, INGOT_ALIGNMENT);
  const std::vector<float> ones(10000, 1.0f);
  std::vector<float> back(10000);
  constexpr std::uint32_t chosen = 5 * 14 + 11;  // [15, 63]
  f.pack(state.data(), chosen, ones.data());
  for (std::uint32_t i = 0; i < plan.graph().states.size(); ++i) {
    const StateInfo& s = plan.graph().states[i];
    f.unpack(state.data(), i, back.data());
    const auto n = s.rows() * s.cols();
    INFO(s.rows() << " x " << s.cols());
    CHECK(std::count(back.begin(), back.begin() + n, 1.0f) == (i == chosen ? n : 0));
  }
  CHECK(state.intact());
}
