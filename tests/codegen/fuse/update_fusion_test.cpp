// When an update may run behind its gradient: the verdict of the predicate in each case, what fusion makes of it, and that the
// step computes what the interpreter does either way.
#include "fuse/update_fusion.hpp"

#include "codegen/fuse/update_graphs.hpp"
#include "codegen/support/program_runner.hpp"
#include "codegen/support/sample_values.hpp"
#include "codegen/support/tolerance.hpp"
#include "fuse/regions.hpp"

#include <catch2/catch.hpp>

using namespace ingot::codegen;
using namespace ingot::test;

namespace {

/// Is `v` computed in the kernel of the gradient?
bool in_gradient_kernel(const Graph& g, ValueId gradient, ValueId v) {
  const Fusion f = fuse(g);
  return f.region_of[static_cast<std::size_t>(v)] == f.region_of[static_cast<std::size_t>(gradient)];
}

void check_step(const Graph& g) {
  constexpr unsigned batch = 5;
  const ProgramPlan plan = plan_graphs({{Entry::train, g}}, batch, make_target("x86-64-v3"));
  const InterpreterInputs in = representable(g, sample_inputs(g, batch, 2));
  const InterpreterOutputs expected = interpret(g, in);
  for (const ProgramPlan& p : {plan, without_fusion(plan)}) {
    ProgramRunner runner(p);
    RunOptions options;
    options.threads = 3;
    const RunOutput got = runner.run(Entry::train, in, options);
    std::string where;
    const double worst = worst_distance(g, got, expected, &where);
    INFO(where << "\n" << p.entries[0].text);
    CHECK(worst <= tolerance(DType::f32, 30));
    CHECK(got.guards_intact);
  }
}

void check(UpdateGraph& g, ValueId update, UpdateFusion verdict) {
  const Graph& graph = g.graph();
  CHECK(update_fusion(graph)[static_cast<std::size_t>(g.gradient)] == verdict);
  CHECK(in_gradient_kernel(graph, g.gradient, update) == (verdict == UpdateFusion::fused));
  check_step(graph);
}

}  // namespace

TEST_CASE("a plain update is fused", "[update]") {
  UpdateGraph g;
  const ValueId next = g.descend(g.w, g.gradient);
  g.assign(0, next);
  check(g, next, UpdateFusion::fused);
}

TEST_CASE("an update with a slot is fused, both assignments", "[update]") {
  UpdateGraph g;
  const ValueId m = g->add(g->mul(g.m, 0.9), g.gradient), next = g.descend(g.w, m);
  g.assign(1, m);
  g.assign(0, next);
  CHECK(in_gradient_kernel(g.graph(), g.gradient, m));
  check(g, next, UpdateFusion::fused);
}

TEST_CASE("weight decay and a penalty of the old weights do not stand in the way", "[update]") {
  UpdateGraph g;
  g.metric(g.total(g->mul(g.w, g.w)));
  const ValueId next = g.descend(g.w, g->add(g.gradient, g->mul(g.w, 0.01)));
  g.assign(0, next);
  check(g, next, UpdateFusion::fused);
}

TEST_CASE("a global norm has to see the gradient first", "[update]") {
  UpdateGraph g;
  const ValueId norm = g->unary(Op::sqrt, g.total(g->mul(g.gradient, g.gradient)));
  const ValueId factor = g->div(g->constant(1, DType::f32), g->add(norm, 1.0));
  const ValueId next = g.descend(g.w, g->mul(g.gradient, factor));
  g.assign(0, next);
  check(g, next, UpdateFusion::other_consumer);
}

TEST_CASE("a norm over all parameters holds back every one of them", "[update]") {
  UpdateGraph g;
  const ValueId second = g->matmul(g.d, g.d, true, false);
  const ValueId norm = g->add(g.total(g->mul(g.gradient, g.gradient)), g.total(g->mul(second, second)));
  const ValueId factor = g->div(g->constant(1, DType::f32), norm);
  const ValueId next = g.descend(g.w, g->mul(g.gradient, factor)), next_u = g.descend(g.u, g->mul(second, factor));
  g.assign(0, next);
  g.assign(3, next_u);
  CHECK(update_fusion(g.graph())[static_cast<std::size_t>(second)] == UpdateFusion::other_consumer);
  CHECK_FALSE(in_gradient_kernel(g.graph(), second, next_u));
  check(g, next, UpdateFusion::other_consumer);
}

