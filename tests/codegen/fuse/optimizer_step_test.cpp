// The train step of a small net with every optimizer, as machine code, against the interpreter: three steps from fresh slots, fused
// and with one kernel per op. And which of them may update behind the gradient.
#include "codegen/support/program_runner.hpp"
#include "codegen/support/tolerance.hpp"
#include "codegen/support/update_steps.hpp"
#include "fuse/update_fusion.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <functional>
#include <map>

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

TEST_CASE("a step with constraints and masks equals the interpreter's", "[update]") {
  for (const constraint_kind kind :
       {constraint_kind::max_norm, constraint_kind::non_negative, constraint_kind::unit_norm, constraint_kind::min_max_norm}) {
    DefinitionBuilder b = small_net(opt_kind::adam, [](recipe_t& r) {
      r.epsilon.k = 1e-3;
      r.average = true;
      r.average_momentum.k = 0.9;
      r.craft.prune.form = prune_form::unstructured;
      r.craft.prune.layer[r.craft.prune.n_layers++] = name_t("hidden");
    });
    for (int layer = 1; layer <= 2; ++layer) {
      b.at(layer).constraint = {kind, {0.5, -1, 0}, {0.75, -1, 0}, {0.5, -1, 0}};
      b.at(layer).bias_constraint = b.at(layer).constraint;
    }
    const Graph g = train_graph(b);
    check_steps(g);
    if (kind == constraint_kind::non_negative) CHECK(updates_behind_gradients(g));
  }
}

TEST_CASE("pruned weights, their slots and averages stay 0, and count for no norm", "[update]") {
  const Graph g = train_graph(small_net(opt_kind::adam, [](recipe_t& r) {
    r.average = true;
    r.average_momentum.k = 0.9;
    r.craft.prune.form = prune_form::unstructured;
  }));
  InterpreterInputs in = sample_inputs(g, 5, 7, 3);
  std::map<std::string, std::size_t> at;
  for (std::size_t s = 0; s < g.states.size(); ++s) at[g.states[s].name] = s;
  REQUIRE(at.count("hidden.kernel/mask") == 1);
  CHECK(at.count("hidden.bias/mask") == 0);
  for (const char* layer : {"hidden.kernel", "scores.kernel"}) {
    Values& mask = in.states[at.at(std::string(layer) + "/mask")];
    for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = i % 3 == 0 ? 0 : 1;
    for (const char* part : {"", "/adam.m", "/adam.v", "/average"})
      for (std::size_t i = 0; i < mask.size(); ++i) in.states[at.at(layer + std::string(part))][i] *= mask[i];
  }
  set_step(g, in, 2);
  const InterpreterOutputs out = interpret(g, in);
  for (const char* layer : {"hidden.kernel", "scores.kernel"})
    for (const char* part : {"", "/adam.m", "/adam.v", "/average"}) {
      const Values& now = out.states[at.at(layer + std::string(part))];
      for (std::size_t i = 0; i < now.size(); ++i) CHECK((now[i] == 0) == (i % 3 == 0));
    }
}
