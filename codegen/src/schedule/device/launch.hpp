// Launches of a device program: kernels of one phase side by side in one grid, over canonical matrices. A pure function of graph,
// batch and device description, as the CPU's schedule is.
#pragma once
#include "schedule/device/library_gemm.hpp"
#include "schedule/device/tile.hpp"
#include "schedule/plan.hpp"
#include "schedule/schedule.hpp"

#include <string>
#include <vector>

namespace ingot::codegen {

/// How the blocks of a kernel share its work.
enum class DeviceShape : std::uint8_t {
  points,        ///< one thread for each run of neighbouring elements of the domain
  rows,          ///< some lanes of a warp for each row
  sums,          ///< a block for each run of columns and each partial sum
  tiles,         ///< a block for each tile of a contraction and each partial sum
  matrix_tiles,  ///< the same for operands of 16 bits, on tensor cores
  chain,         ///< a block for some rows of all layers of a chain, sixteen to a warp
};

/// One kernel of a launch: blocks first_block .. first_block + blocks - 1 of the grid.
struct LaunchPart {
  Kernel kernel;
  std::string name;
  DeviceShape shape = DeviceShape::points;
  int first_block = 0, blocks = 1;
  int run = 1;           ///< points: neighbouring columns of a thread: 8, 4 or 1
  int lanes = 1;         ///< rows: of a warp for a row; sums: columns of a block; a power of two, at most warp_threads
  int parts = 1;         ///< sums, tiles: partial sums
  ContractionTile tile;  ///< tiles
  MatrixTile matrix;     ///< matrix_tiles
  int chain_rows = 0;    ///< chain: rows of a block
  int shared_bytes = 0;
  std::vector<int> operands;                  ///< per kernel argument: operand of the launch
  int index_operand = -1, port_operand = -1;  ///< gather: row numbers, the caller's rows; write: the caller's memory
  KernelInfo info;
};

struct DeviceLaunch {
  std::string name;
  std::string symbol;  ///< of its code; launches that differ in their operands alone share it
  std::vector<LaunchPart> parts;
  std::vector<DeviceOperand> operands;  ///< the call block is the first
  int blocks = 0, shared_bytes = 0;
  std::vector<LibraryGemm> products;  ///< the library form, for a full batch: these calls in any order ...
  std::vector<DeviceLaunch> rest;     ///< ... and a launch of what they leave, if they leave anything
  std::string library_why;            ///< why there is one, or none; empty: nothing in it is the library's
};

struct DeviceEntryPlan {
  Entry entry = Entry::train;
  Graph graph;
  std::vector<DeviceLaunch> launches;
  std::uint64_t arena_bytes = 0;
  std::string text;  ///< the launches, readable; the same for equal plans
};
/// The launches of an entry and what the library forms leave of them: all that has code.
[[nodiscard]] std::vector<const DeviceLaunch*> launches_with_code(const DeviceEntryPlan& e);

/// Of the call block (ingot_device.h), bytes.
struct CallBlock {
  std::uint64_t scalars_offset = 8, bytes = 8;
};

struct DevicePlan {
  unsigned batch = 1;
  DeviceTarget device;
  std::vector<DeviceEntryPlan> entries;
  std::uint64_t state_bytes = 0;
  std::vector<std::uint64_t> state_offsets;  ///< bytes, per state tensor, then per mirror
  std::vector<Mirror> mirrors;
  CallBlock call;
  std::string hash;  ///< 16 hexadecimal digits, of graphs, batch and device description
  [[nodiscard]] const Graph& graph() const { return entries.front().graph; }
};

/// `entries` in the order wanted, in float32. Throws UserError for what the device target cannot do, naming the layer.
[[nodiscard]] DevicePlan plan_device_program(const definition_view& definition, const double* values, unsigned batch,
                                             const std::vector<Entry>& entries, const DeviceTarget& device);

/// The same for graphs that exist already. `fusion` none: one kernel, and one launch, for each op. `step_memory`: as in plan_graphs.
enum class DeviceFusion : std::uint8_t { fused, none };
[[nodiscard]] DevicePlan plan_device_graphs(std::vector<std::pair<Entry, Graph>> graphs, unsigned batch, const DeviceTarget& device,
                                            DeviceFusion fusion = DeviceFusion::fused, std::uint64_t step_memory = no_limit);

/// The launches of a schedule made for a dense target, without symbols.
[[nodiscard]] std::vector<DeviceLaunch> make_launches(const Graph& g, const EntrySchedule& s, std::int64_t batch,
                                                      const DeviceTarget& device, DeviceFusion fusion);
/// Behind the parts that the launch has.
void add_part(DeviceLaunch& launch, LaunchPart part);
/// A text that determines the code of a launch: equal texts, equal code.
[[nodiscard]] std::string canonical_text(const DeviceLaunch& launch);
[[nodiscard]] std::string print(const std::vector<DeviceLaunch>& launches, std::uint64_t arena_bytes);

}  // namespace ingot::codegen
