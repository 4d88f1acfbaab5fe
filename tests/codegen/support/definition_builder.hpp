// Hand-made flat definitions for tests of the code generator: the arrays that `model(...)` would make, without the DSL.
// Ops chain by default: an op reads the one before it.
#pragma once
#include <ingot/dsl/flat.hpp>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::test {

class DefinitionBuilder {
 public:
  explicit DefinitionBuilder(std::string name = "test") : name_(std::move(name)) {
    recipe.learning_rate.k = 0.001;
    recipe.momentum.k = 0;
    recipe.beta1.k = 0.9;
    recipe.beta2.k = 0.999;
    recipe.rho.k = 0.9;
    recipe.epsilon.k = 1e-7;
    recipe.weight_decay.k = 0;
  }

  int input(std::initializer_list<int> dims, std::string_view name = "input") {
    op o = make(op_kind::input, name);
    o.in[0] = unused;
    set_dims(o, dims);
    return push(o);
  }
  int flatten(std::string_view name = "flatten") { return push(make(op_kind::flatten, name)); }
  int reshape(std::initializer_list<int> dims, std::string_view name = "reshape") {
    op o = make(op_kind::reshape, name);
    set_dims(o, dims);
    return push(o);
  }
  int dense(int units, act a, std::string_view name, bool bias = true) {
    op o = make(op_kind::dense, name);
    o.size[0].k = units;
    o.activation = a;
    o.use_bias = bias;
    o.act_alpha.k = a == act::leaky_relu ? 0.2 : 1.0;
    return push(o);
  }
  int activation(act a, std::string_view name, double alpha = 1.0) {
    op o = make(op_kind::activation, name);
    o.activation = a;
    o.act_alpha.k = alpha;
    return push(o);
  }
  int dropout(double rate, std::string_view name = "dropout") {
    op o = make(op_kind::dropout, name);
    o.rate.k = rate;
    return push(o);
  }
  int join(op_kind kind, int a, int b, std::string_view name) {
    op o = make(kind, name);
    o.in[0] = static_cast<std::int16_t>(a);
    o.in[1] = static_cast<std::int16_t>(b);
    return push(o);
  }
  int other(op_kind kind, std::string_view name) { return push(make(kind, name)); }
  op& at(int i) { return ops_[static_cast<std::size_t>(i)]; }

  /// Returns its index. The default range holds every finite value.
  int hp(std::string_view name, hp_kind kind, double lo = -1e9, double hi = 1e9, bool structural = false) {
    hp_t h;
    h.name = name;
    h.kind = kind;
    h.lo = lo;
    h.hi = hi;
    h.structural = structural;
    hps_.push_back(h);
    return static_cast<int>(hps_.size()) - 1;
  }
  hp_t& hp_at(int i) { return hps_[static_cast<std::size_t>(i)]; }
  int guard(int hp_index, int ge, int eq = -1) {
    guard_t g;
    g.hp_name = hps_[static_cast<std::size_t>(hp_index)].name;
    g.hp = static_cast<std::int16_t>(hp_index);
    g.ge = ge;
    g.eq = eq;
    guards_.push_back(g);
    return static_cast<int>(guards_.size()) - 1;
  }

  void loss(loss_kind kind, bool from_logits = false, int output = 0) {
    recipe.loss[output].kind = kind;
    recipe.loss[output].from_logits = from_logits;
  }
  void optimizer(opt_kind kind, double rate = 0.001) {
    recipe.optimizer = kind;
    recipe.learning_rate.k = rate;
    if (kind == opt_kind::adamw) recipe.weight_decay.k = 0.004;
  }
  [[nodiscard]] int size() const { return static_cast<int>(ops_.size()); }

  /// Valid until the builder changes.
  [[nodiscard]] definition_view view() const {
    return {ops_.data(),
            hps_.data(),
            guards_.data(),
            &recipe,
            static_cast<std::int32_t>(ops_.size()),
            static_cast<std::int32_t>(hps_.size()),
            static_cast<std::int32_t>(guards_.size()),
            name_.c_str()};
  }

  recipe_t recipe;

 private:
  op make(op_kind kind, std::string_view name) const {
    op o;
    o.kind = kind;
    o.name = name;
    o.line = static_cast<std::int32_t>(ops_.size()) + 1;
    o.in[0] = static_cast<std::int16_t>(size() - 1);
    return o;
  }
  static void set_dims(op& o, std::initializer_list<int> dims) {
    for (const int d : dims) o.size[o.rank++].k = d;
  }
  int push(const op& o) {
    ops_.push_back(o);
    return size() - 1;
  }

  std::string name_;
  std::vector<op> ops_;
  std::vector<hp_t> hps_;
  std::vector<guard_t> guards_;
};

/// 784-hidden-10 in the shape of the reference sample: bytes rescaled, relu, sparse cross-entropy from logits, Adam.
inline DefinitionBuilder reference_mlp(int hidden = 512, double dropout_rate = 0) {
  DefinitionBuilder b("fashion");
  b.input({28, 28}, "image");
  b.flatten();
  b.dense(hidden, act::relu, "hidden");
  if (dropout_rate > 0) b.dropout(dropout_rate);
  b.dense(10, act::linear, "logits");
  b.loss(loss_kind::sparse_categorical_crossentropy, true);
  b.optimizer(opt_kind::adam);
  b.recipe.rescale_on = true;
  b.recipe.rescale.k = 1 / 255.0;
  return b;
}

}  // namespace ingot::test
