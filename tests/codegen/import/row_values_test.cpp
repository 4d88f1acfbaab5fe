// The loss of a batch with smoothing and with weights of rows and classes, against what Keras's fit says; metrics of a step.
#include "import/row_values.hpp"

#include "codegen/support/definition_builder.hpp"
#include "codegen/support/sample_values.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <map>
#include <sstream>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;

namespace {

Values numbers(const std::string& text) {
  std::istringstream in(text);
  Values v;
  for (double x; in >> x;) v.push_back(x);
  return v;
}

struct Case {
  std::string name;
  Values x, y, sample, by_class;
  double loss = 0;
};
std::vector<Case> golden_cases() {
  std::ifstream file(GOLDEN_LOSSES "/weights.txt");
  REQUIRE(file);
  std::vector<Case> cases;
  for (std::string line; std::getline(file, line);) {
    std::vector<std::string> fields;
    std::istringstream cells(line);
    for (std::string field; std::getline(cells, field, '|');) fields.push_back(field);
    REQUIRE(fields.size() == 6);
    cases.push_back({fields[0].substr(0, fields[0].size() - 1), numbers(fields[1]), numbers(fields[2]), numbers(fields[3]),
                     numbers(fields[4]), numbers(fields[5]).at(0)});
  }
  return cases;
}

/// Rows pass through an identity, so that they are the scores of the loss.
DefinitionBuilder definition_of(const Case& c, int width) {
  DefinitionBuilder b("weighted");
  b.input({width}, "x");
  b.activation(act::linear, "scores");
  const std::map<std::string, loss_kind> kinds{{"sparse", loss_kind::sparse_categorical_crossentropy},
                                               {"categorical", loss_kind::categorical_crossentropy},
                                               {"categorical_smoothed", loss_kind::categorical_crossentropy},
                                               {"categorical_focal", loss_kind::categorical_focal_crossentropy},
                                               {"binary", loss_kind::binary_crossentropy},
                                               {"binary_smoothed", loss_kind::binary_crossentropy},
                                               {"binary_focal", loss_kind::binary_focal_crossentropy},
                                               {"mse", loss_kind::mse}};
  b.loss(kinds.at(c.name), c.name != "mse");
  if (c.name == "categorical_smoothed") b.recipe.loss[0].smoothing.k = 0.1;
  if (c.name == "binary_smoothed") b.recipe.loss[0].smoothing.k = 0.2;
  b.recipe.sample_weights = !c.sample.empty();
  b.recipe.n_class_weights = static_cast<std::int32_t>(c.by_class.size());
  for (std::size_t k = 0; k < c.by_class.size(); ++k) b.recipe.class_weight[k].k = c.by_class[k];
  b.optimizer(opt_kind::sgd);
  return b;
}

double loss_at(const Graph& g, const Case& c) {
  InterpreterInputs in = sample_inputs(g, 6, 1);
  in.inputs[0] = c.x;
  in.targets[0] = c.y;
  if (!c.sample.empty()) in.targets.at(1) = c.sample;
  return interpret(g, in).results[0][0];
}

double value_of(const Graph& g, const InterpreterInputs& in, std::string_view name) {
  const auto results = interpret(g, in).results;
  for (std::size_t r = 0; r < g.results.size(); ++r)
    if (g.results[r].kind == ResultKind::metric && g.results[r].name == name) return results[r][0];
  FAIL("no metric " << name);
  return 0;
}

}  // namespace

TEST_CASE("smoothed and weighted losses are Keras's: divided by the rows, not by their weights", "[row_values][golden]") {
  const std::vector<Case> cases = golden_cases();
  CHECK(cases.size() > 9);
  for (const Case& c : cases) {
    INFO(c.name << (c.sample.empty() ? "" : ", sample weights") << (c.by_class.empty() ? "" : ", class weights"));
    const DefinitionBuilder b = definition_of(c, static_cast<int>(c.x.size() / 6));
    for (const Entry e : {Entry::train, Entry::gradient})
      CHECK(loss_at(build(b.view(), nullptr, e, DType::f64), c) == Approx(c.loss).epsilon(1e-7));
    // class weights act in training only
    Case unweighted = c;
    unweighted.by_class.clear();
    const DefinitionBuilder plain = definition_of(unweighted, static_cast<int>(c.x.size() / 6));
    CHECK(loss_at(build(b.view(), nullptr, Entry::evaluate, DType::f64), c) ==
          Approx(loss_at(build(plain.view(), nullptr, Entry::train, DType::f64), c)));
  }
}

