// The schedule of one entry: kernels in phases over buffers. Between two phases all threads meet; within a phase a group reads
// only what the same group has written, so groups are free to run on any thread.
#pragma once
#include "fuse/regions.hpp"
#include "schedule/plan.hpp"

namespace ingot::codegen {

/// Memory that kernels reach: a piece of the arena, a state tensor or, on a dense target, where the caller wants a result.
struct Buffer {
  ValueId value = no_value;
  int state = -1;  ///< state tensor; -1: none
  Layout layout;
  std::uint64_t offset = 0;  ///< bytes, in the arena or the state block
  int result = -1;           ///< of graph.results, an output or metric; -1: none
  [[nodiscard]] bool in_arena() const { return state < 0 && result < 0; }
};

/// Which part of a buffer group g touches.
enum class Slice : std::uint8_t { all, panel, row_block };
struct Access {
  int buffer = -1;
  bool write = false;
  Slice slice = Slice::all;
  std::int64_t block = 0;  ///< row_block: rows
};

struct ScheduledKernel {
  Kernel kernel;
  std::string name;
  std::vector<int> buffers;  ///< per kernel argument
  std::vector<Access> accesses;
  unsigned phase = 0;
  std::string why;  ///< of its region
};

struct EntrySchedule {
  std::vector<Buffer> buffers;
  std::vector<ScheduledKernel> kernels;  ///< in order of execution
  unsigned phases = 0;
  std::uint64_t arena_bytes = 0;
};

/// Kernels in a legal order, not yet in phases, without offsets of arena buffers.
[[nodiscard]] EntrySchedule make_kernels(const Graph& g, const Fusion& f, std::int64_t batch, const Target& target,
                                         const std::vector<std::uint64_t>& state_offsets);
/// Orders the kernels (reads of a state before its assignment) and cuts them into as few phases as the order allows.
void assign_phases(const Graph& g, EntrySchedule& s);
/// The same for kernels that stay in their order: a phase ends where threads have to meet, or where another kernel would bring the bytes
/// of the buffers that are alive in it above `bound`.
void cut_phases(EntrySchedule& s, std::uint64_t bound);
/// What a buffer takes in the arena.
[[nodiscard]] std::uint64_t arena_bytes(const Buffer& b);
/// From which phase to which a buffer of the arena is in use.
struct BufferLife {
  std::size_t buffer = 0;
  unsigned first = ~0u, last = 0;
  std::uint64_t bytes = 0;
  [[nodiscard]] bool meets(const BufferLife& o) const { return first <= o.last && o.first <= last; }
};
[[nodiscard]] std::vector<BufferLife> buffer_lives(const EntrySchedule& s);
/// Places the buffers of the arena so that those alive in the same phase do not overlap.
void plan_arena(EntrySchedule& s);

[[nodiscard]] EntrySchedule make_schedule(const Graph& g, const Fusion& f, std::int64_t batch, const Target& target,
                                          const std::vector<std::uint64_t>& state_offsets);
[[nodiscard]] std::string print(const EntrySchedule& s);
/// What reports show, one row per kernel.
[[nodiscard]] std::vector<KernelInfo> describe(const EntrySchedule& s, std::int64_t batch);

}  // namespace ingot::codegen
