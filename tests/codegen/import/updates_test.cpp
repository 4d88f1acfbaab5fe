// Groups of parameters and the scope of weight decay: a step with them equals, tensor by tensor, a step of the whole model with the
// numbers of the group.
#include "codegen/support/definition_builder.hpp"
#include "codegen/support/sample_values.hpp"
#include "import/build.hpp"
#include "ir/error.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>
#include <map>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;

namespace {

DefinitionBuilder net(const std::function<void(recipe_t&)>& change) {
  DefinitionBuilder b("net");
  b.input({4}, "x");
  b.dense(5, act::tanh, "hidden");
  b.dense(3, act::linear, "out");
  b.loss(loss_kind::mse);
  b.optimizer(opt_kind::sgd, 0.1);
  b.recipe.weight_decay.k = 0.5;
  change(b.recipe);
  return b;
}

group_t& add_group(recipe_t& r, const char* prefix) {
  group_t& g = r.groups[r.n_groups++];
  g.prefix = name_t(prefix);
  return g;
}

using Tensors = std::map<std::string, Values>;
Tensors tensors_of(const Graph& g, const std::vector<Values>& states) {
  Tensors tensors;
  for (std::size_t s = 0; s < g.states.size(); ++s) tensors[g.states[s].name] = states[s];
  return tensors;
}

/// The states after one step with learning rate `rate`.
Tensors step(const std::function<void(recipe_t&)>& change, double rate = 0.1) {
  const DefinitionBuilder b = net(change);
  const Graph g = build(b.view(), nullptr, Entry::train, DType::f64);
  InterpreterInputs in = sample_inputs(g, 3, 5);
  for (std::size_t k = 0; k < g.scalars.size(); ++k)
    if (g.scalars[k].kind == ScalarKind::rate) in.scalars[k] = rate;
  return tensors_of(g, interpret(g, in).states);
}

/// A layer behind a batch normalization and a layer normalization, trained with weight decay.
DefinitionBuilder normalized() {
  DefinitionBuilder b("normalized");
  b.input({4}, "x");
  b.dense(5, act::tanh, "hidden");
  b.other(op_kind::batch_norm, "norm");
  b.other(op_kind::layer_norm, "rows");
  b.dense(3, act::linear, "out");
  b.loss(loss_kind::mse);
  b.optimizer(opt_kind::sgd, 0.1);
  return b;
}

void check_close(const Values& a, const Values& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(a[i] == Approx(b[i]).epsilon(1e-13));
}

const auto nothing = [](recipe_t&) {};

}  // namespace

TEST_CASE("a group has a multiple of the learning rate", "[updates]") {
  const Tensors got = step([](recipe_t& r) { add_group(r, "hidden").rate.k = 0.25; });
  const Tensors whole = step(nothing), slow = step(nothing, 0.025);
  for (const char* name : {"hidden.kernel", "hidden.bias"}) check_close(got.at(name), slow.at(name));
  for (const char* name : {"out.kernel", "out.bias"}) CHECK(got.at(name) == whole.at(name));
  CHECK(got.at("hidden.kernel") != whole.at("hidden.kernel"));
}

TEST_CASE("a group has a weight decay of its own, and may have none", "[updates]") {
  const Tensors got = step([](recipe_t& r) {
    group_t& kernel = add_group(r, "hidden.kernel");
    kernel.has_decay = true;
    group_t& out = add_group(r, "out");
    out.has_decay = true;
    out.decay.k = 0.125;
  });
  const Tensors whole = step(nothing), none = step([](recipe_t& r) { r.weight_decay.k = 0; }),
                other = step([](recipe_t& r) { r.weight_decay.k = 0.125; });
  CHECK(got.at("hidden.kernel") == none.at("hidden.kernel"));
  CHECK(got.at("hidden.bias") == whole.at("hidden.bias"));
  for (const char* name : {"out.kernel", "out.bias"}) CHECK(got.at(name) == other.at(name));
}

TEST_CASE("the first group that matches counts", "[updates]") {
  const Tensors got = step([](recipe_t& r) {
    add_group(r, "hidden.bias").rate.k = 0;
    add_group(r, "hid").rate.k = 0.5;
  });
  const Tensors frozen = step(nothing, 0), half = step(nothing, 0.05);
  CHECK(got.at("hidden.bias") == frozen.at("hidden.bias"));
  check_close(got.at("hidden.kernel"), half.at("hidden.kernel"));
}

TEST_CASE("biases can be spared from weight decay", "[updates]") {
  const Tensors got = step([](recipe_t& r) { r.decay_matrices_only = true; });
  const Tensors whole = step(nothing), none = step([](recipe_t& r) { r.weight_decay.k = 0; });
  for (const char* name : {"hidden.bias", "out.bias"}) CHECK(got.at(name) == none.at(name));
  for (const char* name : {"hidden.kernel", "out.kernel"}) CHECK(got.at(name) == whole.at(name));
}

