// What each op means, against formulas written out here once more: every op of the table but the losses
// (interpret_loss_test.cpp) has a case.
#include "ir/interpret.hpp"

#include "codegen/support/graph_text.hpp"
#include "codegen/support/sample_values.hpp"
#include "ir/error.hpp"
#include "ir/philox.hpp"

#include <catch2/catch.hpp>

#include <functional>

using namespace ingot::codegen;
using namespace ingot::test;

namespace {

/// Value of the last node of `body` with x = 2 rows of 4, w [3,4], v [1,4].
struct Run {
  explicit Run(const std::string& body) : g(graph_of(body)), in(sample_inputs(g, 2, 5)) {
    in.inputs[0] = {-1.5, -0.25, 0.0, 2.0, 0.5, 3.0, -3.0, 1.0};
    in.targets[1] = {2, 0};
    value = interpret_all(g, in).back();
  }
  Graph g;
  InterpreterInputs in;
  Values value;
  [[nodiscard]] const Values& x() const { return in.inputs[0]; }
  [[nodiscard]] const Values& w() const { return in.states[0]; }
  [[nodiscard]] const Values& v() const { return in.states[1]; }
};

const std::string leaf_x = "%0 = input : f64[B,4]\n";
const std::string leaves = leaf_x + "%1 = state : f64[3,4]\n%2 = state index=1 : f64[1,4]\n";

void check_unary(const std::string& op, const std::function<double(double)>& f) {
  const std::string name = op.substr(0, op.find(' ')), attributes = op.substr(name.size());
  const Run run(leaf_x + "%1 = " + name + " %0" + attributes + " : f64[B,4]\n");
  INFO(op);
  REQUIRE(run.value.size() == 8);
  for (std::size_t i = 0; i < 8; ++i) CHECK(run.value[i] == Approx(f(run.x()[i])).margin(1e-15));
}

void check_binary(const std::string& op, const std::string& dtype, const std::function<double(double, double)>& f) {
  const Run run(leaves + "%3 = " + op + " %0 %2 : " + dtype + "[B,4]\n");
  INFO(op);
  REQUIRE(run.value.size() == 8);
  for (std::size_t i = 0; i < 8; ++i) CHECK(run.value[i] == Approx(f(run.x()[i], run.v()[i % 4])));
}

}  // namespace

TEST_CASE("unary maps", "[interpret]") {
  check_unary("neg", [](double x) { return -x; });
  check_unary("exp", [](double x) { return std::exp(x); });
  check_unary("abs", [](double x) { return x < 0 ? -x : x; });
  check_unary("sign", [](double x) { return x < 0 ? -1.0 : x > 0 ? 1.0 : 0.0; });
  check_unary("tanh", [](double x) { return (std::exp(2 * x) - 1) / (std::exp(2 * x) + 1); });
  check_unary("erf", [](double x) {  // power series
    double term = x, sum = x;
    for (int n = 1; n < 80; ++n) {
      term *= -x * x / n;
      sum += term / (2 * n + 1);
    }
    return sum * 2 / std::sqrt(std::acos(-1.0));
  });
  check_unary("sigmoid", [](double x) { return 1 / (1 + std::exp(-x)); });
  check_unary("relu", [](double x) { return x < 0 ? 0 : x; });
  check_unary("leaky_relu value=0.2", [](double x) { return x < 0 ? 0.2 * x : x; });
  check_unary("elu value=1.5", [](double x) { return x < 0 ? 1.5 * (std::exp(x) - 1) : x; });
  check_unary("gelu", [](double x) { return x * 0.5 * (1 + std::erf(x / std::sqrt(2.0))); });
  check_unary("silu", [](double x) { return x / (1 + std::exp(-x)); });
}

TEST_CASE("unary maps with a smaller domain", "[interpret]") {
  for (const std::string op : {"log", "sqrt", "log1p"}) {
    const Run run(leaf_x + "%1 = exp %0 : f64[B,4]\n%2 = " + op + " %1 : f64[B,4]\n");
    for (std::size_t i = 0; i < 8; ++i) {
      const double x = run.x()[i], y = run.value[i];
      CHECK(y == Approx(op == "log" ? x : op == "sqrt" ? std::exp(x / 2) : std::log(1 + std::exp(x))).margin(1e-15));
    }
  }
}

TEST_CASE("known values of gelu and dropout's identity", "[interpret]") {
  const Run gelu("%0 = constant value=1 : f64[1,1]\n%1 = gelu %0 : f64[1,1]\n");
  CHECK(gelu.value[0] == Approx(0.8413447).epsilon(1e-6));  // with erf; the tanh form gives 0.84119
  const Run off(leaf_x + "%1 = constant value=0.5 : f64[1,1]\n%2 = dropout %0 %1 : f64[B,4]\n");
  CHECK(off.value == off.x());
}