TEST_CASE("a finite check that skips the step has to see the gradient first", "[update]") {
  UpdateGraph g;
  const ValueId probe = g.total(g->mul(g.gradient, 0.0));
  const ValueId finite = g->binary(Op::equal, probe, g->constant(0, DType::f32));
  const ValueId next = g->select(finite, g.descend(g.w, g.gradient), g.w);
  g.assign(0, next);
  check(g, next, UpdateFusion::other_consumer);
}

TEST_CASE("a finite check skips the step when the gradient is not finite", "[update]") {
  UpdateGraph g;
  const ValueId probe = g.total(g->mul(g.gradient, 0.0));
  g.assign(0, g->select(g->binary(Op::equal, probe, g->constant(0, DType::f32)), g.descend(g.w, g.gradient), g.w));
  const ProgramPlan plan = plan_graphs({{Entry::train, g.graph()}}, 4, make_target("x86-64-v3"));
  InterpreterInputs in = representable(g.graph(), sample_inputs(g.graph(), 4, 2));
  in.inputs[0][7] = std::numeric_limits<double>::infinity();
  ProgramRunner runner(plan);
  CHECK(runner.run(Entry::train, in).states == in.states);
}

TEST_CASE("accumulation whose sum is read elsewhere is not fused", "[update]") {
  UpdateGraph g;
  const ValueId sum = g->add(g.m, g.gradient), next = g.descend(g.w, sum);
  g.assign(1, sum);
  g.assign(0, next);
  g.metric(g.total(sum));
  check(g, next, UpdateFusion::other_consumer);
}

TEST_CASE("accumulation of two contractions is fused behind the second", "[update]") {
  UpdateGraph g;  // a layer that is used twice
  const ValueId again = g->matmul(g->mul(g.x, 2.0), g.d, true, false);
  const ValueId next = g.descend(g.w, g->add(g.gradient, again));
  g.assign(0, next);
  CHECK(in_gradient_kernel(g.graph(), again, next));
  check_step(g.graph());
}

TEST_CASE("a gradient that the caller wants is stored", "[update]") {
  UpdateGraph g;
  const ValueId next = g.descend(g.w, g.gradient);
  g.assign(0, next);
  g.output(g.gradient);
  check(g, next, UpdateFusion::gradient_is_result);
}

TEST_CASE("a statistic of the gradient keeps it in memory", "[update]") {
  UpdateGraph g;
  const ValueId next = g.descend(g.w, g.gradient);
  g.assign(0, next);
  g.assign(2, g->unary(Op::column_sum, g.gradient));
  check(g, next, UpdateFusion::other_consumer);
}

TEST_CASE("a contraction that reads the gradient keeps it in memory", "[update]") {
  UpdateGraph g;
  const ValueId next = g.descend(g.w, g.gradient);
  g.assign(0, next);
  g.output(g->matmul(g.x, g.gradient));
  check(g, next, UpdateFusion::other_consumer);
}

TEST_CASE("several parameters are judged one by one", "[update]") {
  UpdateGraph g;
  const ValueId second = g->matmul(g.d, g.d, true, false);
  const ValueId next = g.descend(g.w, g.gradient), next_u = g.descend(g.u, second);
  g.assign(0, next);
  g.assign(3, next_u);
  g.metric(g.total(second));
  CHECK(update_fusion(g.graph())[static_cast<std::size_t>(second)] == UpdateFusion::other_consumer);
  check(g, next, UpdateFusion::fused);
}

TEST_CASE("a state that others still read is updated after them", "[update]") {
  UpdateGraph g;
  const ValueId forward = g->matmul(g.x, g.w);
  const ValueId late = g->matmul(g->unary(Op::tanh, forward), g.w, false, true);  // the backward contraction reads w again
  g.output(late);
  const ValueId next = g.descend(g.w, g.gradient);
  g.assign(0, next);
  check(g, next, UpdateFusion::fused);
}

TEST_CASE("values that are no updates, and dead ones, have no verdict", "[update]") {
  UpdateGraph g;
  const ValueId dead = g->mul(g.gradient, 3.0);
  g.assign(0, g.descend(g.w, g.gradient));
  const auto verdicts = update_fusion(g.graph());
  CHECK(verdicts[static_cast<std::size_t>(dead)] == UpdateFusion::not_an_update);
  CHECK(verdicts[static_cast<std::size_t>(g.gradient)] == UpdateFusion::fused);
}
