// The graphs of the four entries: what they compute on a small net, their results, their tables.
#include "import/build.hpp"

#include "codegen/support/definition_builder.hpp"
#include "codegen/support/sample_values.hpp"
#include "ir/error.hpp"
#include "ir/print.hpp"

#include <catch2/catch.hpp>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;

namespace {

constexpr Entry all_entries[] = {Entry::train, Entry::evaluate, Entry::predict, Entry::gradient};

DefinitionBuilder small_net() {
  DefinitionBuilder b("small");
  b.input({4}, "x");
  b.dense(5, act::tanh, "hidden");
  b.dense(3, act::linear, "scores");
  b.loss(loss_kind::sparse_categorical_crossentropy, true);
  b.optimizer(opt_kind::sgd, 0.1);
  return b;
}

std::string results_of(const Graph& g) {
  std::string text;
  for (const Result& r : g.results)
    text += std::string(r.kind == ResultKind::assign ? "=" : r.kind == ResultKind::metric ? "#" : "") + r.name + " ";
  return text;
}
double metric_of(const Graph& g, const InterpreterInputs& in, std::string_view name) {
  const InterpreterOutputs out = interpret(g, in);
  for (std::size_t r = 0; r < g.results.size(); ++r)
    if (g.results[r].kind == ResultKind::metric && g.results[r].name == name) return out.results[r][0];
  FAIL("no metric " << name);
  return 0;
}
bool reads(const Graph& g, Op op) {
  for (const Node& n : g.nodes)
    if (n.op == op) return true;
  return false;
}

}  // namespace

TEST_CASE("results of the entries", "[build]") {
  const DefinitionBuilder b = small_net();
  const auto graph = [&](Entry e) { return build(b.view(), nullptr, e, DType::f64); };
  CHECK(results_of(graph(Entry::train)) == "#loss #accuracy =hidden.kernel =hidden.bias =scores.kernel =scores.bias ");
  CHECK(results_of(graph(Entry::evaluate)) == "#loss #accuracy ");
  CHECK(results_of(graph(Entry::predict)) == "scores ");
  CHECK(results_of(graph(Entry::gradient)) == "#loss hidden.kernel hidden.bias scores.kernel scores.bias x ");
}

TEST_CASE("tables are the same for all entries", "[build]") {
  DefinitionBuilder b = reference_mlp(8, 0.3);
  b.recipe.standardize = true;
  const auto tables = [&](Entry e) {
    Graph g = build(b.view(), nullptr, e, DType::f32);
    g.name.clear();
    g.nodes.clear();
    g.results.clear();
    return print(g);
  };
  for (const Entry e : all_entries) CHECK(tables(e) == tables(Entry::train));
}

TEST_CASE("a step of SGD subtracts the rate times the gradient", "[build]") {
  const DefinitionBuilder b = small_net();
  const Graph train = build(b.view(), nullptr, Entry::train, DType::f64), grad = build(b.view(), nullptr, Entry::gradient, DType::f64);
  InterpreterInputs in = sample_inputs(train, 5, 3, 3);
  const InterpreterOutputs step = interpret(train, in), g = interpret(grad, in);
  for (std::size_t s = 0; s < in.states.size(); ++s)
    for (std::size_t i = 0; i < in.states[s].size(); ++i)
      CHECK(step.states[s][i] == Approx(in.states[s][i] - in.scalars[0] * g.results[1 + s][i]).epsilon(1e-12));
}

TEST_CASE("loss and accuracy are means over the rows of the call", "[build]") {
  const DefinitionBuilder b = small_net();
  const Graph g = build(b.view(), nullptr, Entry::evaluate, DType::f64);
  const InterpreterInputs all = sample_inputs(g, 6, 4, 3);
  double loss = 0, accuracy = 0;
  for (std::size_t r = 0; r < 6; ++r) {
    InterpreterInputs one = all;
    one.rows = 1;
    one.inputs[0] = {all.inputs[0].begin() + static_cast<std::ptrdiff_t>(r) * 4,
                     all.inputs[0].begin() + static_cast<std::ptrdiff_t>(r + 1) * 4};
    one.targets[0] = {all.targets[0][r]};
    loss += metric_of(g, one, "loss") / 6;
    accuracy += metric_of(g, one, "accuracy") / 6;
  }
  CHECK(metric_of(g, all, "loss") == Approx(loss));
  CHECK(metric_of(g, all, "accuracy") == Approx(accuracy));
}