TEST_CASE("binary maps broadcast", "[interpret]") {
  check_binary("add", "f64", [](double a, double b) { return a + b; });
  check_binary("sub", "f64", [](double a, double b) { return a - b; });
  check_binary("mul", "f64", [](double a, double b) { return a * b; });
  check_binary("div", "f64", [](double a, double b) { return a / b; });
  check_binary("maximum", "f64", [](double a, double b) { return std::max(a, b); });
  check_binary("minimum", "f64", [](double a, double b) { return std::min(a, b); });
  check_binary("greater", "bool", [](double a, double b) { return a > b ? 1 : 0; });
  check_binary("greater_equal", "bool", [](double a, double b) { return a >= b ? 1 : 0; });
  check_binary("equal", "bool", [](double a, double b) { return a == b ? 1 : 0; });
  const Run column(leaves + "%3 = row_sum %0 : f64[B,1]\n%4 = mul %3 %2 : f64[B,4]\n");
  for (std::size_t i = 0; i < 8; ++i) CHECK(column.value[i] == Approx((i < 4 ? 0.25 : 1.5) * column.v()[i % 4]));
}

TEST_CASE("select and cast", "[interpret]") {
  const Run chosen(leaves + "%3 = constant : f64[1,1]\n%4 = greater %0 %3 : bool[B,4]\n%5 = select %4 %0 %2 : f64[B,4]\n");
  for (std::size_t i = 0; i < 8; ++i) CHECK(chosen.value[i] == (chosen.x()[i] > 0 ? chosen.x()[i] : chosen.v()[i % 4]));
  const Run number(leaves + "%3 = equal %0 %0 : bool[B,4]\n%4 = cast %3 : f64[B,4]\n");
  CHECK(number.value == Values(8, 1.0));
  const Run whole(leaf_x + "%1 = cast %0 : i32[B,4]\n");
  CHECK(whole.value == Values{-1, 0, 0, 2, 0, 3, -3, 1});
}

TEST_CASE("leaves", "[interpret]") {
  CHECK(Run("%0 = rows : f64[1,1]\n").value == Values{2});
  CHECK(Run("%0 = iota : f64[1,3]\n").value == Values{0, 1, 2});
  CHECK(Run("%0 = constant value=2.5 : f64[1,1]\n").value == Values{2.5});
  CHECK(Run("%0 = target index=1 : f64[B,1]\n").value == Values{2, 0});
  const Run scalar("%0 = scalar index=1 : f64[1,1]\n");
  CHECK(scalar.value == Values{3});
  const Run state("%0 = state index=1 : f64[1,4]\n");
  CHECK(state.value == state.v());
  const Run input(leaf_x);
  CHECK(input.value == input.x());
}

TEST_CASE("rows and columns", "[interpret]") {
  CHECK(Run(leaf_x + "%1 = row_sum %0 : f64[B,1]\n").value == Values{0.25, 1.5});
  CHECK(Run(leaf_x + "%1 = row_max %0 : f64[B,1]\n").value == Values{2, 3});
  CHECK(Run(leaf_x + "%1 = row_min %0 : f64[B,1]\n").value == Values{-1.5, -3});
  CHECK(Run(leaf_x + "%1 = column_sum %0 : f64[1,4]\n").value == Values{-1, 2.75, -3, 3});
  const Run soft(leaf_x + "%1 = softmax %0 : f64[B,4]\n"), logarithm(leaf_x + "%1 = log_softmax %0 : f64[B,4]\n");
  for (std::size_t i = 0; i < 8; ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < 4; ++j) sum += std::exp(soft.x()[i / 4 * 4 + j]);
    CHECK(soft.value[i] == Approx(std::exp(soft.x()[i]) / sum));
    CHECK(logarithm.value[i] == Approx(soft.x()[i] - std::log(sum)));
  }
}

TEST_CASE("softmax of large numbers stays finite", "[interpret]") {
  const Run run(leaf_x + "%1 = constant value=1000 : f64[1,1]\n%2 = mul %0 %1 : f64[B,4]\n%3 = log_softmax %2 : f64[B,4]\n");
  for (const double y : run.value) CHECK(std::isfinite(y));
}

