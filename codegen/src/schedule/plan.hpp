// The plan of a program: for each entry its kernels in phases, its buffers in one arena, and the layout of the state block.
// A pure function of graph, batch and target; the number of threads is no input to it.
#pragma once
#include "import/build.hpp"
#include "schedule/layout.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ingot::codegen {

struct EntrySchedule;  // schedule/schedule.hpp: kernels, buffers, phases; private to scheduler and emitter

/// A copy of a state in the low dtype (mirror_states.hpp), in the state block behind all states.
struct Mirror {
  std::int32_t state = -1;
  Layout layout;
  std::uint64_t offset = 0;  ///< bytes
};

/// What reports show of a kernel; the fields of ingot_kernel.
struct KernelInfo {
  std::string name, ops, kind;
  unsigned phase = 0, groups = 1;
  std::uint64_t bytes = 0, unfused_bytes = 0;
  double flops = 0;
};

struct EntryPlan {
  Entry entry = Entry::train;
  Graph graph;
  std::vector<KernelInfo> kernels;
  std::uint64_t arena_bytes = 0;
  unsigned phases = 0;
  std::string text;  ///< the schedule, readable; the same for equal plans
  std::shared_ptr<const EntrySchedule> schedule;
};

struct ProgramPlan {
  DType dtype = DType::f32;
  unsigned batch = 1;
  Target target;
  std::vector<EntryPlan> entries;
  std::uint64_t state_bytes = 0;
  std::vector<std::uint64_t> state_offsets;  ///< bytes, per state tensor, then per mirror
  std::vector<Mirror> mirrors;
  std::string hash;                                                           ///< 16 hexadecimal digits, of graphs, batch and target
  [[nodiscard]] const Graph& graph() const { return entries.front().graph; }  ///< ports, states, scalars: equal in all entries
};

/// `entries` in the order wanted. Throws UserError (a layer that cannot be lowered).
[[nodiscard]] ProgramPlan plan_program(const definition_view& definition, const double* values, unsigned batch, DType dtype,
                                       const std::vector<Entry>& entries, const Target& target);

/// Which algorithms convolutions may take (choose_convolution.hpp).
enum class Convolutions : std::uint8_t { chosen, direct };

/// The same for graphs that exist already (all with equal ports, states and scalars), e.g. read from text.
[[nodiscard]] ProgramPlan plan_graphs(std::vector<std::pair<Entry, Graph>> graphs, unsigned batch, const Target& target,
                                      Convolutions convolutions = Convolutions::chosen);

}  // namespace ingot::codegen