TEST_CASE("balanced class weights are a measured state that training reads", "[row_values]") {
  const std::vector<Case> cases = golden_cases();
  for (const Case& c : cases) {
    if (c.by_class.empty()) continue;
    INFO(c.name);
    DefinitionBuilder b = definition_of(c, static_cast<int>(c.x.size() / 6));
    b.recipe.n_class_weights = 0;
    b.recipe.balanced_class_weights = true;
    const Graph g = build(b.view(), nullptr, Entry::train, DType::f64);
    REQUIRE(g.states.size() == 1);
    CHECK((g.states[0].name == "scores.class_weight" && g.states[0].role == Role::statistic && g.states[0].init_value == 1));
    InterpreterInputs in = sample_inputs(g, 6, 1);
    in.inputs[0] = c.x;
    in.targets[0] = c.y;
    in.states[0] = c.by_class;
    CHECK(interpret(g, in).results[0][0] == Approx(c.loss).epsilon(1e-7));
  }
}

TEST_CASE("smoothing of class numbers is that of their one-hot form", "[row_values]") {
  for (const bool logits : {true, false}) {
    DefinitionBuilder b("smooth");
    b.input({3}, "x");
    b.activation(logits ? act::linear : act::softmax, "scores");
    b.loss(loss_kind::sparse_categorical_crossentropy, logits);
    const int share = b.hp("share", hp_kind::real, 0, 1);
    b.recipe.loss[0].smoothing.hp = share;
    const double at[] = {0.1};
    const Graph g = build(b.view(), at, Entry::evaluate, DType::f64);
    InterpreterInputs in = sample_inputs(g, 1, 1);
    in.inputs[0] = {2, 1, 0};
    in.targets[0] = {0};
    in.scalars.back() = 0.1;
    CHECK(value_of(g, in, "loss") == Approx(0.50761).epsilon(1e-5));  // Keras, categorical
  }
}

TEST_CASE("one weight for all positions of a sample", "[row_values]") {
  DefinitionBuilder b("positions");
  b.input({2, 3}, "x");
  b.activation(act::linear, "y");
  b.loss(loss_kind::mse);
  b.recipe.sample_weights = true;
  b.recipe.metrics = metric_bit(metric::mse) | metric_bit(metric::mae);
  const Graph g = build(b.view(), nullptr, Entry::evaluate, DType::f64);
  InterpreterInputs in = sample_inputs(g, 2, 1);
  in.inputs[0] = {1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2};
  in.targets[0] = Values(12, 0.0);
  in.targets[1] = {3, 0.5};
  CHECK(value_of(g, in, "loss") == Approx((3 * 1 + 0.5 * 4) / 2));
  CHECK(value_of(g, in, "mse") == Approx(2.5));  // metrics are not weighted
  CHECK(value_of(g, in, "mae") == Approx(1.5));
}

TEST_CASE("what is no mean over rows leaves evaluation as outputs, and no step", "[row_values]") {
  DefinitionBuilder b("scores");
  b.input({4}, "x");
  b.dense(3, act::softmax, "scores");
  b.loss(loss_kind::sparse_categorical_crossentropy);
  b.optimizer(opt_kind::sgd);
  const auto outputs = [&](Entry e) {
    int n = 0;
    for (const Result& r : build(b.view(), nullptr, e, DType::f32).results) n += r.kind == ResultKind::output ? 1 : 0;
    return n;
  };
  b.recipe.metrics = metric_bit(metric::top_k_accuracy);
  b.recipe.top_k = 2;
  CHECK(outputs(Entry::evaluate) == 0);
  const Graph train = build(b.view(), nullptr, Entry::train, DType::f64);
  InterpreterInputs in = sample_inputs(train, 5, 2, 3);
  CHECK(value_of(train, in, "top_k_accuracy") >= value_of(train, in, "accuracy"));
  b.recipe.metrics = metric_bit(metric::f1);
  CHECK(outputs(Entry::evaluate) == 1);
  CHECK(outputs(Entry::train) == 0);
}
