// Losses and accuracies against numbers that Keras 3.15 gave, composite and decomposed.
#include "codegen/support/graph_text.hpp"
#include "codegen/support/sample_values.hpp"
#include "pass/pipeline.hpp"

#include <catch2/catch.hpp>

using namespace ingot::codegen;
using namespace ingot::test;

namespace {

/// `op` of one row of prediction and target, from the composite and from what the passes make of it; they must agree.
double loss_of(const std::string& op, const Values& x, const Values& y) {
  const std::string n = std::to_string(x.size()), m = std::to_string(y.size());
  const std::string name = op.substr(0, op.find(' ')), attributes = op.substr(name.size());
  Graph g = parse_graph("graph \"loss\" f64\ninput \"x\" f64 [" + n + "]\ntarget \"y\" f32 [" + m + "]\n%0 = input : f64[B," + n +
                        "]\n%1 = target : f64[B," + m + "]\n%2 = constant value=1 : f64[1,1]\n%3 = " + name +
                        (name == "huber" ? " %0 %1 %2" : " %0 %1") + attributes + " : f64[B,1]\nresult 0 %3 \"loss\"\nend\n");
  InterpreterInputs in;
  in.inputs = {x};
  in.targets = {y};
  const double composite = interpret(g, in).results[0][0];
  run_passes(g, late_passes());
  verify(g, Stage::primitive, "test");
  CHECK(interpret(g, in).results[0][0] == Approx(composite).epsilon(1e-12).margin(1e-15));
  return composite;
}

const Values y{0, 1, 0}, z{2, 1, 0}, p{.7, .2, .1}, p2{1.4, .4, .2};

Approx golden(double v) { return Approx(v).epsilon(2e-6); }

}  // namespace

TEST_CASE("cross-entropies have Keras's values", "[loss]") {
  CHECK(loss_of("ce_logits", z, y) == golden(1.407606));
  CHECK(loss_of("ce_probs", p, y) == golden(1.609438));
  CHECK(loss_of("ce_probs", p2, y) == golden(1.609438));
  CHECK(loss_of("sparse_ce_logits", z, {1}) == golden(1.407606));
  CHECK(loss_of("sparse_ce_probs", p, {1}) == golden(1.609438));
  CHECK(loss_of("sparse_ce_probs", p2, {1}) == golden(1.386294));        // clipped before it is normalised
  CHECK(loss_of("bce_logits", z, {0.1, 0.9, 0.1}) == golden(1.011112));  // the smoothed targets of the reference
  CHECK(loss_of("bce_probs", p, y) == golden(0.9729238));
  CHECK(loss_of("bce_probs", {0}, {1}) == golden(16.1181));
  CHECK(loss_of("ce_logits", Values(10, 0.0), {1, 0, 0, 0, 0, 0, 0, 0, 0, 0}) == golden(std::log(10.0)));
}

TEST_CASE("regression losses have Keras's values", "[loss]") {
  CHECK(loss_of("huber", {.5, 1, 3}, {0, 0, 0}) == golden(1.041667));
  CHECK(loss_of("mse", z, y) == golden(1.333333));
  CHECK(loss_of("mae", z, y) == golden((2.0 + 0 + 0) / 3));
}

TEST_CASE("losses of large logits stay finite", "[loss]") {
  CHECK(loss_of("sparse_ce_logits", {1000, -1000, 0}, {1}) == golden(2000));
  CHECK(loss_of("bce_logits", {-800}, {1}) == golden(800));
  CHECK(loss_of("bce_logits", {800}, {1}) == 0);
}

TEST_CASE("accuracies: ties go to the first index, thresholds are strict", "[loss]") {
  CHECK(loss_of("sparse_accuracy", {1, 3, 3}, {1}) == 1);
  CHECK(loss_of("sparse_accuracy", {1, 3, 3}, {2}) == 0);
  CHECK(loss_of("sparse_accuracy", {0, 0, 0}, {0}) == 1);
  CHECK(loss_of("categorical_accuracy", {1, 3, 3}, {0, 1, 0}) == 1);
  CHECK(loss_of("categorical_accuracy", {1, 3, 3}, {0, 0, 1}) == 0);
  CHECK(loss_of("binary_accuracy value=0.5", {0.5}, {1}) == 0);
  CHECK(loss_of("binary_accuracy value=0.5", {0.5}, {0}) == 1);
  CHECK(loss_of("binary_accuracy value=0.5", {0.6, 0.4}, {1, 1}) == 0.5);
}
