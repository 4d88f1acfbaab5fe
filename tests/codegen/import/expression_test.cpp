// A user's own rules: every step against C++, activations and losses written as rules against the built-in ones, gradients included.
#include "codegen/support/sample_values.hpp"
#include "import/bind_expression.hpp"
#include "import/build.hpp"

#include <catch2/catch.hpp>
#include <ingot/dsl.hpp>

#include <algorithm>
#include <cmath>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::literals;
using test::sample_inputs;

namespace {

template <class Rule>
consteval auto layer(Rule rule) {
  return model(input(5) | elementwise(rule), mse);
}

/// The rule at -2.4, -0.8, 0, 0.8, 2.4 against `f`.
template <class Rule, class F>
void agrees(const char* what, const Rule& m, F f) {
  INFO(what);
  const Graph g = build(m.view(), nullptr, Entry::predict, DType::f64);
  InterpreterInputs in = sample_inputs(g, 1, 1);
  in.inputs[0] = {-2.4, -0.8, 0, 0.8, 2.4};
  const Values y = interpret(g, in).results[0];
  for (std::size_t i = 0; i < y.size(); ++i) {
    INFO("at " << in.inputs[0][i]);
    CHECK(y[i] == Approx(f(in.inputs[0][i])).epsilon(1e-14).margin(1e-15));
  }
}

/// Loss and gradients of both at the same weights, rows and numbers.
template <class Own, class Built>
void expect_same(const char* what, const Own& own, const Built& built, double tolerance = 1e-14) {
  INFO(what);
  const auto results = [](const auto& m) {
    std::vector<double> values(static_cast<std::size_t>(m.n_hps), 0.0);
    for (int i = 0; i < m.n_hps; ++i) values[static_cast<std::size_t>(i)] = lowest(m.hps[i]);
    const Graph g = build(m.view("m"), values.data(), Entry::gradient, DType::f64);
    return interpret(g, sample_inputs(g, 7, 3)).results;
  };
  const std::vector<Values> a = results(own), b = results(built);
  REQUIRE(a.size() == b.size());
  for (std::size_t r = 0; r < a.size(); ++r) CHECK(test::relative_distance(a[r], b[r]) <= tolerance);
  CHECK(test::norm(b.back()) > 0);
}

template <class A>
consteval auto activated(const A& a) {
  return model(input(6) | dense(8, a).as("hidden") | dense(3).as("out"), mse);
}
template <class L>
consteval auto lost(const L& loss) {
  return model(input(6) | dense(4).as("out"), loss);
}

}  // namespace

TEST_CASE("every step of a rule means what C++ means", "[expression]") {
  static constexpr auto arithmetic = layer([](auto x) { return (1 + x) * (x - 2) / (3 - x) - -x + x * 0.5; });
  agrees("arithmetic", arithmetic, [](double x) { return (1 + x) * (x - 2) / (3 - x) + x + x * 0.5; });
  static constexpr auto functions =
      layer([](auto x) { return exp(x) + log(abs(x) + 1) * sqrt(x * x + 1) + log1p(x * x) * tanh(x) + erf(x); });
  agrees("functions", functions, [](double x) {
    return std::exp(x) + std::log(std::abs(x) + 1) * std::sqrt(x * x + 1) + std::log1p(x * x) * std::tanh(x) + std::erf(x);
  });
  static constexpr auto bounds = layer([](auto x) { return max(x, -1) * min(1.5, x) + max(min(x, 0.5), -0.5) + logistic(x); });
  agrees("bounds", bounds,
         [](double x) { return std::max(x, -1.0) * std::min(1.5, x) + std::clamp(x, -0.5, 0.5) + 1 / (1 + std::exp(-x)); });
  static constexpr auto choices =
      layer([](auto x) { return select(x > 0.8, 1, 0) + select(x >= 0.8, 10, 0) + select(x < -0.8, 100, 0) + select(x <= -0.8, 1000, x); });
  agrees("choices", choices,
         [](double x) { return (x > 0.8 ? 1 : 0) + (x >= 0.8 ? 10 : 0) + (x < -0.8 ? 100 : 0) + (x <= -0.8 ? 1000 : x); });
  static constexpr auto powers = layer([](auto x) {
    return pow(x, 0) + pow(x, 3) + pow(x, 6) + pow(3 + x, -2) + pow(3 + x, 0.5) + pow(3 + x, 1.7) + pow(2, x) + pow(3 + x, x);
  });
  agrees("powers", powers, [](double x) {
    return 1 + x * x * x + std::pow(x, 6) + std::pow(3 + x, -2) + std::sqrt(3 + x) + std::pow(3 + x, 1.7) + std::pow(2, x) +
           std::pow(3 + x, x);
  });
}

