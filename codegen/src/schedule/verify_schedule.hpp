// What the emitter may assume of a schedule, checked.
#pragma once
#include "schedule/schedule.hpp"

namespace ingot::codegen {

/// May the groups of two kernels of one phase run side by side, in this order for each group?
[[nodiscard]] bool groups_agree(const ScheduledKernel& first, const ScheduledKernel& second);

/// Throws InternalError with the kernel and the buffer unless
///  * every buffer of the arena is written before it is read, and a state is assigned after its last reader;
///  * kernels of one phase that share a written buffer touch it only group by group;
///  * buffers alive in common phases do not overlap, and all lie inside the arena.
void verify(const Graph& g, const EntrySchedule& s);

}  // namespace ingot::codegen
