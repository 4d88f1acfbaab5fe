#include "ir/error.hpp"
#include "ir/op_info.hpp"
#include "ir/verify.hpp"
#include "schedule/device/chain.hpp"
#include "schedule/device/launch.hpp"
#include "schedule/plan_hash.hpp"
#include "schedule/rematerialize.hpp"
#include "schedule/split_reductions.hpp"
#include "schedule/verify_schedule.hpp"

#include <ingot_device.h>

#include <map>

namespace ingot::codegen {

namespace {

constexpr std::uint64_t round_up(std::uint64_t n, std::uint64_t to) { return (n + to - 1) / to * to; }

void place_states(DevicePlan& p, const Graph& g) {
  for (const StateInfo& s : g.states) {
    p.state_offsets.push_back(p.state_bytes);
    p.state_bytes += round_up(static_cast<std::uint64_t>(s.rows() * s.cols()) * dtype_size(s.dtype), INGOT_DEVICE_ALIGNMENT);
  }
}

CallBlock place_call(const Graph& g) {
  CallBlock c;
  c.scalars_offset = round_up(INGOT_CALL_DTYPES_OFFSET + g.inputs.size() * sizeof(std::uint32_t), sizeof(double));
  c.bytes = c.scalars_offset + g.scalars.size() * sizeof(double);
  return c;
}

/// `symbols`: of the code that the program has so far.
DeviceEntryPlan plan_entry(Entry entry, Graph graph, const DevicePlan& p, DeviceFusion fusion, std::uint64_t step_memory,
                           std::map<std::string, std::string>& symbols) {
  DeviceEntryPlan e;
  e.entry = entry;
  e.graph = std::move(graph);
  if (e.graph.dtype != DType::f32)
    throw UserError(e.graph.name + ": the cuda target computes in float32; use a CPU target for " + std::string(dtype_name(e.graph.dtype)));
  const Target target = dense_target(p.device);
  if (split_reductions(e.graph, p.batch, target)) verify(e.graph, Stage::primitive, "split_reductions");
  const Fusion regions = fusion == DeviceFusion::fused ? join_chains(e.graph, fuse(e.graph), p.batch, p.device) : do_not_fuse(e.graph);
  EntrySchedule s = make_schedule(e.graph, regions, p.batch, target, p.state_offsets);
  if (entry == Entry::train) {
    fit_arena(e.graph, s, p.batch, step_memory);
    verify(e.graph, s);
  }
  e.launches = make_launches(e.graph, s, p.batch, p.device, fusion);
  for (DeviceLaunch& l : e.launches) {
    const std::string stem = "ingot_" + std::string(l.parts.size() == 1 ? kind_name(l.parts[0].kernel.kind) : "several");
    l.symbol = symbols.try_emplace(canonical_text(l), stem + "_" + std::to_string(symbols.size())).first->second;
  }
  e.arena_bytes = s.arena_bytes;
  e.text = print(e.launches, e.arena_bytes);
  return e;
}

}  // namespace

DevicePlan plan_device_graphs(std::vector<std::pair<Entry, Graph>> graphs, unsigned batch, const DeviceTarget& device, DeviceFusion fusion,
                              std::uint64_t step_memory) {
  DevicePlan p;
  p.batch = batch;
  p.device = device;
  place_states(p, graphs.front().second);
  p.call = place_call(graphs.front().second);
  std::map<std::string, std::string> symbols;
  std::vector<std::string> parts{std::string(device.name), std::to_string(batch)};
  for (auto& [entry, graph] : graphs) {
    p.entries.push_back(plan_entry(entry, std::move(graph), p, fusion, step_memory, symbols));
    for (const DeviceLaunch& launch : p.entries.back().launches) parts.push_back(canonical_text(launch));
    parts.push_back(p.entries.back().text);
  }
  p.hash = plan_hash(parts);
  return p;
}

DevicePlan plan_device_program(const definition_view& definition, const double* values, unsigned batch, const std::vector<Entry>& entries,
                               const DeviceTarget& device) {
  std::vector<std::pair<Entry, Graph>> graphs;
  for (const Entry entry : entries) graphs.emplace_back(entry, build(definition, values, entry, DType::f32));
  return plan_device_graphs(std::move(graphs), batch, device, DeviceFusion::fused,
                            static_cast<std::uint64_t>(definition.recipe->step_memory));
}

}  // namespace ingot::codegen
