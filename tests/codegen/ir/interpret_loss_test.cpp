// Losses and accuracies against numbers that Keras 3.15 gave, composite and decomposed.
#include "codegen/support/graph_text.hpp"
#include "codegen/support/sample_values.hpp"
#include "ir/op_info.hpp"
#include "pass/pipeline.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

using namespace ingot::codegen;
using namespace ingot::test;

namespace {

/// `op` of one row of prediction and target, from the composite and from what the passes make of it; they must agree.
/// `numbers`: third and fourth operand.
double loss_of(const std::string& op, const Values& x, const Values& y, const Values& numbers = {1, 1}) {
  const std::string n = std::to_string(x.size()), m = std::to_string(y.size());
  const std::string name = op.substr(0, op.find(' ')), attributes = op.substr(name.size());
  std::string text = "graph \"loss\" f64\ninput \"x\" f64 [" + n + "]\ntarget \"y\" f32 [" + m + "]\n%0 = input : f64[B," + n +
                     "]\n%1 = target : f64[B," + m + "]\n";
  for (std::size_t k = 0; k < 2; ++k)
    text += "%" + std::to_string(2 + k) + " = constant value=" + std::to_string(k < numbers.size() ? numbers[k] : 1) + " : f64[1,1]\n";
  std::string operands = " %0 %1";
  for (int k = 2; k < op_arity(*find_op(name)); ++k) operands += " %" + std::to_string(k);
  Graph g = parse_graph(text + "%4 = " + name + operands + attributes + " : f64[B,1]\nresult 0 %4 \"loss\"\nend\n");
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

TEST_CASE("every row of the golden table has Keras's value", "[loss][golden]") {
  std::ifstream file(GOLDEN_LOSSES "/losses.txt");
  REQUIRE(file);
  int rows = 0;
  for (std::string line; std::getline(file, line); ++rows) {
    INFO(line);
    std::vector<Values> fields;
    std::istringstream cells(line.substr(line.find('|') + 1));
    for (std::string field; std::getline(cells, field, '|');) {
      std::istringstream text(field);
      fields.emplace_back();
      for (double v; text >> v;) fields.back().push_back(v);
    }
    REQUIRE(fields.size() == 4);
    std::istringstream head(line);
    std::string op;
    double attribute = 0;
    head >> op >> attribute;
    REQUIRE(find_op(op).has_value());
    CHECK(loss_of(op + " value=" + std::to_string(attribute), fields[0], fields[1], fields[2]) ==
          Approx(fields[3].at(0)).epsilon(1e-6).margin(1e-7));
  }
  CHECK(rows > 60);
}

TEST_CASE("labels of hinge losses: 0 counts as -1", "[loss]") {
  CHECK(loss_of("hinge", p, y) == golden(1.2));
  CHECK(loss_of("hinge", p, {-1, 1, -1}) == golden(1.2));
}

TEST_CASE("a score that is no number is in no top k", "[loss]") {
  const double nan = std::nan("");
  CHECK(loss_of("sparse_top_k_accuracy value=2", {nan, 3, 2}, {1}) == 1);
  CHECK(loss_of("sparse_top_k_accuracy value=2", {nan, 3, 2}, {2}) == 0);
  CHECK(loss_of("sparse_top_k_accuracy value=2", {nan, 3, 2}, {0}) == 0);
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
