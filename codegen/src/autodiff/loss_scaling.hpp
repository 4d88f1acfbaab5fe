// Dynamic loss scaling for gradients in f16: the loss is multiplied by a scale before the backward sweep, gradients are divided by it
// before anything else is done with them; an update whose gradients are not finite is skipped and the scale halved, and after a number
// of updates without such the scale doubles.
// Source: keras/src/optimizers/loss_scale_optimizer.py. Unlike there the scale stays within 1 .. 2^24.
#pragma once
#include "ir/builder.hpp"

#include <span>

namespace ingot::codegen {

/// Numbers of states, each [1,1] and a slot of no parameter. -1: nothing is scaled.
struct LossScaling {
  std::int32_t scale = -1;    ///< "loss_scale"
  std::int32_t good = -1;     ///< "loss_scale.good": updates since the last skip or doubling
  std::int32_t skipped = -1;  ///< "loss_scale.skipped": updates, in all
  [[nodiscard]] bool on() const { return scale >= 0; }
};

/// Each divided by the scale.
[[nodiscard]] std::vector<ValueId> unscale_gradients(Builder& b, const LossScaling& s, std::vector<ValueId> grads);

/// boolean [1,1]: no gradient has an infinity or a NaN. One pass over all of them.
[[nodiscard]] ValueId all_finite(Builder& b, std::span<const ValueId> grads);

/// `value`, and where that is not finite `otherwise`: what an overflow in the forward pass leaves of a moving statistic.
[[nodiscard]] ValueId finite_or(Builder& b, ValueId value, ValueId otherwise);

/// Appends the results that move the three states, when a call ends with an update: `applies` (boolean; no_value: each does). `growth`:
/// [1,1] f64, updates until the scale doubles; 0: it never changes, and overflows are skipped all the same. Returns the new number of
/// skipped updates.
ValueId move_loss_scale(Builder& b, const LossScaling& s, ValueId growth, ValueId finite, ValueId applies);

}  // namespace ingot::codegen
