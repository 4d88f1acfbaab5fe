// Binds a flat definition to one point of its space: tables (ports, states, scalars) and the nodes of the forward pass.
#pragma once
#include "import/build.hpp"
#include "ir/builder.hpp"

namespace ingot::codegen {

struct BoundOutput {
  ValueId value = no_value;   ///< [B * leading axes, last axis]
  ValueId target = no_value;  ///< the same extents, or [.., 1] for class numbers; no_value without a loss
  const loss_t* loss = nullptr;
  std::string name;
};

/// A penalty on one trained parameter: l1 * sum|w| + l2 * sum w^2.
struct Penalty {
  std::int32_t state = -1;
  num l1{}, l2{};
};

/// What holds for one trained parameter after each update.
struct Constrained {
  std::int32_t state = -1;
  constraint_t constraint{};
};

/// A penalty on the output of a layer: l1 * sum|y| + l2 * sum y^2, divided by the rows of the batch.
struct ActivityPenalty {
  ValueId value = no_value;
  num l1{}, l2{};
  std::string name;
};

/// A statistic and the value that it takes at the end of a training step.
struct MovingStatistic {
  std::int32_t state = -1;
  ValueId value = no_value;
};

struct Bound {
  Graph graph;
  std::vector<ValueId> inputs;  ///< leaves, per model input
  std::vector<BoundOutput> outputs;
  std::vector<Penalty> penalties;
  std::vector<ActivityPenalty> activities;
  std::vector<Constrained> constraints;
  std::vector<MovingStatistic> moving;
  ValueId sample_weights = no_value;                 ///< [B,1], where the recipe has sample_weights and targets are made
  std::int32_t class_weights = -1;                   ///< state [1, classes] of balanced class weights
  std::vector<std::int32_t> parameters;              ///< states of role parameter
  std::vector<std::vector<std::int32_t>> slots;      ///< per parameter
  std::vector<std::int32_t> accumulators, averages;  ///< per parameter; empty: none
  std::vector<std::int32_t> masks;                   ///< per parameter; -1: it is not pruned; empty: none is
};

/// `training`: dropout is active. `with_targets`: leaves for the targets are made.
/// Throws UserError for values outside their ranges.
[[nodiscard]] Bound bind(const definition_view& d, const double* values, DType dtype, bool training, bool with_targets);

/// The number as a [1,1] f64 value: a constant, or a leaf of the scalar table for a hyper-parameter that is not structural.
[[nodiscard]] ValueId number_value(Builder& b, const definition_view& d, const double* values, const num& n);

}  // namespace ingot::codegen