TEST_CASE("activations written as rules have the values and gradients of the built-in ones", "[expression]") {
  static constexpr auto swish = activated(elementwise([](auto x) { return x / (1 + exp(-x)); }));
  expect_same("silu", swish, activated(silu));
  static constexpr auto leaky = activated(elementwise([](auto x) { return select(x > 0, x, 0.2 * x); }));
  expect_same("leaky_relu", leaky, activated(leaky_relu(0.2)));
  static constexpr auto rectified = activated(elementwise([](auto x) { return max(x, 0); }));
  expect_same("relu", rectified, activated(relu));
  static constexpr auto gaussian = activated(elementwise([](auto x) { return 0.5 * x * (1 + erf(x * 0.70710678118654752)); }));
  expect_same("gelu", gaussian, activated(gelu));
  static constexpr auto smooth = activated(elementwise([](auto x) { return x * tanh(log1p(exp(x))); }));
  expect_same("mish", smooth, activated(mish));
  static constexpr auto steep = activated(elementwise([](auto x) { return select(x > 0, x, exp(min(x, 0)) - 1); }));
  expect_same("elu", steep, activated(elu));
}

TEST_CASE("losses written as rules have the values and gradients of the built-in ones", "[expression]") {
  static constexpr auto squares = lost(loss_fn([](auto p, auto t) { return (p - t) * (p - t); }));
  expect_same("mse", squares, lost(mse));
  static constexpr auto absolute = lost(loss_fn([](auto p, auto t) { return abs(p - t); }));
  expect_same("mae", absolute, lost(mae));
  static constexpr auto robust = lost(loss_fn([](auto p, auto t) {
    const auto e = abs(p - t), inner = min(e, "delta"_hp = range(0.3, 2.0));
    return 0.5 * inner * inner + "delta"_hp * (e - inner);
  }));
  static constexpr auto huber_of = lost(huber("delta"_hp = range(0.3, 2.0)));
  expect_same("huber", robust, huber_of);
  static constexpr auto cosh_of = lost(loss_fn([](auto p, auto t) {
    const auto e = abs(p - t);
    return e + log1p(exp(-2 * e)) - 0.69314718055994531;
  }));
  expect_same("log_cosh", cosh_of, lost(log_cosh), 1e-13);
}

TEST_CASE("numbers of a rule are scalars of the program: another value is the same program", "[expression]") {
  static constexpr auto m = model(input(3) | elementwise([](auto x) { return "beta"_hp * x + ("shift"_hp = range(0.0, 1.0)); }) |
                                      elementwise([](auto x) { return x * ("beta"_hp = range(1.0, 4.0)); }),
                                  loss_fn([](auto p, auto t) { return "beta"_hp * abs(p - t); }));
  static_assert(!m.found && m.n_hps == 2 && !m.hps[0].structural && !m.hps[1].structural);
  const double values[] = {0.25, 3};
  REQUIRE(m.hps[0].name == name_t("shift"));
  const Graph g = build(m.view(), values, Entry::evaluate, DType::f64);
  InterpreterInputs in = sample_inputs(g, 2, 5);
  in.targets[0].assign(in.targets[0].size(), 0.0);
  for (std::size_t s = 0; s < g.scalars.size(); ++s)
    if (g.scalars[s].kind == ScalarKind::hp) in.scalars[s] = values[g.scalars[s].index];
  double expected = 0;
  for (const double x : in.inputs[0]) expected += 3 * std::abs((3 * x + 0.25) * 3) / 6;
  CHECK(interpret(g, in).results[0][0] == Approx(expected));
}
