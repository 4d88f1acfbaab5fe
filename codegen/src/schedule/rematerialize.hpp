// A training step within a limit of memory: what the backward pass needs of the forward pass is given up and computed again, right
// before it is read (Chen et al., Training Deep Nets with Sublinear Memory Cost, 2016; here by the greedy rule of XLA's pass of this name).
//
// Works on kernels that are scheduled already. What is computed again is the same kernel over other buffers, so results are equal bit
// for bit; it reads states before they are assigned, as the first time; it is scheduled no earlier than its first reader wants it.
#pragma once
#include "schedule/schedule.hpp"

namespace ingot::codegen {

/// Makes the arena of `s` no larger than `limit` bytes; a schedule that fits is left alone. While it does not fit, at the step with
/// most bytes alive that value is given up which costs the fewest operations for each byte that this frees there; weights in another
/// form, which are transformed long before they are read, cost none. Kernels keep their order; phases are joined again as far as the
/// limit leaves room. Throws UserError with the smallest arena that this finds, where that is still larger than `limit`.
void fit_arena(const Graph& g, EntrySchedule& s, std::int64_t batch, std::uint64_t limit);

}  // namespace ingot::codegen
