// Between backward pass and update: gradients of several calls are averaged, then clipped.
// Sources: keras/src/optimizers/base_optimizer.py (_clip_gradients, clip_by_global_norm).
#pragma once
#include "ir/builder.hpp"

#include <ingot/dsl/flat.hpp>

namespace ingot::codegen {

/// What is done with gradients, as [1,1] values.
struct GradientNumbers {
  clip_kind clip = clip_kind::none;
  ValueId limit = no_value;    ///< f64, when something is clipped
  ValueId batches = no_value;  ///< f64, when gradients are accumulated: over how many calls
  ValueId applies = no_value;  ///< boolean, when gradients are accumulated: whether this call ends with an update
};

/// The mean gradients of the calls so far: (accumulator + gradient) / batches. Appends the results that keep the sum in the state
/// `accumulators[k]`, or set it to 0 when the call ends with an update. `grads` itself where nothing is accumulated.
[[nodiscard]] std::vector<ValueId> accumulate_gradients(Builder& b, const GradientNumbers& n, const std::vector<std::int32_t>& accumulators,
                                                        std::vector<ValueId> grads);

/// Clipped by value, each by its own norm, or all by the norm of all together; a norm that is not finite makes all of them NaN, so that
/// the failure is seen.
[[nodiscard]] std::vector<ValueId> clip_gradients(Builder& b, const GradientNumbers& n, std::vector<ValueId> grads);

}  // namespace ingot::codegen
