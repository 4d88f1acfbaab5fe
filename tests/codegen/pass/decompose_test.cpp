#include "pass/decompose.hpp"

#include "codegen/support/graph_text.hpp"
#include "codegen/support/loss_ops.hpp"
#include "codegen/support/sample_values.hpp"
#include "ir/op_info.hpp"
#include "pass/dead_code.hpp"

#include <catch2/catch.hpp>

using namespace ingot::codegen;
using namespace ingot::test;

namespace {

std::string decomposed(const std::string& node) {
  Graph g = graph_of("%0 = input : f64[B,4]\n%1 = " + node + "result 0 %1 \"r\"\n");
  CHECK(decompose(g));
  verify(g, Stage::primitive, "decompose");
  dead_code(g);  // brings the nodes into one order
  return body_of(g);
}

/// One graph that applies composite `op` to x (large and small values, both signs).
Graph apply(Op op) {
  const std::string name(op_name(op));
  std::string text = "%0 = input : f64[B,4]\n%1 = " + std::string(takes_probabilities(op) ? "sigmoid" : "cast") + " %0 : f64[B,4]\n";
  text += std::string("%2 = target ") + (takes_label(op) ? "index=1 : f64[B,1]\n" : ": f64[B,4]\n") +
          "%3 = constant value=0.3 : f64[1,1]\n%4 = " + name;
  if (op == Op::dropout) return graph_of(text + " %1 %3 layer=2 training : f64[B,4]\nresult 0 %4 \"r\"\n");
  if (op == Op::batch_norm) return graph_of(text + " %1 %3 %3 %3 : f64[B,4]\nresult 0 %4 \"r\"\n");
  if (op_family(op) != Family::loss) return graph_of(text + " %1 value=0.7 : f64[B,4]\nresult 0 %4 \"r\"\n");
  return graph_of(text + loss_operands(op, "%1", "%2", "%3") + " value=0.5 : f64[B,1]\nresult 0 %4 \"r\"\n");
}

}  // namespace

TEST_CASE("relu, leaky_relu and softmax as text", "[decompose]") {
  CHECK(decomposed("relu %0 : f64[B,4]\n") ==
        "%0 = constant : f64[1,1]\n%1 = input : f64[B,4]\n%2 = maximum %0 %1 : f64[B,4]\nresult 0 %2 \"r\"\n");
  CHECK(decomposed("leaky_relu %0 value=0.25 : f64[B,4]\n") ==
        "%0 = input : f64[B,4]\n%1 = constant : f64[1,1]\n%2 = greater %0 %1 : bool[B,4]\n%3 = constant value=0.25 : f64[1,1]\n"
        "%4 = mul %0 %3 : f64[B,4]\n%5 = select %2 %0 %4 : f64[B,4]\nresult 0 %5 \"r\"\n");
  CHECK(decomposed("softmax %0 : f64[B,4]\n") ==
        "%0 = input : f64[B,4]\n%1 = row_max %0 : f64[B,1]\n%2 = sub %0 %1 : f64[B,4]\n%3 = exp %2 : f64[B,4]\n%4 = row_sum %3 : f64[B,1]\n"
        "%5 = div %3 %4 : f64[B,4]\nresult 0 %5 \"r\"\n");
}

TEST_CASE("dropout that does nothing vanishes", "[decompose]") {
  Graph g = graph_of(
      "%0 = input : f64[B,4]\n%1 = constant : f64[1,1]\n%2 = dropout %0 %1 training : f64[B,4]\n%3 = scalar : f64[1,1]\n"
      "%4 = dropout %2 %3 : f64[B,4]\nresult 0 %4 \"r\"\n");
  CHECK(decompose(g));
  CHECK(g.results[0].value == 0);
}

TEST_CASE("a graph of primitive ops is left alone", "[decompose]") {
  Graph g = graph_of("%0 = input : f64[B,4]\n%1 = sigmoid %0 : f64[B,4]\nresult 0 %1 \"r\"\n");
  CHECK_FALSE(decompose(g));
}

TEST_CASE("every composite means the same decomposed", "[decompose]") {
  for (int i = 0; i < op_count; ++i) {
    const Op op = static_cast<Op>(i);
    if (!is_decomposed(op)) continue;
    INFO(op_name(op));
    Graph g = apply(op);
    InterpreterInputs in = sample_inputs(g, 6, 9);
    for (std::size_t k = 0; k < in.inputs[0].size(); ++k) in.inputs[0][k] *= k % 3 == 0 ? 1e-6 : k % 3 == 1 ? 1 : 20;
    const Values before = interpret(g, in).results[0];
    REQUIRE(decompose(g));
    verify(g, Stage::primitive, "decompose");
    const Values after = interpret(g, in).results[0];
    for (std::size_t k = 0; k < before.size(); ++k) CHECK(after[k] == Approx(before[k]).epsilon(1e-11).margin(1e-14));
  }
}

TEST_CASE("elu keeps its relative accuracy near zero", "[decompose]") {
  Graph g = apply(Op::elu);
  InterpreterInputs in = sample_inputs(g, 1, 9);
  in.inputs[0] = {-1e-9, -1e-12, -1e-3, -40};
  decompose(g);
  const Values y = interpret(g, in).results[0];
  for (std::size_t k = 0; k < 4; ++k) CHECK(y[k] == Approx(0.7 * std::expm1(in.inputs[0][k])).epsilon(1e-14));
}

TEST_CASE("NaN passes through relu and the losses", "[decompose]") {
  for (const Op op : {Op::relu, Op::bce_probs, Op::bce_logits, Op::mse, Op::huber, Op::sparse_ce_logits, Op::binary_focal_logits,
                      Op::kl_divergence, Op::hinge, Op::log_cosh}) {
    INFO(op_name(op));
    Graph g = apply(op);
    InterpreterInputs in = sample_inputs(g, 1, 9);
    in.inputs[0].assign(4, std::nan(""));
    decompose(g);
    CHECK(std::isnan(interpret(g, in).results[0][0]));
  }
}
