// The last layer of a random network with a loss that fits it, and everything that a recipe says about losses and metrics.
#pragma once
#include "codegen/support/definition_builder.hpp"
#include "codegen/support/sample_values.hpp"

namespace ingot::test {

/// The activation that `kind` wants in front of it.
inline act activation_for(loss_kind kind, bool from_logits) {
  if (from_logits) return act::linear;
  if (is_categorical(kind) || kind == loss_kind::kl_divergence) return act::softmax;
  return is_binary(kind) || kind == loss_kind::poisson ? act::sigmoid : act::linear;  // poisson takes a logarithm
}

/// Adds a dense layer "out" of `units` columns and its loss, with numbers, weights and metrics drawn at random.
inline void add_random_output(DefinitionBuilder& b, Random& random, int units) {
  constexpr int kinds = static_cast<int>(loss_kind::categorical_focal_crossentropy);
  auto kind = static_cast<loss_kind>(1 + random.below(kinds));
  if (kind == loss_kind::mape) kind = loss_kind::mae;  // targets of these tests are 0 or 1: percentages of nothing
  const bool classes = is_categorical(kind), binary = is_binary(kind), logits = (classes || binary) && random.chance(0.5);
  b.dense(units, activation_for(kind, logits), "out");
  b.loss(kind, logits);
  loss_t& l = b.recipe.loss[0];
  if ((classes || binary) && random.chance(0.4)) l.smoothing.k = 0.1;
  l.gamma.k = random.chance(0.5) ? 2 : 0.7;
  l.balance = random.chance(0.5);
  b.recipe.sample_weights = random.chance(0.3);
  if (classes && random.chance(0.3)) {
    b.recipe.balanced_class_weights = random.chance(0.5);
    if (!b.recipe.balanced_class_weights) b.recipe.n_class_weights = units;
    for (int c = 0; c < units; ++c) b.recipe.class_weight[c].k = random.uniform(0.2, 3);
  }
  if (random.chance(0.5)) b.recipe.metrics = 0xff0;  // all: each is measured where it fits
  b.recipe.top_k = 2;
}

}  // namespace ingot::test