TEST_CASE("softmax with a loss of probabilities is the loss of logits", "[build]") {
  DefinitionBuilder logits = small_net(), probabilities = small_net();
  probabilities.at(2).activation = act::softmax;
  probabilities.recipe.loss[0].from_logits = false;
  for (const Entry e : {Entry::train, Entry::evaluate, Entry::gradient}) {
    const Graph a = build(logits.view(), nullptr, e, DType::f64), c = build(probabilities.view(), nullptr, e, DType::f64);
    const InterpreterInputs in = sample_inputs(a, 4, 5, 3);
    const auto x = interpret(a, in).results, y = interpret(c, in).results;
    REQUIRE(x.size() == y.size());
    for (std::size_t r = 0; r < x.size(); ++r) CHECK(relative_distance(x[r], y[r]) < 1e-14);
  }
  CHECK(reads(build(probabilities.view(), nullptr, Entry::predict, DType::f64), Op::exp));  // predict gives probabilities
}

TEST_CASE("regularizers are not halved, not divided, and part of the loss only", "[build]") {
  DefinitionBuilder plain = small_net(), penalized = small_net();
  penalized.at(1).l1.k = 0.01;
  penalized.at(1).l2.k = 0.02;
  penalized.at(2).bias_l2.k = 0.5;
  const Graph a = build(plain.view(), nullptr, Entry::gradient, DType::f64),
              c = build(penalized.view(), nullptr, Entry::gradient, DType::f64);
  const InterpreterInputs in = sample_inputs(a, 4, 5, 3);
  const auto x = interpret(a, in).results, y = interpret(c, in).results;
  double penalty = 0;
  for (const double w : in.states[0]) penalty += 0.01 * std::abs(w) + 0.02 * w * w;
  for (const double w : in.states[3]) penalty += 0.5 * w * w;
  CHECK(y[0][0] == Approx(x[0][0] + penalty));
  for (std::size_t i = 0; i < in.states[0].size(); ++i) {
    const double w = in.states[0][i];
    CHECK(y[1][i] == Approx(x[1][i] + 0.01 * (w > 0 ? 1 : -1) + 0.04 * w));
  }
}

TEST_CASE("several outputs: weighted total, prefixed metrics", "[build]") {
  DefinitionBuilder b("two");
  const int x = b.input({4}, "x");
  const int scores = b.dense(3, act::linear, "scores");
  const int value = b.dense(1, act::sigmoid, "value");
  b.at(value).in[0] = static_cast<std::int16_t>(x);
  b.recipe.n_outputs = 2;
  b.recipe.output[0] = static_cast<std::int16_t>(scores);
  b.recipe.output[1] = static_cast<std::int16_t>(value);
  b.loss(loss_kind::sparse_categorical_crossentropy, true, 0);
  b.loss(loss_kind::binary_crossentropy, false, 1);
  b.recipe.loss[1].weight.k = 0.25;
  const Graph g = build(b.view(), nullptr, Entry::evaluate, DType::f64);
  CHECK(results_of(g) == "#loss #scores.loss #scores.accuracy #value.loss #value.accuracy ");
  const InterpreterInputs in = sample_inputs(g, 4, 6, 3);
  CHECK(metric_of(g, in, "loss") == Approx(metric_of(g, in, "scores.loss") + 0.25 * metric_of(g, in, "value.loss")));
  CHECK(results_of(build(b.view(), nullptr, Entry::predict, DType::f64)) == "scores value ");
}

TEST_CASE("losses of values have no accuracy; the mean covers all leading axes", "[build]") {
  DefinitionBuilder b("rows");
  b.input({3, 4}, "x");
  b.dense(2, act::linear, "y");
  b.loss(loss_kind::mse);
  const Graph g = build(b.view(), nullptr, Entry::evaluate, DType::f64);
  CHECK(results_of(g) == "#loss ");
  const InterpreterInputs in = sample_inputs(g, 2, 7);
  const Graph p = build(b.view(), nullptr, Entry::predict, DType::f64);
  const Values y = interpret(p, in).results[0];
  double sum = 0;
  for (std::size_t i = 0; i < y.size(); ++i) sum += (y[i] - in.targets[0][i]) * (y[i] - in.targets[0][i]);
  CHECK(metric_of(g, in, "loss") == Approx(sum / 12));
}

TEST_CASE("dropout acts while training only, and depends on the step", "[build]") {
  DefinitionBuilder b("drop");
  b.input({64}, "x");
  b.dropout(0.5);
  b.dense(2, act::linear, "y");
  b.loss(loss_kind::mse);
  b.optimizer(opt_kind::sgd);
  CHECK(reads(build(b.view(), nullptr, Entry::train, DType::f64), Op::keep_mask));
  CHECK_FALSE(reads(build(b.view(), nullptr, Entry::evaluate, DType::f64), Op::keep_mask));
  CHECK_FALSE(reads(build(b.view(), nullptr, Entry::predict, DType::f64), Op::keep_mask));
  const Graph g = build(b.view(), nullptr, Entry::train, DType::f64), h = build(b.view(), nullptr, Entry::gradient, DType::f64);
  InterpreterInputs in = sample_inputs(g, 4, 7);
  const double one = metric_of(g, in, "loss");
  CHECK(metric_of(h, in, "loss") == Approx(one).epsilon(1e-14));  // the same masks
  in.scalars[1] += 1;
  CHECK(metric_of(g, in, "loss") != Approx(one));
}