TEST_CASE("matmul in all transpositions", "[interpret]") {
  const Run nt(leaves + "%3 = matmul %0 %1 transpose_b : f64[B,3]\n");  // x w^T
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t j = 0; j < 3; ++j) {
      double s = 0;
      for (std::size_t k = 0; k < 4; ++k) s += nt.x()[i * 4 + k] * nt.w()[j * 4 + k];
      CHECK(nt.value[i * 3 + j] == Approx(s));
    }
  const Run tn(leaf_x + "%1 = matmul %0 %0 transpose_a : f64[4,4]\n");  // x^T x, over the valid rows
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 4; ++j) CHECK(tn.value[i * 4 + j] == Approx(tn.x()[i] * tn.x()[j] + tn.x()[4 + i] * tn.x()[4 + j]));
  const Run nn("%0 = state : f64[3,4]\n%1 = matmul %0 %0 transpose_b : f64[3,3]\n%2 = matmul %1 %0 : f64[3,4]\n");
  const Run tt("%0 = state : f64[3,4]\n%1 = matmul %0 %0 transpose_b : f64[3,3]\n%2 = matmul %0 %1 transpose_a transpose_b : f64[4,3]\n");
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 4; ++j) CHECK(nn.value[i * 4 + j] == Approx(tt.value[j * 3 + i]));  // (w w^T) w = (w^T (w w^T)^T)^T
}

TEST_CASE("moves", "[interpret]") {
  const Run reshape(leaf_x + "%1 = reshape %0 : f64[B*2,2]\n%2 = row_sum %1 : f64[B*2,1]\n");
  CHECK(reshape.value == Values{-1.75, 2, 3.5, -2});
  CHECK(Run(leaf_x + "%1 = slice %0 begin=1 : f64[B,2]\n").value == Values{-0.25, 0, 3, -3});
  CHECK(Run(leaf_x + "%1 = slice %0 begin=3 : f64[B,1]\n%2 = concat %1 %0 : f64[B,5]\n").value ==
        Values{2, -1.5, -0.25, 0, 2, 1, 0.5, 3, -3, 1});
}

TEST_CASE("keep_mask follows the Philox stream", "[interpret]") {
  const Run run("%0 = constant value=0.4 : f64[1,1]\n%1 = keep_mask %0 layer=3 : bool[B,200]\n");
  const auto low = static_cast<std::uint32_t>(run.in.scalars[2]), high = static_cast<std::uint32_t>(run.in.scalars[3]);
  int kept = 0;
  for (std::uint32_t i = 0; i < 2; ++i)
    for (std::uint32_t j = 0; j < 200; ++j) {
      const PhiloxWords words = philox({j / 64 * 16 + j % 16, i, 3, 3}, low, high);
      const bool keep = words[j / 16 % 4] >= static_cast<std::uint32_t>(0.4 * 4294967296.0);
      REQUIRE((run.value[i * 200 + j] != 0) == keep);
      kept += keep ? 1 : 0;
    }
  CHECK(kept > 200);  // 240 expected, deviation 10
  CHECK(kept < 280);
}

TEST_CASE("Philox 4x32-10 known answers", "[interpret]") {  // Random123: kat_vectors
  CHECK(philox({0, 0, 0, 0}, 0, 0) == PhiloxWords{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, 0xffffffff, 0xffffffff) ==
        PhiloxWords{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0) ==
        PhiloxWords{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("dropout scales what it keeps; rates 0 and 1", "[interpret]") {
  const auto body = [](const char* rate) {
    return leaf_x + "%1 = constant value=" + rate + " : f64[1,1]\n%2 = dropout %0 %1 layer=1 training : f64[B,4]\n";
  };
  const Run half(body("0.5")), none(body("0")), all(body("1"));
  for (std::size_t i = 0; i < 8; ++i) CHECK((half.value[i] == 0 || half.value[i] == 2 * half.x()[i]));
  CHECK(none.value == none.x());
  CHECK(all.value == Values(8, 0.0));
}

TEST_CASE("results and assignments", "[interpret]") {
  const Graph g = graph_of("%0 = state index=1 : f64[1,4]\n%1 = add %0 %0 : f64[1,4]\nassign 1 %1 \"v\"\nresult 0 %0 \"old\"\n");
  const InterpreterInputs in = sample_inputs(g, 1, 2);
  const InterpreterOutputs out = interpret(g, in);
  for (std::size_t i = 0; i < 4; ++i) CHECK(out.states[1][i] == 2 * in.states[1][i]);
  CHECK(out.states[0] == in.states[0]);
  CHECK(out.results[1] == in.states[1]);
}

TEST_CASE("missing or wrong tensors are errors of the user", "[interpret]") {
  const Graph g = graph_of(leaf_x);
  InterpreterInputs in = sample_inputs(g, 2, 1);
  in.inputs[0].pop_back();
  CHECK_THROWS_AS(interpret(g, in), UserError);
  in = sample_inputs(g, 2, 1);
  in.scalars.pop_back();
  CHECK_THROWS_AS(interpret(g, in), UserError);
  in = sample_inputs(g, 2, 1);
  in.states.clear();
  CHECK_THROWS_AS(interpret(g, in), UserError);
}
