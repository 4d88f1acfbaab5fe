// Optimizer rules as primitive nodes over parameters, slots, gradients and scalars; formulas in Keras's forms.
// Sources: keras/src/optimizers/{sgd,rmsprop,adam,adamw}.py; PyTorch's form of Adam's epsilon as an option.
#pragma once
#include "ir/builder.hpp"

#include <ingot/dsl/flat.hpp>

namespace ingot::codegen {

/// The numbers of an optimizer, as [1,1] f64 values.
struct OptimizerNumbers {
  opt_kind kind = opt_kind::none;
  epsilon_kind epsilon_form = epsilon_kind::keras;
  bool nesterov = false, has_momentum = false, has_decay = false;
  ValueId rate = no_value;                                          ///< all
  ValueId momentum = no_value, rho = no_value, epsilon = no_value;  ///< sgd, rmsprop; epsilon: rmsprop, adam
  ValueId beta1 = no_value, beta2 = no_value;                       ///< adam
  ValueId beta1_power = no_value, beta2_power = no_value;           ///< adam: beta ^ step
  ValueId weight_decay = no_value;                                  ///< decoupled, when has_decay
};

/// Names of the slots a parameter needs, in state order: {"adam.m", "adam.v"}.
[[nodiscard]] std::vector<std::string_view> slot_names(opt_kind kind, bool has_momentum);

/// Appends the update of state `parameter` (its slots: `slots`, in the order of slot_names) and the results that assign it.
void add_update(Builder& b, const OptimizerNumbers& n, std::int32_t parameter, const std::vector<std::int32_t>& slots, ValueId grad);

}  // namespace ingot::codegen
