// The train step of a small net with every optimizer, as machine code, against the interpreter: three steps from fresh slots, fused
// and with one kernel per op. And which of them may update behind the gradient.
#include "codegen/support/program_runner.hpp"
#include "codegen/support/tolerance.hpp"
#include "codegen/support/update_steps.hpp"
#include "fuse/update_fusion.hpp"

#include <catch2/catch.hpp>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;

namespace {

void check_steps(const Graph& g) {
  const ProgramPlan plan = plan_graphs({{Entry::train, g}}, 5, make_target("x86-64-v3"));
  for (const ProgramPlan& p : {plan, without_fusion(plan)}) {
    ProgramRunner runner(p);
    InterpreterInputs in = first_step(g, 5);
    for (int t = 1; t <= 3; ++t) {
      set_step(g, in, t);
      in = representable(g, in);
      const InterpreterOutputs expected = interpret(g, in);
      const RunOutput got = runner.run(Entry::train, in);
      std::string where;
      const double worst = worst_distance(g, got, expected, &where);
      INFO("step " << t << " " << where << "\n" << p.entries[0].text);
      CHECK(worst <= tolerance(DType::f32, 30));
      in.states = expected.states;
    }
  }
}

/// Whether every weight gradient (a contraction with a transposed operand) may die in its kernel.
bool updates_behind_gradients(const Graph& g) {
  const auto verdicts = update_fusion(g);
  int fused = 0, all = 0;
  for (ValueId v = 0; v < g.size(); ++v) {
    if (g.node(v).op != Op::matmul || !g.node(v).attr.transpose_a) continue;
    ++all;
    if (verdicts[static_cast<std::size_t>(v)] == UpdateFusion::fused) ++fused;
  }
  REQUIRE(all == 2);
  return fused == all;
}

}  // namespace

TEST_CASE("a step of every optimizer equals the interpreter's", "[update]") {
  for (const UpdateCase& c : optimizer_cases()) {
    INFO(optimizer_name(c.optimizer) << ", " << c.name);
    const Graph g = train_graph(c);
    check_steps(g);
    CHECK(updates_behind_gradients(g) == c.behind);
  }
}

TEST_CASE("what is done with gradients decides where the update runs", "[update]") {
  for (const opt_kind kind : {opt_kind::sgd, opt_kind::adam})
    for (const UpdateCase& c : recipe_cases(kind)) {
      INFO(optimizer_name(kind) << ", " << c.name);
      const Graph g = train_graph(c);
      check_steps(g);
      CHECK(updates_behind_gradients(g) == c.behind);
    }
}
