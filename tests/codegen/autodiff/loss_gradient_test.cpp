// Closed-form gradients of the losses against central differences.
#include "autodiff/gradient.hpp"
#include "codegen/support/graph_text.hpp"
#include "codegen/support/loss_ops.hpp"
#include "codegen/support/sample_values.hpp"
#include "ir/op_info.hpp"
#include "pass/pipeline.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace ingot::codegen;
using namespace ingot::test;

namespace {

/// mean(op(x, target)) over the rows, x the input. `value`: the attribute.
Graph loss_graph(Op op, double value = 0) {
  const std::string target = takes_label(op) ? "index=1 : f64[B,1]\n" : ": f64[B,4]\n";
  return graph_of("%0 = input : f64[B,4]\n%1 = target " + target + "%2 = constant value=0.7 : f64[1,1]\n%3 = " + std::string(op_name(op)) +
                  loss_operands(op, "%0", "%1", "%2") + " value=" + std::to_string(value) +
                  " : f64[B,1]\n%4 = column_sum %3 : f64[1,1]\n%5 = rows : f64[1,1]\n%6 = div %4 %5 : f64[1,1]\nmetric 0 %6 \"loss\"\n");
}

InterpreterInputs loss_inputs(const Graph& g, Op op, std::uint64_t seed) {
  InterpreterInputs in = sample_inputs(g, 3, seed);
  Random random(seed + 100);
  in.inputs[0] = takes_probabilities(op) ? random.values(12, 0.05, 0.95) : random.values(12, -2, 2);
  for (double& t : in.targets[0]) t = random.uniform(0.1, 0.9);  // soft targets: the formulas hold for any
  if (op == Op::hinge || op == Op::squared_hinge)
    for (double& t : in.targets[0]) t = random.chance(0.5) ? 1 : random.chance(0.5) ? 0 : -1;
  return in;
}

double distance(Op op, std::uint64_t seed, double value = 0) {
  Graph g = loss_graph(op, value);
  InterpreterInputs in = loss_inputs(g, op, seed);
  const ValueId x = 0;
  const ValueId dx = gradient(g, 6, {&x, 1}).front();
  g.results.push_back({ResultKind::output, 0, dx, "x"});
  verify(g, Stage::built, "gradient");
  Graph finished = g;
  run_passes(finished, late_passes());
  const Values composite = interpret(g, in).results[1], primitive = interpret(finished, in).results[1];
  Values numeric;
  for (double& xi : in.inputs[0]) {
    const double old = xi, h = 1e-6;
    xi = old + h;
    const double above = interpret(g, in).results[0][0];
    xi = old - h;
    numeric.push_back((above - interpret(g, in).results[0][0]) / (2 * h));
    xi = old;
  }
  return std::max(relative_distance(composite, numeric), relative_distance(primitive, numeric));
}

}  // namespace

TEST_CASE("every loss has the gradient of its formula", "[gradient][loss]") {
  for (int i = 0; i < op_count; ++i) {
    const Op op = static_cast<Op>(i);
    if (op_family(op) != Family::loss || not_differentiable(op)) continue;
    INFO(op_name(op));
    for (std::uint64_t seed = 1; seed < 6; ++seed) CHECK(distance(op, seed) < 1e-8);
    if (op == Op::binary_focal_probs || op == Op::binary_focal_logits) CHECK(distance(op, 6, 1) < 1e-8);
  }
}

TEST_CASE("loss and gradient of a mixed target are the shares of those of both classes", "[gradient][loss]") {
  const auto run = [](Op op, const Values& target) {
    Graph g = loss_graph(op);
    g.results.push_back({ResultKind::output, 0, gradient(g, 6, std::array{ValueId{0}}).front(), "x"});
    InterpreterInputs in = loss_inputs(g, Op::sparse_ce_logits, 3);
    in.targets[takes_label(op) ? 1 : 0] = target;
    return interpret(g, in).results;
  };
  const Values own{2, 0, 1}, other{3, 3, 1};
  constexpr double share = 0.3;
  Values mixed(12);
  for (std::size_t r = 0; r < 3; ++r) {
    mixed[r * 4 + static_cast<std::size_t>(own[r])] += share;
    mixed[r * 4 + static_cast<std::size_t>(other[r])] += 1 - share;
  }
  const auto a = run(Op::sparse_ce_logits, own), b = run(Op::sparse_ce_logits, other), both = run(Op::ce_logits, mixed);
  CHECK(both[0][0] == Approx(share * a[0][0] + (1 - share) * b[0][0]).epsilon(1e-12));
  for (std::size_t i = 0; i < 12; ++i) CHECK(both[1][i] == Approx(share * a[1][i] + (1 - share) * b[1][i]).margin(1e-12));
}

TEST_CASE("the gradient of cross-entropy from logits is softmax minus one-hot, over the rows", "[gradient][loss]") {
  Graph g = loss_graph(Op::sparse_ce_logits);
  InterpreterInputs in = loss_inputs(g, Op::sparse_ce_logits, 3);
  in.inputs[0].assign(12, 0.0);
  in.targets[1] = {0, 1, 3};
  const ValueId x = 0;
  const ValueId dx = gradient(g, 6, {&x, 1}).front();
  const Values v = interpret_all(g, in)[static_cast<std::size_t>(dx)];
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 4; ++j) CHECK(v[i * 4 + j] == Approx((0.25 - (in.targets[1][i] == static_cast<double>(j) ? 1 : 0)) / 3));
}

TEST_CASE("clipped probabilities have no gradient", "[gradient][loss]") {
  for (const Op op : {Op::bce_probs, Op::binary_focal_probs, Op::kl_divergence, Op::msle}) {
    INFO(op_name(op));
    Graph g = loss_graph(op);
    InterpreterInputs in = loss_inputs(g, op, 3);
    in.inputs[0].assign(12, 0.0);
    const ValueId x = 0;
    const ValueId dx = gradient(g, 6, {&x, 1}).front();
    CHECK(interpret_all(g, in)[static_cast<std::size_t>(dx)] == Values(12, 0.0));
  }
}

TEST_CASE("focal losses of logits far from zero keep a finite gradient", "[gradient][loss]") {
  for (const Op op : {Op::binary_focal_logits, Op::categorical_focal_logits}) {
    INFO(op_name(op));
    Graph g = loss_graph(op);
    InterpreterInputs in = loss_inputs(g, op, 3);
    in.targets[0] = {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0};
    in.inputs[0] = {800, -800, 0, 0, -800, 800, 0, 0, 0, 0, 0, 0};
    const ValueId x = 0;
    const ValueId dx = gradient(g, 6, {&x, 1}).front();
    run_passes(g, {});
    const Values v = interpret_all(g, in)[static_cast<std::size_t>(dx)];
    for (const double value : v) CHECK(std::isfinite(value));
    CHECK(v[4] < -0.01);  // surely wrong: pulled up
  }
}