TEST_CASE("a searched rate is read from memory: one graph for all rates", "[build]") {
  DefinitionBuilder b("drop");
  b.input({4}, "x");
  const int rate = b.hp("rate", hp_kind::real, 0, 1);
  b.at(b.dropout(0)).rate.hp = rate;
  b.dense(2, act::linear, "y");
  b.loss(loss_kind::mse);
  const double low[] = {0.1}, high[] = {0.7};
  CHECK(print(build(b.view(), low, Entry::gradient, DType::f32)) == print(build(b.view(), high, Entry::gradient, DType::f32)));
}

TEST_CASE("f32 graphs keep numbers in f64 until they meet a tensor", "[build]") {
  const Graph g = build(reference_mlp(4).view(), nullptr, Entry::train, DType::f32);
  for (const Node& n : g.nodes)
    if (n.type.dtype == DType::f64) CHECK((n.type.rows == 1 && n.type.cols == 1 && !n.type.batched));
}

TEST_CASE("what is missing in the recipe is said", "[build]") {
  DefinitionBuilder b("bare");
  b.input({4});
  b.dense(2, act::linear, "y");
  CHECK_THROWS_AS(build(b.view(), nullptr, Entry::evaluate, DType::f32), UserError);
  CHECK_NOTHROW(build(b.view(), nullptr, Entry::predict, DType::f32));
  b.loss(loss_kind::mse);
  CHECK_THROWS_AS(build(b.view(), nullptr, Entry::train, DType::f32), UserError);
  CHECK_NOTHROW(build(b.view(), nullptr, Entry::gradient, DType::f32));
}

TEST_CASE("training leaves frozen layers alone and trains through them", "[build]") {
  DefinitionBuilder plain = small_net(), frozen = small_net();
  frozen.at(2).frozen = true;
  const Graph all = build(plain.view(), nullptr, Entry::gradient, DType::f64),
              some = build(frozen.view(), nullptr, Entry::gradient, DType::f64);
  CHECK(results_of(some) == "#loss hidden.kernel hidden.bias x ");
  CHECK(results_of(build(frozen.view(), nullptr, Entry::train, DType::f64)) == "#loss #accuracy =hidden.kernel =hidden.bias ");
  const InterpreterInputs in = sample_inputs(all, 5, 3, 3);
  const auto x = interpret(all, in).results, y = interpret(some, in).results;
  for (const std::size_t r : {std::size_t{0}, std::size_t{1}, std::size_t{2}}) CHECK(x[r] == y[r]);
  CHECK(x[5] == y[3]);
}

TEST_CASE("momentum and epsilon of a batch normalization may be hyper-parameters", "[build]") {
  const auto definition = [](bool searched) {
    DefinitionBuilder b("norm");
    b.input({4, 4, 3}, "x");
    op& o = b.at(b.other(op_kind::batch_norm, "norm"));
    b.loss(loss_kind::mse);
    b.optimizer(opt_kind::sgd, 0.1);
    const double numbers[] = {0.6, 0.02};
    num* const places[] = {&o.momentum, &o.epsilon};
    for (int k = 0; k < 2; ++k) {
      places[k]->k = numbers[k];
      if (searched) places[k]->hp = static_cast<std::int32_t>(b.hp(k == 0 ? "momentum" : "epsilon", hp_kind::real));
    }
    return b;
  };
  const DefinitionBuilder fixed = definition(false), searched = definition(true);
  const double values[] = {0.6, 0.02};
  const Graph a = build(fixed.view(), nullptr, Entry::train, DType::f64), c = build(searched.view(), values, Entry::train, DType::f64);
  const InterpreterInputs in = sample_inputs(a, 5, 8);
  InterpreterInputs with_numbers = in;
  with_numbers.scalars.insert(with_numbers.scalars.end(), {0.6, 0.02});
  const InterpreterOutputs x = interpret(a, in), y = interpret(c, with_numbers);
  REQUIRE(x.states.size() == 4);
  for (std::size_t s = 0; s < 4; ++s) CHECK(relative_distance(x.states[s], y.states[s]) < 1e-14);
}
