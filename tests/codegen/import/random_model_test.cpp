// Random definitions through the whole front half: gradients of the finished graph against central differences, composites
// against primitives, and a loss that falls when it is trained.
#include "codegen/support/random_images.hpp"
#include "codegen/support/random_output.hpp"
#include "import/build.hpp"
#include "ir/print.hpp"

#include <catch2/catch.hpp>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;

namespace {

constexpr act hidden_activations[] = {act::linear, act::relu,    act::leaky_relu, act::elu,    act::gelu,
                                      act::silu,   act::sigmoid, act::tanh,       act::softmax};

class RandomModel {
 public:
  explicit RandomModel(std::uint64_t seed) : random_(seed), b_("random") {}

  DefinitionBuilder run() {
    if (random_.chance(0.4)) {
      RandomImages(b_, random_, 5, 4).run(3);
    } else if (random_.chance(0.3)) {
      b_.input({2, 3}, "x");
      if (random_.chance(0.5)) b_.flatten();
    } else {
      b_.input({static_cast<int>(2 + random_.below(5))}, "x");
    }
    for (std::int64_t n = 1 + random_.below(3); n > 0; --n) layer();
    add_random_output(b_, random_, 3);
    recipe();
    return b_;
  }

 private:
  std::string name(const char* stem) { return stem + std::to_string(b_.size()); }
  int units() { return static_cast<int>(2 + random_.below(5)); }

  void layer() {
    const act a = hidden_activations[random_.below(std::size(hidden_activations))];
    const int d = b_.dense(units(), a, name("d"), random_.chance(0.8));
    if (random_.chance(0.3)) b_.at(d).l2.k = 0.01;
    if (random_.chance(0.3)) b_.at(d).l1.k = 0.01;
    if (random_.chance(0.4)) b_.dropout(0.3, name("drop"));
    if (random_.chance(0.4)) residual();
    if (random_.chance(0.3)) b_.join(op_kind::concat, b_.size() - 1, d, name("cat"));
  }
  void residual() {
    const int from = b_.size() - 1;
    // the width of the skipped part is the one of the last dense layer
    int width = 0;
    for (int i = from; i >= 0 && width == 0; --i)
      if (b_.at(i).kind == op_kind::dense) width = b_.at(i).size[0].k;
    const int d = b_.dense(width, act::tanh, name("res"));
    b_.join(op_kind::add, d, from, name("sum"));
  }

  void recipe() {
    static constexpr opt_kind optimizers[] = {opt_kind::sgd, opt_kind::rmsprop, opt_kind::adam, opt_kind::adamw};
    b_.optimizer(optimizers[random_.below(4)], 0.01);
    if (b_.recipe.optimizer == opt_kind::sgd && random_.chance(0.5)) b_.recipe.momentum.k = 0.9;
    b_.recipe.nesterov = random_.chance(0.5);
    b_.recipe.standardize = random_.chance(0.3);
    b_.recipe.rescale_on = random_.chance(0.3);
    b_.recipe.rescale.k = 0.5;
    b_.recipe.offset.k = random_.chance(0.5) ? 0.1 : 0;
  }

