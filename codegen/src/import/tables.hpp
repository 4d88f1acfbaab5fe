// The tables of a program: ports, state tensors and scalars. They are the same, in the same order, for all entries of a point.
#pragma once
#include "autodiff/update.hpp"

#include <ingot/dsl/infer.hpp>

namespace ingot::codegen {

/// Of a normalization; -1: the layer has none.
struct NormStates {
  std::int32_t gamma = -1, beta = -1, mean = -1, variance = -1;
};

/// Where the state tensors of the layers are.
struct StateTable {
  std::vector<std::int32_t> kernel, bias;            ///< per op of the definition; -1: none. The kernel of an embedding is its table
  std::vector<NormStates> norm;                      ///< per op
  std::vector<std::int32_t> mean, scale;             ///< per model input; -1: not standardized
  std::int32_t class_weights = -1;                   ///< of the only output; -1: they are not measured
  std::vector<std::int32_t> parameters;              ///< those that are trained
  std::vector<std::vector<std::int32_t>> slots;      ///< per parameter
  std::vector<std::int32_t> accumulators, averages;  ///< per parameter; empty: none
  std::vector<std::int32_t> masks;                   ///< per parameter; -1: it is not pruned; empty: none is
};

/// Per needed layer, in order: "hidden.kernel" [in, units] and "hidden.bias" [units] of a dense one, "stem.kernel" with the axes
/// that Keras gives it and "stem.bias" of a convolution, "norm.gamma", "norm.beta", "norm.moving_mean" and "norm.moving_variance" of a
/// batch normalization, each [channels], the first two of a layer normalization alike, "words.embeddings" [vocabulary, width]; those of
/// frozen layers with the role `frozen`; then "input.mean" and "input.scale" when the recipe standardizes; "scores.class_weight" when it
/// balances classes; then the optimizer's slots of each parameter, its sum of gradients, its average and its mask ("hidden.kernel/mask")
/// where the recipe has them. `shapes`: of all ops; `needed`: ops that outputs reach.
StateTable add_states(Graph& g, const definition_view& d, const double* values, const shape* shapes, const std::vector<bool>& needed);

/// The learning rate, the step, the seed, the powers of beta (the family of Adam), then every hyper-parameter that is read as a number.
void add_scalars(Graph& g, const definition_view& d);
/// Index of a scalar by kind, and by hyper-parameter where `hp` >= 0; -1: none.
[[nodiscard]] std::int32_t find_scalar(const Graph& g, ScalarKind kind, std::int32_t hp = -1);

/// Inputs in the order of their ops, outputs as in the recipe, a target for each output with a loss, then "sample_weight" where the recipe
/// has sample weights.
void add_ports(Graph& g, const definition_view& d, const shape* shapes);

[[nodiscard]] bool is_zero(const num& n);  ///< the constant 0
[[nodiscard]] OptimizerForm optimizer_form(const recipe_t& r);
[[nodiscard]] bool accumulates(const recipe_t& r);
/// The first group of the recipe that a parameter belongs to by its name; null: none.
[[nodiscard]] const group_t* find_group(const recipe_t& r, std::string_view parameter);
/// Name of op i; of an unnamed one its kind and number.
[[nodiscard]] std::string layer_name(const definition_view& d, int i);

}  // namespace ingot::codegen
