// Random networks of realistic extents (widths around the sizes of vectors and panels) with random recipes, and inputs for all
// their entries: what compiled programs are compared with the interpreter on.
#pragma once
#include "codegen/support/random_images.hpp"
#include "codegen/support/random_output.hpp"

#include <string>

namespace ingot::test {

class RandomProgram {
 public:
  explicit RandomProgram(std::uint64_t seed) : random_(seed), b_("random" + std::to_string(seed)) {}

  DefinitionBuilder definition() {
    if (random_.chance(0.3)) {
      RandomImages(b_, random_, 9, 20).run(4);
    } else if (random_.chance(0.1)) {
      tokens();
    } else if (random_.chance(0.3)) {
      b_.input({static_cast<int>(2 + random_.below(5)), static_cast<int>(1 + random_.below(9))}, "x");
      b_.flatten();
    } else {
      b_.input({width()}, "x");
    }
    for (std::int64_t depth = random_.below(5); depth > 0; --depth) layer();
    add_random_output(b_, random_, classes);
    recipe();
    return b_;
  }
  /// The same on images always, with residual sums and joins in between.
  DefinitionBuilder images() {
    RandomImages(b_, random_, 9, 24).run(6);
    if (random_.chance(0.5)) layer();
    add_random_output(b_, random_, classes);
    recipe();
    return b_;
  }
  /// Rows at most; call after definition().
  unsigned batch() { return static_cast<unsigned>(2 + random_.below(33)); }
  static constexpr std::int64_t classes = 3;

 private:
  std::string name(const char* stem) { return stem + std::to_string(b_.size()); }
  int width() {
    static constexpr int around[] = {1, 2, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 65, 70};
    return around[random_.below(std::size(around))];
  }

  void tokens() {
    b_.input({static_cast<int>(1 + random_.below(6))}, "x");
    op& o = b_.at(b_.other(op_kind::embedding, name("words")));
    o.size[0].k = width();
    o.size[1].k = width();
    b_.flatten();
    reads_tokens_ = true;
  }

  void layer() {
    static constexpr act activations[] = {act::linear, act::relu,    act::leaky_relu, act::elu,     act::gelu,
                                          act::silu,   act::sigmoid, act::tanh,       act::softmax, act::log_softmax};
    const int units = width();
    const int d = b_.dense(units, activations[random_.below(std::size(activations))], name("d"), random_.chance(0.8));
    if (random_.chance(0.3)) b_.at(d).l2.k = 0.01;
    if (random_.chance(0.2)) b_.at(d).l1.k = 0.001;
    if (random_.chance(0.2)) b_.at(d).bias_l2.k = 0.01;
    if (random_.chance(0.4)) b_.dropout(random_.uniform(0.1, 0.6), name("drop"));
    if (random_.chance(0.1)) b_.at(b_.other(op_kind::gaussian_noise, name("noise"))).rate.k = 0.2;
    if (random_.chance(0.3)) {
      const int skipped = b_.size() - 1;
      b_.join(op_kind::add, b_.dense(units, act::tanh, name("res")), skipped, name("sum"));
    }
    if (random_.chance(0.2)) b_.join(op_kind::concat, b_.size() - 1, d, name("cat"));
  }

  void recipe() {
    static constexpr opt_kind optimizers[] = {opt_kind::sgd, opt_kind::rmsprop, opt_kind::adam, opt_kind::adamw};
    b_.optimizer(optimizers[random_.below(std::size(optimizers))], 0.01);
    if (random_.chance(0.5)) b_.recipe.momentum.k = b_.recipe.optimizer == opt_kind::sgd ? 0.9 : 0;
    b_.recipe.nesterov = random_.chance(0.5);
    if (random_.chance(0.3)) b_.recipe.epsilon_form = epsilon_kind::pytorch;
    b_.recipe.standardize = !reads_tokens_ && random_.chance(0.3);
    b_.recipe.rescale_on = !reads_tokens_;
    b_.recipe.rescale.k = 1 / 255.0;
    b_.recipe.offset.k = random_.chance(0.5) ? -0.5 : 0;
  }

  Random random_;
  DefinitionBuilder b_;
  bool reads_tokens_ = false;
};

/// Weights of a size that keeps activations moderate, optimizer slots and measured scales positive as training leaves them.
inline InterpreterInputs training_inputs(const Graph& g, std::int64_t rows, std::uint64_t seed) {
  InterpreterInputs in = sample_inputs(g, rows, seed, RandomProgram::classes);
  for (std::size_t i = 0; i < g.states.size(); ++i)
    for (double& x : in.states[i]) {
      if (g.states[i].role == codegen::Role::parameter || g.states[i].role == codegen::Role::frozen)
        x /= std::sqrt(static_cast<double>(g.states[i].rows()));
      else
        x = 0.05 + std::abs(x) / 2;
    }
  for (std::size_t i = 0; i < g.scalars.size(); ++i)
    if (g.scalars[i].kind == codegen::ScalarKind::rate) in.scalars[i] = 0.01;
  return in;
}

}  // namespace ingot::test