  Random random_;
  DefinitionBuilder b_;
};

/// Statistics are positive: some are variances.
InterpreterInputs model_inputs(const Graph& g, std::int64_t rows, std::uint64_t seed) {
  InterpreterInputs in = sample_inputs(g, rows, seed, 3);
  for (std::size_t s = 0; s < g.states.size(); ++s)
    for (double& x : in.states[s])
      if (g.states[s].role == Role::statistic) x = 0.1 + std::abs(x);
  return in;
}

struct Difference {
  Values value;
  std::vector<bool> kink;  ///< both step sizes disagree: a kink lies between
};

Difference differences(const Graph& g, InterpreterInputs& in, Values& x) {
  Difference d;
  const auto central = [&](double& xi, double h) {
    const double old = xi;
    xi = old + h;
    const double above = interpret(g, in).results[0][0];
    xi = old - h;
    const double below = interpret(g, in).results[0][0];
    xi = old;
    return (above - below) / (2 * h);
  };
  for (double& xi : x) {
    const double wide = central(xi, 2e-5), narrow = central(xi, 1e-5);
    d.value.push_back(narrow);
    d.kink.push_back(std::abs(wide - narrow) > 1e-6 * (std::abs(wide) + std::abs(narrow)) + 1e-9);
  }
  return d;
}

/// Distance over the coordinates without a kink; few may have one.
double distance(const Values& analytic, const Difference& numeric) {
  Values a, n;
  for (std::size_t i = 0; i < analytic.size(); ++i)
    if (!numeric.kink[i]) {
      a.push_back(analytic[i]);
      n.push_back(numeric.value[i]);
    }
  CHECK(a.size() * 10 >= analytic.size() * 8);
  return norm(a) + norm(n) < 1e-9 ? 0 : relative_distance(a, n);
}

}  // namespace

TEST_CASE("gradients of random models agree with central differences", "[build][fuzz]") {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const DefinitionBuilder b = RandomModel(seed).run();
    const Graph g = build(b.view(), nullptr, Entry::gradient, DType::f64);
    INFO("seed " << seed << "\n" << print(build_unoptimized(b.view(), nullptr, Entry::gradient, DType::f64)));
    InterpreterInputs in = model_inputs(g, 3, seed);
    const std::vector<Values> analytic = interpret(g, in).results;
    std::size_t r = 1;
    for (std::size_t s = 0; s < g.states.size(); ++s)
      if (g.states[s].role == Role::parameter) CHECK(distance(analytic[r++], differences(g, in, in.states[s])) < 1e-5);
    CHECK(distance(analytic[r], differences(g, in, in.inputs[0])) < 1e-5);
  }
}

TEST_CASE("entries of random models mean the same before and after the passes", "[build][fuzz]") {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    const DefinitionBuilder b = RandomModel(seed).run();
    for (int e = 0; e < 4; ++e) {
      const Graph composite = build_unoptimized(b.view(), nullptr, static_cast<Entry>(e), DType::f64);
      const Graph finished = build(b.view(), nullptr, static_cast<Entry>(e), DType::f64);
      INFO("seed " << seed << " entry " << e);
      const InterpreterInputs in = model_inputs(composite, 3, seed);
      const auto x = interpret(composite, in), y = interpret(finished, in);
      REQUIRE(x.results.size() == y.results.size());
      for (std::size_t r = 0; r < x.results.size(); ++r)
        if (norm(x.results[r]) > 1e-12) REQUIRE(relative_distance(x.results[r], y.results[r]) < 1e-9);
    }
  }
}

TEST_CASE("training lowers the loss of random models", "[build][fuzz]") {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const DefinitionBuilder b = RandomModel(seed).run();
    const Graph g = build(b.view(), nullptr, Entry::train, DType::f64), evaluate = build(b.view(), nullptr, Entry::evaluate, DType::f64);
    InterpreterInputs in = model_inputs(g, 4, seed);
    for (std::size_t s = 0; s < g.states.size(); ++s)
      if (g.states[s].role == Role::slot) in.states[s].assign(in.states[s].size(), 0.0);
    const double before = interpret(evaluate, in).results[0][0];
    for (int t = 1; t <= 40; ++t) {
      for (std::size_t k = 0; k < g.scalars.size(); ++k) {
        if (g.scalars[k].kind == ScalarKind::rate) in.scalars[k] = 0.01;
        if (g.scalars[k].kind == ScalarKind::step) in.scalars[k] = t;
        if (g.scalars[k].kind == ScalarKind::power) in.scalars[k] = std::pow(g.scalars[k].constant, t);
      }
      in.states = interpret(g, in).states;
    }
    INFO("seed " << seed);
    CHECK(interpret(evaluate, in).results[0][0] < before);
  }
}
