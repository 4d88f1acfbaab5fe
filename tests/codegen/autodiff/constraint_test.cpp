// Constraints after an update against vectors of Keras (golden/keras_constraints.txt, written by tests/golden/keras_constraints.py).
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

struct Case {
  std::vector<std::int64_t> dims;
  Values start;
  constraint_kind kind;
  double low = 0, high = 0, rate = 1;
  bool average = false;
};

const Values kernel = {1, -0.5, 0.25, 2, -1.5, 0.125}, bias = {1, -2, 0.5};

const std::map<std::string, Case> cases = {
    {"max_norm", {{3, 2}, kernel, constraint_kind::max_norm, 0, 1.25}},
    {"non_negative", {{3, 2}, kernel, constraint_kind::non_negative}},
    {"unit_norm", {{3, 2}, kernel, constraint_kind::unit_norm}},
    {"min_max_norm", {{3, 2}, kernel, constraint_kind::min_max_norm, 0.75, 1.5, 0.25}},
    {"bias_max_norm", {{3}, bias, constraint_kind::max_norm, 0, 1.25}},
    {"bias_unit_norm", {{3}, bias, constraint_kind::unit_norm}},
    {"ema", {{3, 2}, kernel, constraint_kind::max_norm, 0, 1.25, 1, true}},
};

/// One update by SGD with rate 1/2: states w, g, and the average; scalar: the number of the update.
Graph update_graph(const Case& c) {
  Graph graph;
  graph.dtype = DType::f64;
  graph.states.push_back({"w", c.dims, DType::f64, Role::parameter, Init::constant, 0, -1});
  graph.states.push_back({"g", c.dims, DType::f64, Role::statistic, Init::constant, 0, -1});
  graph.states.push_back({"w/average", c.dims, DType::f64, Role::slot, Init::constant, 0, 0});
  graph.scalars = {{"update", ScalarKind::update, -1, 0}};
  Builder b(graph);
  OptimizerNumbers n;
  n.form.kind = opt_kind::sgd;
  n.rate = b.constant(0.5, DType::f64);
  if (c.average) n.average_momentum = b.constant(0.5, DType::f64);
  n.update = b.scalar(0);
  const auto number = [&](double v) { return b.constant(v, DType::f64); };
  n.constraint = {c.kind, number(c.low), number(c.high), number(c.rate), c.dims.size() == 1};
  ParameterStates states;
  states.parameter = 0;
  states.average = 2;
  add_update(b, n, states, b.state(1));
  verify(graph, Stage::built, "update");
  run_passes(graph, late_passes());
  return graph;
}

Values trajectory(const Case& c) {
  const Graph graph = update_graph(c);
  InterpreterInputs in;
  in.states = {c.start, {}, Values(c.start.size(), 0)};
  Values path;
  for (const double turn : {1.0, -2.0, 0.5}) {
    in.states[1].clear();
    for (std::size_t i = 0; i < c.start.size(); ++i) in.states[1].push_back(turn * (0.5 - 0.25 * static_cast<double>(i)));
    in.scalars = {path.empty() ? 1.0 : 2.0};
    in.states = interpret(graph, in).states;
    const Values& seen = in.states[c.average ? 2 : 0];
    path.insert(path.end(), seen.begin(), seen.end());
  }
  return path;
}

}  // namespace

TEST_CASE("constraints are Keras's", "[constraint]") {
  std::ifstream file(GOLDEN_DIR "/keras_constraints.txt");
  std::size_t compared = 0;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    INFO(name);
    const Values got = trajectory(cases.at(name));
    Values expected;
    for (double x = 0; words >> x;) expected.push_back(x);
    REQUIRE(got.size() == expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == Approx(expected[i]).epsilon(1e-7).margin(1e-12));
    ++compared;
  }
  CHECK(compared == cases.size());
}

TEST_CASE("a masked parameter stays 0 whatever its gradient does", "[constraint]") {
  Graph graph;
  graph.dtype = DType::f64;
  graph.states.push_back({"w", {3}, DType::f64, Role::parameter, Init::constant, 0, -1});
  graph.states.push_back({"w/mask", {3}, DType::f64, Role::slot, Init::constant, 1, 0});
  Builder b(graph);
  OptimizerNumbers n;
  n.form.kind = opt_kind::sgd;
  n.rate = b.constant(0.5, DType::f64);
  ParameterStates states;
  states.parameter = 0;
  states.mask = 1;
  add_update(b, n, states, b.div(b.constant(1, DType::f64), b.state(0)));  // 1 / 0 where it is pruned
  run_passes(graph, late_passes());
  InterpreterInputs in;
  in.states = {{2, 0, -1}, {1, 0, 1}};
  CHECK(interpret(graph, in).states[0] == Values{1.75, 0, -0.5});
}
