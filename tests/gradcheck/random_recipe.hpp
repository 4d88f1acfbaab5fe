// Random networks with everything that a recipe may say about its loss: all layers, activations (rules of one's own included), losses,
// regularizers, weights of rows and classes, label smoothing, frozen layers, dropout and noise, standardized or rescaled inputs.
#pragma once
#include "cli/random_rows.hpp"
#include "codegen/support/random_images.hpp"
#include "codegen/support/random_output.hpp"

#include <ingot/dsl/expression.hpp>
#include <ingot/dsl/layers_core.hpp>
#include <ingot/runtime/data/array.hpp>

#include <cstring>

namespace ingot::test {

class RandomRecipe {
 public:
  explicit RandomRecipe(std::uint64_t seed) : random_(seed), b_("random") {}

  DefinitionBuilder run() {
    body();
    for (std::int64_t n = 1 + random_.below(3); n > 0; --n) layer();
    const int units = static_cast<int>(2 + random_.below(3));
    if (random_.chance(0.15))
      own_output(units);
    else
      add_random_output(b_, random_, units);
    b_.optimizer(opt_kind::adam);
    b_.recipe.standardize = !embeds_ && random_.chance(0.3);
    b_.recipe.rescale_on = !embeds_ && random_.chance(0.3);
    b_.recipe.rescale.k = 1 / 255.;
    b_.recipe.offset.k = random_.chance(0.5) ? -0.5 : 0;
    return b_;
  }

  /// Rows for it: those of random_rows, but token numbers where the network embeds them.
  [[nodiscard]] runtime::Dataset rows_for(const ingot_model& model, std::uint32_t rows, std::uint64_t seed) const {
    runtime::Dataset data = runtime::cli::random_rows(model, rows, seed);
    if (!embeds_) return data;
    runtime::Table& tokens = data.inputs[0];
    const auto numbers = runtime::allocate_bytes(tokens.rows * tokens.row_bytes(), tokens.name);
    for (std::uint64_t i = 0; i < tokens.rows * tokens.row_elements(); ++i) {
      const float number = static_cast<float>((seed + i * 7) % vocabulary);
      std::memcpy(numbers.get() + i * sizeof number, &number, sizeof number);
    }
    tokens.storage = numbers;
    return data;
  }

 private:
  static constexpr int vocabulary = 5;

  std::string name(const char* stem) { return stem + std::to_string(b_.size()); }
  int units() { return static_cast<int>(3 + random_.below(5)); }

  void body() {
    if (random_.chance(0.4)) return RandomImages(b_, random_, 5, 4).run(3);
    if (random_.chance(0.2)) {
      embeds_ = true;
      b_.input({static_cast<int>(2 + random_.below(3))}, "tokens");
      op& o = b_.at(b_.other(op_kind::embedding, "words"));
      o.size[0].k = vocabulary;
      o.size[1].k = 4;
      o.init = init_kind::random_uniform;
      o.init_value.k = 0.5;
      if (random_.chance(0.3)) o.l2.k = 0.01;
    } else if (random_.chance(0.3)) {
      b_.input({2, 4}, "x");
    } else {
      b_.input({static_cast<int>(3 + random_.below(5))}, "x");
      return;
    }
    if (random_.chance(0.6)) b_.flatten();
  }

  void layer() {
    const int d = b_.dense(units(), act::linear, name("d"), random_.chance(0.8));
    width_ = b_.at(d).size[0].k;
    b_.at(d).bias_init = init_kind::random_uniform;  // where all of a row is 0, a bias of 0 is a kink
    b_.at(d).bias_init_value.k = 0.2;
    activate(b_.at(d));
    penalize(b_.at(d));
    b_.at(d).frozen = random_.chance(0.1);
    if (random_.chance(0.25)) b_.dropout(0.3, name("drop"));
    if (random_.chance(0.15)) b_.at(b_.other(op_kind::gaussian_noise, name("noise"))).rate.k = 0.1;
    if (random_.chance(0.15)) b_.other(op_kind::layer_norm, name("norm"));
    if (random_.chance(0.3)) residual();
    if (random_.chance(0.2)) b_.join(op_kind::concat, b_.size() - 1, d, name("cat"));
  }
  void activate(op& o) {
    static constexpr auto cubic = detail::traced<decltype([](auto x) { return x + 0.1 * pow(x, 3) - 0.2 * exp(-x * x); }), 1>;
    static constexpr auto bent = detail::traced<decltype([](auto x) { return select(x > 0, log1p(abs(x)), max(0.3 * x, -1)); }), 1>;
    static constexpr act activations[] = {act::linear,   act::relu,    act::leaky_relu, act::elu,     act::gelu,
                                          act::silu,     act::sigmoid, act::tanh,       act::softmax, act::softplus,
                                          act::softsign, act::mish,    act::selu,       act::own,     act::own};
    o.activation = activations[random_.below(std::size(activations))];
    o.act_alpha.k = o.activation == act::leaky_relu ? 0.2 : 1.0;
    if (o.activation == act::own) o.rule = random_.chance(0.5) ? cubic.rule : bent.rule;
  }
  void penalize(op& o) {
    if (random_.chance(0.3)) o.l2.k = 0.01;
    if (random_.chance(0.2)) o.l1.k = 0.01;
    if (random_.chance(0.2)) o.bias_l2.k = 0.02;
    if (random_.chance(0.2)) o.activity_l2.k = 0.01;
  }
  void residual() {
    const int from = b_.size() - 1;
    const int d = b_.dense(width_, act::tanh, name("res"));
    b_.join(op_kind::add, d, from, name("sum"));
  }
  void own_output(int units) {
    static constexpr auto bounded = detail::traced<decltype([](auto p, auto t) { return (p - t) * (p - t) / (1 + 0.5 * abs(p - t)); }), 2>;
    b_.dense(units, act::linear, "out");
    b_.loss(loss_kind::own);
    b_.recipe.loss[0].rule = bounded.rule;
    b_.recipe.sample_weights = random_.chance(0.3);
  }

  Random random_;
  DefinitionBuilder b_;
  bool embeds_ = false;
  int width_ = 0;
};

}  // namespace ingot::test
