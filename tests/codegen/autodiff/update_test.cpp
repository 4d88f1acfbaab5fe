// Optimizer updates against vectors that Keras 3.15 gave: w0 = (1, -1), lr 0.1, gradients (0.5,-2), (-0.3,1), (0.2,0.1)
// here, and eight of them in golden/keras_updates.txt (written by tests/golden/keras_updates.py).
#include "autodiff/update.hpp"

#include "codegen/support/sample_values.hpp"
#include "ir/verify.hpp"
#include "pass/pipeline.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <map>
#include <sstream>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;

namespace {

struct Recipe {
  OptimizerForm form;
  double momentum = 0;
  bool nesterov = false;
  double epsilon = 1e-7;
  double decay = 0;
  epsilon_kind epsilon_form = epsilon_kind::keras;
  double rho = 0.9, beta1 = 0.9, beta2 = 0.999, rate = 0.1;
};

/// States w, g, then the slots; scalars: rate, beta1^t, beta2^t, 0.96^t, Nadam's product.
Graph update_graph(const Recipe& r, DType dtype) {
  Graph graph;
  graph.dtype = dtype;
  graph.states.push_back({"w", {2}, dtype, Role::parameter, Init::constant, 0, -1});
  graph.states.push_back({"g", {2}, dtype, Role::statistic, Init::constant, 0, -1});
  std::vector<std::int32_t> slots;
  for (const SlotInfo& slot : slots_of(r.form)) {
    slots.push_back(static_cast<std::int32_t>(graph.states.size()));
    graph.states.push_back({"w/" + std::string(slot.name), {2}, dtype, Role::slot, Init::constant, slot.init, 0});
  }
  graph.scalars = {{"rate", ScalarKind::rate, -1, 0},
                   {"b1", ScalarKind::power, -1, 0.9},
                   {"b2", ScalarKind::power, -1, r.beta2},
                   {"warm", ScalarKind::power, -1, 0.96},
                   {"product", ScalarKind::nadam_product, -1, 0.9}};
  Builder b(graph);
  OptimizerNumbers n;
  n.form = r.form;
  n.epsilon_form = r.epsilon_form;
  n.nesterov = r.nesterov;
  n.has_decay = r.decay != 0;
  n.rate = b.scalar(0);
  n.beta1_power = b.scalar(1);
  n.beta2_power = b.scalar(2);
  n.warm_power = b.scalar(3);
  n.warm_product = b.scalar(4);
  n.momentum = b.constant(r.momentum, DType::f64);
  n.rho = b.constant(r.rho, DType::f64);
  n.epsilon = b.constant(r.epsilon, DType::f64);
  n.beta1 = b.constant(r.beta1, DType::f64);
  n.beta2 = b.constant(r.beta2, DType::f64);
  n.weight_decay = b.constant(r.decay, DType::f64);
  const ValueId grad = b.state(1);
  add_update(b, n, {0, slots, -1}, grad);
  return graph;
}

const std::vector<Values> three_gradients = {{0.5, -2}, {-0.3, 1}, {0.2, 0.1}};
/// Those of tests/golden/keras_updates.py.
const std::vector<Values> eight_gradients = {{0.5, -2},  {-0.3, 1},    {0.2, 0.1},    {0, -0.4},
                                             {1.5, 0.7}, {-0.05, 0.6}, {0.01, -0.02}, {0.3, 0.3}};

/// The weights after each step, in a row.
Values trajectory(const Recipe& r, DType dtype = DType::f64, const std::vector<Values>& gradients = three_gradients) {
  Graph graph = update_graph(r, dtype);
  verify(graph, Stage::primitive, "update");
  run_passes(graph, late_passes());
  InterpreterInputs in;
  for (const StateInfo& state : graph.states) in.states.push_back({state.init_value, state.init_value});
  in.states[0] = {1, -1};
  Values all;
  double product = 1;
  for (std::size_t k = 0; k < gradients.size(); ++k) {
    const auto t = static_cast<double>(k + 1);
    product *= r.beta1 * (1 - 0.5 * std::pow(0.96, t));
    in.states[1] = gradients[k];
    in.scalars = {r.rate, std::pow(r.beta1, t), std::pow(r.beta2, t), std::pow(0.96, t), product};
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
  check({{opt_kind::sgd}}, {0.95, -0.8, 0.98, -0.9, 0.96, -0.91});
  check({{opt_kind::sgd, true}, 0.9}, {0.95, -0.8, 0.935, -0.72, 0.9015, -0.658});
  check({{opt_kind::sgd, true}, 0.9, true}, {0.905, -0.62, 0.9215, -0.648, 0.87135, -0.6022});
  check({{opt_kind::sgd}, 0, false, 1e-7, 0.5}, {0.9, -0.75, 0.885, -0.8125, 0.82075, -0.781875});
}

TEST_CASE("RMSprop", "[update]") {
  check({{opt_kind::rmsprop}}, {0.6837729, -0.6837723, 0.8528035, -0.8312142, 0.7416067, -0.8467372});
  check({{opt_kind::rmsprop, true}, 0.9}, {0.6837729, -0.6837723, 0.568199, -0.5466093, 0.3529858, -0.4386856});
  check({{opt_kind::rmsprop, false, true}}, {0.6666674, -0.6666667, 0.8363049, -0.8151452, 0.7231277, -0.8307406});
}

TEST_CASE("Adam and AdamW", "[update]") {
  check({{opt_kind::adam}}, {0.9000013, -0.9000008, 0.8808518, -0.8733674, 0.8461093, -0.8556567});
  check({{opt_kind::adam}, 0, false, 0.1}, {0.9863474, -0.9612577, 0.983367, -0.9502283, 0.977703, -0.9428919});
  check({{opt_kind::adamw}, 0, false, 1e-7, 0.004}, {0.8996013, -0.8996008, 0.880092, -0.8726076, 0.8449975, -0.8545479});
}

TEST_CASE("AMSGrad, Nadam, Adagrad and Lion", "[update]") {
  check({{opt_kind::adam, false, false, true}}, {0.9000013, -0.9000008, 0.8808518, -0.8733674, 0.8461093, -0.8556567});
  check({{opt_kind::nadam}}, {0.8937212, -0.8937212, 0.9401222, -0.9329806, 0.9033388, -0.9346918});
  check({{opt_kind::adagrad}}, {0.9154846, -0.9012271, 0.9607113, -0.9455078, 0.9318438, -0.9499316});
  Recipe lion{{opt_kind::lion}};
  lion.beta2 = 0.99;
  check(lion, {0.9, -0.9, 1, -1, 0.9, -1.1});
}

TEST_CASE("PyTorch's epsilon stands beside the corrected root", "[update]") {
  const double epsilon = 0.1;
  const Values w = trajectory({{opt_kind::adam}, 0, false, epsilon, 0, epsilon_kind::pytorch});
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

namespace {

/// The numbers of keras_updates.py.
Recipe exact(const OptimizerForm& form, double decay = 0, double beta2 = 0.984375) {
  return {form, form.has_momentum ? 0.875 : 0.0, false, 1e-7, decay, epsilon_kind::keras, 0.875, 0.875, beta2, 0.125};
}
Recipe with_nesterov(Recipe r) {
  r.nesterov = true;
  return r;
}
Recipe with_epsilon(Recipe r, double epsilon) {
  r.epsilon = epsilon;
  return r;
}

const std::map<std::string, Recipe> keras_recipes = {
    {"sgd", exact({opt_kind::sgd})},
    {"sgd_momentum", exact({opt_kind::sgd, true})},
    {"sgd_nesterov", with_nesterov(exact({opt_kind::sgd, true}))},
    {"rmsprop", exact({opt_kind::rmsprop})},
    {"rmsprop_momentum", exact({opt_kind::rmsprop, true})},
    {"rmsprop_centered", exact({opt_kind::rmsprop, false, true})},
    {"rmsprop_centered_momentum", exact({opt_kind::rmsprop, true, true})},
    {"adam", exact({opt_kind::adam})},
    {"adam_amsgrad", exact({opt_kind::adam, false, false, true}, 0, 0.5)},
    {"adamw", exact({opt_kind::adamw}, 0.25)},
    {"nadam", exact({opt_kind::nadam})},
    {"adagrad", exact({opt_kind::adagrad, false, false, false, 0.125})},
    {"adadelta", with_epsilon(exact({opt_kind::adadelta}), 1.0 / 1024)},
    {"adamax", exact({opt_kind::adamax})},
    {"lion", exact({opt_kind::lion})},
    {"lamb", exact({opt_kind::lamb})},
    {"lamb_decay", exact({opt_kind::lamb}, 0.5)},
};

}  // namespace

TEST_CASE("eight updates of every optimizer equal those of Keras", "[update][golden]") {
  std::ifstream file(GOLDEN_DIR "/keras_updates.txt");
  REQUIRE(file);
  std::size_t compared = 0;
  for (std::string line; std::getline(file, line); ++compared) {
    std::istringstream cells(line);
    std::string name;
    cells >> name;
    INFO(name);
    REQUIRE(keras_recipes.count(name) == 1);
    const Values w = trajectory(keras_recipes.at(name), DType::f64, eight_gradients);
    for (const double value : w) {
      double expected = 0;
      REQUIRE(cells >> expected);
      CHECK(value == Approx(expected).epsilon(1e-7).margin(1e-8));
    }
  }
  CHECK(compared == keras_recipes.size());
}

TEST_CASE("LAMB takes a plain step where a norm is zero", "[update]") {
  Graph graph = update_graph({{opt_kind::lamb}}, DType::f64);
  InterpreterInputs in;
  in.states.assign(graph.states.size(), {0, 0});
  in.scalars = {0.1, 0.9, 0.999, 0.96, 0.5};
  CHECK(interpret(graph, in).states[0] == Values{0, 0});
  in.states[1] = {2, -2};
  const Values w = interpret(graph, in).states[0];
  CHECK(w[0] == Approx(-0.1).epsilon(1e-6));
  CHECK(w[1] == Approx(0.1).epsilon(1e-6));
}

TEST_CASE("slots per optimizer", "[update]") {
  const auto names = [](const OptimizerForm& form) {
    std::vector<std::string_view> all;
    for (const SlotInfo& slot : slots_of(form)) all.push_back(slot.name);
    return all;
  };
  using Names = std::vector<std::string_view>;
  CHECK(names({opt_kind::sgd}).empty());
  CHECK(names({opt_kind::sgd, true}).size() == 1);
  CHECK(names({opt_kind::rmsprop, true, true}) == Names{"rmsprop.v", "rmsprop.mean", "rmsprop.momentum"});
  CHECK(names({opt_kind::adam}) == Names{"adam.m", "adam.v"});
  CHECK(names({opt_kind::adamw, false, false, true}) == Names{"adam.m", "adam.v", "adam.v_max"});
  CHECK(names({opt_kind::none}).empty());
  CHECK(slots_of({opt_kind::adagrad, false, false, false, 0.25}).front().init == 0.25);
}
