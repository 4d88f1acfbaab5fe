#include "ir/error.hpp"
#include "ir/op_info.hpp"
#include "ir/verify.hpp"
#include "schedule/device/chain.hpp"
#include "schedule/device/launch.hpp"
#include "schedule/device/library_form.hpp"
#include "schedule/mirror_states.hpp"
#include "schedule/plan_hash.hpp"
#include "schedule/rematerialize.hpp"
#include "schedule/split_reductions.hpp"
#include "schedule/verify_schedule.hpp"

#include <ingot_device.h>

#include <algorithm>
#include <iterator>
#include <map>

namespace ingot::codegen {

namespace {

constexpr std::uint64_t round_up(std::uint64_t n, std::uint64_t to) { return (n + to - 1) / to * to; }

std::uint64_t place(DevicePlan& p, const Layout& l) {
  p.state_offsets.push_back(p.state_bytes);
  p.state_bytes += round_up(static_cast<std::uint64_t>(l.bytes()), INGOT_DEVICE_ALIGNMENT);
  return p.state_offsets.back();
}

/// The states, then the copies of those in `mirrored`.
void place_states(DevicePlan& p, const Graph& g, const std::vector<std::int32_t>& mirrored) {
  const Target target = dense_target(p.device);
  const auto layout = [&](const StateInfo& s, DType t) { return make_layout({t, false, s.rows(), s.cols()}, p.batch, target); };
  for (const StateInfo& s : g.states) place(p, layout(s, s.dtype));
  for (const std::int32_t state : mirrored) {
    const Layout l = layout(g.states[static_cast<std::size_t>(state)], g.low);
    p.mirrors.push_back({state, l, place(p, l)});
  }
}

CallBlock place_call(const Graph& g) {
  CallBlock c;
  c.scalars_offset = round_up(INGOT_CALL_DTYPES_OFFSET + g.inputs.size() * sizeof(std::uint32_t), sizeof(double));
  c.bytes = c.scalars_offset + g.scalars.size() * sizeof(double);
  return c;
}

void prepare(Graph& g, unsigned batch, const Target& target) {
  if (g.dtype != DType::f32)
    throw UserError(g.name + ": the cuda target computes in float32; use a CPU target for " + std::string(dtype_name(g.dtype)));
  if (split_reductions(g, batch, target)) verify(g, Stage::primitive, "split_reductions");
}

/// How a program is made; the same for all its entries.
struct Making {
  DeviceFusion fusion = DeviceFusion::fused;
  std::uint64_t step_memory = no_limit;
  std::vector<std::int32_t> mirrored;
  std::map<std::string, std::string> symbols;  ///< of the code that the program has so far
};

void name_code(DeviceLaunch& l, Making& making) {
  const std::string stem = "ingot_" + std::string(l.parts.size() == 1 ? kind_name(l.parts[0].kernel.kind) : "several");
  l.symbol = making.symbols.try_emplace(canonical_text(l), stem + "_" + std::to_string(making.symbols.size())).first->second;
}

/// The states that live in 16 bits as well: those that products read so, and biases that a library could add.
std::vector<std::int32_t> states_to_mirror(std::span<const Graph* const> graphs, const Target& target) {
  const std::vector<std::int32_t> weights = mirrored_states(graphs, target), biases = library_biases(graphs);
  std::vector<std::int32_t> all;
  std::set_union(weights.begin(), weights.end(), biases.begin(), biases.end(), std::back_inserter(all));
  return all;
}

DeviceEntryPlan plan_entry(Entry entry, Graph graph, const DevicePlan& p, Making& making) {
  DeviceEntryPlan e;
  e.entry = entry;
  e.graph = std::move(graph);
  const Graph g = with_mirrors(e.graph, making.mirrored);
  if (!making.mirrored.empty()) verify(g, Stage::primitive, "mirror_states");
  const Fusion regions = making.fusion == DeviceFusion::fused ? join_chains(g, fuse(g), p.batch, p.device) : do_not_fuse(g);
  EntrySchedule s = make_schedule(g, regions, p.batch, dense_target(p.device), p.state_offsets);
  if (entry == Entry::train) {
    fit_arena(g, s, p.batch, making.step_memory);
    verify(g, s);
  }
  e.launches = make_launches(g, s, p.batch, p.device, making.fusion);
  e.arena_bytes = s.arena_bytes;
  if (making.fusion == DeviceFusion::fused)
    add_library_forms(e.launches, p, e.arena_bytes, entry == Entry::train ? making.step_memory : no_limit);
  for (DeviceLaunch& l : e.launches) {
    name_code(l, making);
    for (DeviceLaunch& rest : l.rest) name_code(rest, making);
  }
  e.text = print(e.launches, e.arena_bytes);
  return e;
}

}  // namespace

std::vector<const DeviceLaunch*> launches_with_code(const DeviceEntryPlan& e) {
  std::vector<const DeviceLaunch*> all;
  for (const DeviceLaunch& l : e.launches) {
    all.push_back(&l);
    for (const DeviceLaunch& rest : l.rest) all.push_back(&rest);
  }
  return all;
}

DevicePlan plan_device_graphs(std::vector<std::pair<Entry, Graph>> graphs, unsigned batch, const DeviceTarget& device, DeviceFusion fusion,
                              std::uint64_t step_memory) {
  DevicePlan p;
  p.batch = batch;
  p.device = device;
  const Target target = dense_target(device);
  std::vector<const Graph*> prepared;
  for (auto& [entry, graph] : graphs) {
    prepare(graph, batch, target);
    prepared.push_back(&graph);
  }
  Making making{fusion, step_memory, {}, {}};
  if (fusion == DeviceFusion::fused) making.mirrored = states_to_mirror(prepared, target);
  place_states(p, graphs.front().second, making.mirrored);
  p.call = place_call(graphs.front().second);
  std::vector<std::string> parts{std::string(device.name), std::to_string(batch)};
  for (auto& [entry, graph] : graphs) {
    p.entries.push_back(plan_entry(entry, std::move(graph), p, making));
    for (const DeviceLaunch* launch : launches_with_code(p.entries.back())) parts.push_back(canonical_text(*launch));
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
