// Optimizer rules as primitive nodes over parameters, slots, gradients and scalars; formulas in Keras's forms.
// Sources: keras/src/optimizers/<name>.py of each optimizer; PyTorch's form of Adam's epsilon as an option.
#pragma once
#include "autodiff/constraint.hpp"

#include <ingot/dsl/flat.hpp>

namespace ingot::codegen {

/// What decides which slots a parameter has.
struct OptimizerForm {
  opt_kind kind = opt_kind::none;
  bool has_momentum = false;         ///< sgd, rmsprop
  bool centered = false;             ///< rmsprop
  bool amsgrad = false;              ///< adam, adamw
  double initial_accumulator = 0.1;  ///< adagrad
};

/// The numbers of an optimizer, as [1,1] f64 values.
struct OptimizerNumbers {
  OptimizerForm form;
  epsilon_kind epsilon_form = epsilon_kind::keras;
  bool nesterov = false, has_decay = false;
  ValueId rate = no_value;                                          ///< all
  ValueId momentum = no_value, rho = no_value, epsilon = no_value;  ///< sgd, rmsprop; rho: adadelta too; epsilon: all but sgd, lion
  ValueId beta1 = no_value, beta2 = no_value;                       ///< the family of adam, and lion
  ValueId beta1_power = no_value, beta2_power = no_value;           ///< the family of adam: beta ^ update
  ValueId warm_power = no_value, warm_product = no_value;           ///< nadam: 0.96 ^ update and ScalarKind::nadam_product
  ValueId weight_decay = no_value;                                  ///< decoupled, when has_decay
  ValueId applies = no_value;                                       ///< boolean: does this call end with an update? no_value: each does
  ValueId average_momentum = no_value;                              ///< of the moving average of the weights; no_value: there is none
  ValueId update = no_value;                                        ///< with an average: the number of this update, from 1
  ConstraintNumbers constraint;                                     ///< what holds for the parameter after the update
};

/// The states of one parameter.
struct ParameterStates {
  std::int32_t parameter = -1;
  std::vector<std::int32_t> slots;  ///< in the order of slots_of
  std::int32_t average = -1;        ///< the moving average, when there is one
  std::int32_t mask = -1;           ///< 1 where the parameter may move, 0 where it is pruned, when there is one
};

/// Whether the rule reads beta1_power and beta2_power.
[[nodiscard]] bool reads_beta_powers(opt_kind kind);

struct SlotInfo {
  std::string_view name;  ///< "adam.m"
  double init = 0;
};
/// The slots a parameter needs, in state order: {"adam.m", "adam.v"}.
[[nodiscard]] std::vector<SlotInfo> slots_of(const OptimizerForm& form);

/// `v` where the mask is on, else 0: a select, so that nothing that is pruned can bring a NaN in.
[[nodiscard]] ValueId masked(Builder& b, std::int32_t mask, ValueId v);

/// Appends the update of a parameter and the results that assign it, its slots and its average. Where `applies` is false they keep their
/// values. Keras's order: the rule, the average, the constraint. Slots need no mask: `grad` is masked, and what they held of pruned
/// weights was set to 0 when these were chosen.
void add_update(Builder& b, const OptimizerNumbers& n, const ParameterStates& states, ValueId grad);

}  // namespace ingot::codegen
