// The plan of a program: for each entry its kernels in phases, its buffers in one arena, and the layout of the state block.
// A pure function of graph, batch and target; the number of threads is no input to it.
#pragma once
#include "import/build.hpp"
#include "schedule/layout.hpp"

#include <map>
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
  std::uint64_t written_bytes = 0;  ///< of `bytes`; the others are read
  std::string choice;  ///< of a convolution, the algorithm and why (explain_convolution.hpp); of a device, whether layers are a chain
};

struct EntryPlan {
  Entry entry = Entry::train;
  Graph graph;
  std::vector<KernelInfo> kernels;
  std::uint64_t arena_bytes = 0, unlimited_arena_bytes = 0;  ///< as it is, and without a limit
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

/// What is known of weights when a program for inference is compiled: by name of the state.
using WeightPatterns = std::map<std::string, BlockPattern>;

/// `entries` in the order wanted. Patterns are used by entries that do not move the weights. Throws UserError (a layer that cannot be
/// lowered).
[[nodiscard]] ProgramPlan plan_program(const definition_view& definition, const double* values, unsigned batch, DType dtype,
                                       const std::vector<Entry>& entries, const Target& target, const WeightPatterns& patterns = {});

/// Which algorithms convolutions may take (choose_convolution.hpp).
enum class Convolutions : std::uint8_t { chosen, direct };

/// The same for graphs that exist already (all with equal ports, states and scalars), e.g. read from text. `step_memory`: bytes that the
/// arena of a training step may take (rematerialize.hpp); throws UserError where it cannot.
[[nodiscard]] ProgramPlan plan_graphs(std::vector<std::pair<Entry, Graph>> graphs, unsigned batch, const Target& target,
                                      Convolutions convolutions = Convolutions::chosen, std::uint64_t step_memory = no_limit);

}  // namespace ingot::codegen