TEST_CASE("scales and shifts of normalizations are spared from weight decay as biases are", "[updates]") {
  const auto moved = [](bool spared, double decay) {
    DefinitionBuilder b = normalized();
    b.recipe.decay_matrices_only = spared;
    b.recipe.weight_decay.k = decay;
    const Graph g = build(b.view(), nullptr, Entry::train, DType::f64);
    return tensors_of(g, interpret(g, sample_inputs(g, 6, 5)).states);
  };
  const Tensors got = moved(true, 0.5), whole = moved(false, 0.5), none = moved(false, 0);
  for (const char* name : {"norm.gamma", "norm.beta", "rows.gamma", "rows.beta", "hidden.bias"}) {
    CHECK(got.at(name) == none.at(name));
    CHECK(got.at(name) != whole.at(name));
  }
  CHECK(got.at("hidden.kernel") == whole.at("hidden.kernel"));
}

TEST_CASE("moving statistics move with every batch, those without an update included", "[updates]") {
  DefinitionBuilder b = normalized();
  const Graph plain = build(b.view(), nullptr, Entry::train, DType::f64);
  const InterpreterInputs in = sample_inputs(plain, 6, 5);
  const Tensors moved = tensors_of(plain, interpret(plain, in).states);
  b.recipe.accumulation.k = 2;
  const Graph g = build(b.view(), nullptr, Entry::train, DType::f64);
  InterpreterInputs gathering = sample_inputs(g, 6, 5);
  for (std::size_t s = 0; s < g.states.size(); ++s) {
    const auto same = [&](const StateInfo& info) { return info.name == g.states[s].name; };
    const auto at = std::find_if(plain.states.begin(), plain.states.end(), same);
    if (at != plain.states.end()) gathering.states[s] = in.states[static_cast<std::size_t>(at - plain.states.begin())];
  }
  for (std::size_t k = 0; k < g.scalars.size(); ++k)
    if (g.scalars[k].kind == ScalarKind::apply) gathering.scalars[k] = 0;
  gathering.inputs = in.inputs;
  gathering.targets = in.targets;
  const Tensors before = tensors_of(g, gathering.states), after = tensors_of(g, interpret(g, gathering).states);
  for (const char* name : {"norm.moving_mean", "norm.moving_variance"}) {
    CHECK(after.at(name) == moved.at(name));
    CHECK(after.at(name) != before.at(name));
  }
  for (const char* name : {"norm.gamma", "hidden.kernel"}) CHECK(after.at(name) == before.at(name));
}

TEST_CASE("numbers of gradients may be hyper-parameters, the same program for all values", "[updates]") {
  DefinitionBuilder b = net([](recipe_t&) {});
  b.recipe.clip = clip_kind::norm;
  b.recipe.clip_limit.hp = b.hp("limit", hp_kind::real, 0.1, 10);
  b.recipe.accumulation.hp = b.hp("batches", hp_kind::integer, 1, 4);
  b.recipe.average = true;
  b.recipe.average_momentum.hp = b.hp("momentum", hp_kind::real, 0, 0.9);
  add_group(b.recipe, "out").rate.hp = b.hp("slow", hp_kind::real, 0, 1);
  const double low[] = {0.5, 1, 0.1, 0.5}, high[] = {1, 3, 0.8, 0.1};
  const Graph g = build(b.view(), low, Entry::train, DType::f32), h = build(b.view(), high, Entry::train, DType::f32);
  CHECK(g.nodes.size() == h.nodes.size());
  std::vector<std::string> names;
  for (const ScalarInfo& s : g.scalars) names.push_back(s.name);
  for (const char* name : {"limit", "batches", "momentum", "slow", "applies", "update"})
    CHECK(std::count(names.begin(), names.end(), name) == 1);
}

TEST_CASE("every entry of a point has the same states, sums and averages included", "[updates]") {
  const DefinitionBuilder b = net([](recipe_t& r) { r.accumulation.k = 2, r.average = true; });
  const Graph train = build(b.view(), nullptr, Entry::train, DType::f32), predict = build(b.view(), nullptr, Entry::predict, DType::f32);
  REQUIRE(train.states.size() == predict.states.size());
  CHECK(train.states.size() == 4 + 4 * 2);
  CHECK(train.states[4].name == "hidden.kernel/accumulated");
  CHECK(train.states[5].name == "hidden.kernel/average");
}

TEST_CASE("a recipe without an optimizer cannot train, and says so", "[updates]") {
  const DefinitionBuilder b = net([](recipe_t& r) { r.optimizer = opt_kind::none; });
  CHECK_THROWS_WITH(build(b.view(), nullptr, Entry::train, DType::f32), Catch::Matchers::Contains("its recipe has no optimizer"));
}
