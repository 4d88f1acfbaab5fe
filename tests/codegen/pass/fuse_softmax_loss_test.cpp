#include "pass/fuse_softmax_loss.hpp"

#include "codegen/support/graph_text.hpp"
#include "codegen/support/sample_values.hpp"

#include <catch2/catch.hpp>

using namespace ingot::codegen;
using namespace ingot::test;

namespace {

std::string loss_node(const std::string& activation, const std::string& loss) {
  Graph g = graph_of("%0 = input : f64[B,4]\n%1 = " + activation +
                     " %0 : f64[B,4]\n%2 = target : f64[B,4]\n%3 = target index=1 : f64[B,1]\n%4 = constant value=2 : f64[1,1]\n%5 = "
                     "constant value=0.25 : f64[1,1]\n%6 = " +
                     loss + " : f64[B,1]\nresult 0 %6 \"loss\"\n");
  const bool changed = fuse_softmax_loss(g);
  verify(g, Stage::built, "fuse_softmax_loss");
  const std::string text = print_node(g, 6);
  CHECK(changed == (text.find("%0") != std::string::npos));
  return text.substr(5, text.find(" :") - 5);
}

}  // namespace

TEST_CASE("losses of probabilities are taken from logits", "[fuse_softmax_loss]") {
  CHECK(loss_node("softmax", "sparse_ce_probs %1 %3") == "sparse_ce_logits %0 %3");
  CHECK(loss_node("softmax", "ce_probs %1 %2") == "ce_logits %0 %2");
  CHECK(loss_node("sigmoid", "bce_probs %1 %2") == "bce_logits %0 %2");
  CHECK(loss_node("sigmoid", "binary_focal_probs %1 %2 %4 %5 value=1") == "binary_focal_logits %0 %2 %4 %5 value=1");
  CHECK(loss_node("softmax", "categorical_focal_probs %1 %2 %4") == "categorical_focal_logits %0 %2 %4");
  CHECK(loss_node("softmax", "sparse_top_k_accuracy %1 %3 value=2") == "sparse_top_k_accuracy %0 %3 value=2");
  CHECK(loss_node("softmax", "sparse_accuracy %1 %3") == "sparse_accuracy %0 %3");
  CHECK(loss_node("softmax", "categorical_accuracy %1 %2") == "categorical_accuracy %0 %2");
}

TEST_CASE("other pairs stay", "[fuse_softmax_loss]") {
  CHECK(loss_node("sigmoid", "sparse_ce_probs %1 %3") == "sparse_ce_probs %1 %3");
  CHECK(loss_node("softmax", "bce_probs %1 %2") == "bce_probs %1 %2");
  CHECK(loss_node("tanh", "bce_probs %1 %2") == "bce_probs %1 %2");
  CHECK(loss_node("softmax", "sparse_ce_logits %1 %3") == "sparse_ce_logits %1 %3");
  CHECK(loss_node("sigmoid", "binary_accuracy %1 %2 value=0.5") == "binary_accuracy %1 %2 value=0.5");
}

TEST_CASE("the fused loss survives probabilities that underflow", "[fuse_softmax_loss]") {
  Graph g = graph_of(
      "%0 = input : f64[B,4]\n%1 = softmax %0 : f64[B,4]\n%2 = target index=1 : f64[B,1]\n"
      "%3 = sparse_ce_probs %1 %2 : f64[B,1]\nresult 0 %3 \"loss\"\n");
  InterpreterInputs in = sample_inputs(g, 1, 1);
  in.inputs[0] = {0, 900, 0, 0};
  in.targets[1] = {0};
  CHECK(interpret(g, in).results[0][0] == Approx(-std::log(1e-7)).epsilon(1e-6));  // what the clipped form can say at most
  fuse_softmax_loss(g);
  CHECK(interpret(g, in).results[0][0] == Approx(900));
}
