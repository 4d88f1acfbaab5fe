// Optimizer updates against vectors that Keras 3.15 gave: w0 = (1, -1), lr 0.1, gradients (0.5,-2), (-0.3,1), (0.2,0.1).
#include "autodiff/update.hpp"

#include "codegen/support/sample_values.hpp"
#include "ir/verify.hpp"
#include "pass/pipeline.hpp"

#include <catch2/catch.hpp>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;

namespace {

struct Recipe {
  opt_kind kind;
  double momentum = 0;
  bool nesterov = false;
  double epsilon = 1e-7;
  double decay = 0;
  epsilon_kind form = epsilon_kind::keras;
};

/// States w, g, then the slots; scalars: rate, beta1^t, beta2^t.
Graph update_graph(const Recipe& r, DType dtype) {
  Graph graph;
  graph.dtype = dtype;
  graph.states.push_back({"w", {2}, dtype, Role::parameter, Init::constant, 0, -1});
  graph.states.push_back({"g", {2}, dtype, Role::statistic, Init::constant, 0, -1});
  std::vector<std::int32_t> slots;
  for (const auto name : slot_names(r.kind, r.momentum != 0)) {
    slots.push_back(static_cast<std::int32_t>(graph.states.size()));
    graph.states.push_back({"w/" + std::string(name), {2}, dtype, Role::slot, Init::constant, 0, 0});
  }
  graph.scalars = {{"rate", ScalarKind::rate, -1, 0}, {"b1", ScalarKind::power, -1, 0.9}, {"b2", ScalarKind::power, -1, 0.999}};
  Builder b(graph);
  OptimizerNumbers n;
  n.kind = r.kind;
  n.epsilon_form = r.form;
  n.nesterov = r.nesterov;
  n.has_momentum = r.momentum != 0;
  n.has_decay = r.decay != 0;
  n.rate = b.scalar(0);
  n.beta1_power = b.scalar(1);
  n.beta2_power = b.scalar(2);
  n.momentum = b.constant(r.momentum, DType::f64);
  n.rho = b.constant(0.9, DType::f64);
  n.epsilon = b.constant(r.epsilon, DType::f64);
  n.beta1 = b.constant(0.9, DType::f64);
  n.beta2 = b.constant(0.999, DType::f64);
  n.weight_decay = b.constant(r.decay, DType::f64);
  const ValueId grad = b.state(1);
  add_update(b, n, 0, slots, grad);
  return graph;
}

/// The weights after each of three steps, in a row.
Values trajectory(const Recipe& r, DType dtype = DType::f64) {
  Graph graph = update_graph(r, dtype);
  verify(graph, Stage::primitive, "update");
  run_passes(graph, late_passes());
  const Values gradients[] = {{0.5, -2}, {-0.3, 1}, {0.2, 0.1}};
  InterpreterInputs in;
  in.states.assign(graph.states.size(), {0, 0});
  in.states[0] = {1, -1};
  Values all;
  for (int t = 1; t <= 3; ++t) {
    in.states[1] = gradients[t - 1];
    in.scalars = {0.1, std::pow(0.9, t), std::pow(0.999, t)};
    in.states = interpret(graph, in).states;
    all.insert(all.end(), in.states[0].begin(), in.states[0].end());
  }
  return all;
}

void check(const Recipe& r, const Values& expected) {
  for (const DType dtype : {DType::f64, DType::f32}) {  // the f32 graph has casts of numbers; the interpreter does not round
    const Values w = trajectory(r, dtype);
    for (std::size_t i = 0; i < expected.size(); ++i) CHECK(w[i] == Approx(expected[i]).epsilon(2e-6));  // Keras took 1 - beta^t in float32
  }
}

}  // namespace

TEST_CASE("SGD", "[update]") {
  check({opt_kind::sgd}, {0.95, -0.8, 0.98, -0.9, 0.96, -0.91});
  check({opt_kind::sgd, 0.9}, {0.95, -0.8, 0.935, -0.72, 0.9015, -0.658});
  check({opt_kind::sgd, 0.9, true}, {0.905, -0.62, 0.9215, -0.648, 0.87135, -0.6022});
  check({opt_kind::sgd, 0, false, 1e-7, 0.5}, {0.9, -0.75, 0.885, -0.8125, 0.82075, -0.781875});
}

TEST_CASE("RMSprop", "[update]") {
  check({opt_kind::rmsprop}, {0.6837729, -0.6837723, 0.8528035, -0.8312142, 0.7416067, -0.8467372});
  check({opt_kind::rmsprop, 0.9}, {0.6837729, -0.6837723, 0.568199, -0.5466093, 0.3529858, -0.4386856});
}

TEST_CASE("Adam and AdamW", "[update]") {
  check({opt_kind::adam}, {0.9000013, -0.9000008, 0.8808518, -0.8733674, 0.8461093, -0.8556567});
  check({opt_kind::adam, 0, false, 0.1}, {0.9863474, -0.9612577, 0.983367, -0.9502283, 0.977703, -0.9428919});
  check({opt_kind::adamw, 0, false, 1e-7, 0.004}, {0.8996013, -0.8996008, 0.880092, -0.8726076, 0.8449975, -0.8545479});
}

TEST_CASE("PyTorch's epsilon stands beside the corrected root", "[update]") {
  const double epsilon = 0.1;
  const Values w = trajectory({opt_kind::adam, 0, false, epsilon, 0, epsilon_kind::pytorch});
  const double gradients[3][2] = {{0.5, -2}, {-0.3, 1}, {0.2, 0.1}};
  for (std::size_t k = 0; k < 2; ++k) {
    double x = k == 0 ? 1 : -1, m = 0, v = 0;
    for (int t = 1; t <= 3; ++t) {
      const double g = gradients[t - 1][k];
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g * g;
      x -= 0.1 * (m / (1 - std::pow(0.9, t))) / (std::sqrt(v / (1 - std::pow(0.999, t))) + epsilon);
      CHECK(w[static_cast<std::size_t>(t - 1) * 2 + k] == Approx(x).epsilon(1e-12));
    }
  }
}

TEST_CASE("slots per optimizer", "[update]") {
  CHECK(slot_names(opt_kind::sgd, false).empty());
  CHECK(slot_names(opt_kind::sgd, true).size() == 1);
  CHECK(slot_names(opt_kind::rmsprop, true).size() == 2);
  CHECK(slot_names(opt_kind::adam, false) == std::vector<std::string_view>{"adam.m", "adam.v"});
  CHECK(slot_names(opt_kind::none, false).empty());
}
