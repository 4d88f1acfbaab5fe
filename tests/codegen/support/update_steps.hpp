// A small net with every optimizer and every option of the update, and the numbers of its first steps: what kernels of all targets
// are compared with the interpreter on.
#pragma once
#include "codegen/support/definition_builder.hpp"
#include "codegen/support/sample_values.hpp"
#include "import/build.hpp"

#include <cmath>
#include <functional>
#include <string>

namespace ingot::test {

struct UpdateCase {
  std::string name;
  opt_kind optimizer = opt_kind::sgd;
  bool behind = true;  ///< may the update run where its gradient is made?
  std::function<void(recipe_t&)> change;
};

inline DefinitionBuilder small_net(opt_kind kind, const std::function<void(recipe_t&)>& change = {}) {
  DefinitionBuilder b("small");
  b.input({6}, "x");
  b.dense(9, act::tanh, "hidden");
  b.dense(3, act::linear, "scores");
  b.loss(loss_kind::sparse_categorical_crossentropy, true);
  b.optimizer(kind, 0.01);
  b.recipe.epsilon.k = 1e-3;
  if (change) change(b.recipe);
  return b;
}

inline codegen::Graph train_graph(const DefinitionBuilder& b) {
  return codegen::build(b.view(), nullptr, codegen::Entry::train, codegen::DType::f32);
}
inline codegen::Graph train_graph(const UpdateCase& c) { return train_graph(small_net(c.optimizer, c.change)); }

/// Every optimizer; only the norms of LAMB have to see the whole gradient.
inline std::vector<UpdateCase> optimizer_cases() {
  std::vector<UpdateCase> cases;
  for (const opt_kind kind : {opt_kind::sgd, opt_kind::rmsprop, opt_kind::adam, opt_kind::adamw, opt_kind::nadam, opt_kind::adagrad,
                              opt_kind::adadelta, opt_kind::adamax, opt_kind::lion, opt_kind::lamb})
    cases.push_back({"plain", kind, kind != opt_kind::lamb, {}});
  cases.push_back({"centered", opt_kind::rmsprop, true, [](recipe_t& r) { r.centered = true, r.momentum.k = 0.9, r.epsilon.k = 1e-2; }});
  cases.push_back({"amsgrad", opt_kind::adam, true, [](recipe_t& r) { r.amsgrad = true; }});
  cases.push_back({"amsgrad", opt_kind::adamw, true, [](recipe_t& r) { r.amsgrad = true, r.epsilon_form = epsilon_kind::pytorch; }});
  cases.push_back({"decay", opt_kind::nadam, true, [](recipe_t& r) { r.weight_decay.k = 0.1; }});
  return cases;
}

/// What else is done with gradients and weights.
inline std::vector<UpdateCase> recipe_cases(opt_kind kind) {
  const auto clip = [](clip_kind how) { return [how](recipe_t& r) { r.clip = how, r.clip_limit.k = 0.05; }; };
  return {
      {"clip by value", kind, true, clip(clip_kind::value)},
      {"clip by norm", kind, false, clip(clip_kind::norm)},
      {"clip by global norm", kind, false, clip(clip_kind::global_norm)},
      {"accumulation", kind, true, [](recipe_t& r) { r.accumulation.k = 2; }},
      {"accumulation, clipped by global norm", kind, false,
       [](recipe_t& r) { r.accumulation.k = 2, r.clip = clip_kind::global_norm, r.clip_limit.k = 0.05; }},
      {"average", kind, true, [](recipe_t& r) { r.average = true, r.average_momentum.k = 0.9; }},
      {"average of accumulated updates", kind, true,
       [](recipe_t& r) { r.average = true, r.average_momentum.k = 0.9, r.accumulation.k = 2, r.weight_decay.k = 0.1; }},
      {"decay of matrices only", kind, true, [](recipe_t& r) { r.weight_decay.k = 0.1, r.decay_matrices_only = true; }},
      {"group", kind, true,
       [](recipe_t& r) {
         r.n_groups = 1;
         r.groups[0].prefix = name_t("hidden");
         r.groups[0].rate.k = 0.1;
       }},
  };
}

/// Inputs of the first step: slots as they are when training begins.
inline InterpreterInputs first_step(const Graph& g, std::int64_t rows) {
  InterpreterInputs in = sample_inputs(g, rows, 7, 3);
  for (std::size_t s = 0; s < g.states.size(); ++s)
    if (g.states[s].role == codegen::Role::slot) in.states[s].assign(in.states[s].size(), g.states[s].init_value);
  return in;
}

/// Scalars of step t.
inline void set_step(const Graph& g, InterpreterInputs& in, int t) {
  using codegen::ScalarKind;
  for (std::size_t k = 0; k < g.scalars.size(); ++k) {
    if (g.scalars[k].kind == ScalarKind::rate) in.scalars[k] = 0.01;
    if (g.scalars[k].kind == ScalarKind::step) in.scalars[k] = t;
    if (g.scalars[k].kind == ScalarKind::power) in.scalars[k] = std::pow(g.scalars[k].constant, t);
    if (g.scalars[k].kind == ScalarKind::nadam_product) in.scalars[k] = 0.3 / t;
    if (g.scalars[k].kind == ScalarKind::update) in.scalars[k] = (t + 1) / 2;
    if (g.scalars[k].kind == ScalarKind::apply) in.scalars[k] = t % 2 == 0 ? 1 : 0;
  }
}

}  // namespace ingot::test
