#include "schedule/plan.hpp"

#include "ir/verify.hpp"
#include "schedule/choose_convolution.hpp"
#include "schedule/plan_hash.hpp"
#include "schedule/schedule.hpp"
#include "schedule/split_reductions.hpp"
#include "schedule/verify_schedule.hpp"

namespace ingot::codegen {

namespace {

void place_states(ProgramPlan& p, const Graph& g) {
  for (const StateInfo& s : g.states) {
    p.state_offsets.push_back(p.state_bytes);
    const Layout l = make_layout({s.dtype, false, s.rows(), s.cols()}, p.batch, p.target);
    p.state_bytes += (static_cast<std::uint64_t>(l.bytes()) + 63) / 64 * 64;
  }
}

void set_patterns(Graph& g, const WeightPatterns& patterns) {
  for (StateInfo& s : g.states)
    if (const auto known = patterns.find(s.name); known != patterns.end()) s.blocks = known->second;
}

}  // namespace

EntrySchedule make_schedule(const Graph& g, const Fusion& f, std::int64_t batch, const Target& target,
                            const std::vector<std::uint64_t>& state_offsets) {
  EntrySchedule s = make_kernels(g, f, batch, target, state_offsets);
  assign_phases(g, s);
  plan_arena(s);
  verify(g, s);
  return s;
}

ProgramPlan plan_graphs(std::vector<std::pair<Entry, Graph>> graphs, unsigned batch, const Target& target, Convolutions convolutions) {
  ProgramPlan p;
  p.dtype = graphs.front().second.dtype;
  p.batch = batch;
  p.target = target;
  place_states(p, graphs.front().second);
  std::vector<std::string> parts{target.name, target.features, std::to_string(batch)};
  for (auto& [entry, graph] : graphs) {
    EntryPlan e;
    e.entry = entry;
    e.graph = std::move(graph);
    if (convolutions == Convolutions::chosen && choose_convolutions(e.graph)) verify(e.graph, Stage::primitive, "choose_convolutions");
    if (split_reductions(e.graph, batch, target)) verify(e.graph, Stage::primitive, "split_reductions");
    auto schedule = std::make_shared<EntrySchedule>(make_schedule(e.graph, fuse(e.graph), batch, target, p.state_offsets));
    e.kernels = describe(*schedule, batch);
    e.arena_bytes = schedule->arena_bytes;
    e.phases = schedule->phases;
    e.text = print(*schedule);
    for (const ScheduledKernel& k : schedule->kernels) parts.push_back(canonical_text(k.kernel));
    parts.push_back(e.text);
    e.schedule = std::move(schedule);
    p.entries.push_back(std::move(e));
  }
  p.hash = plan_hash(parts);
  return p;
}

ProgramPlan plan_program(const definition_view& definition, const double* values, unsigned batch, DType dtype,
                         const std::vector<Entry>& entries, const Target& target, const WeightPatterns& patterns) {
  std::vector<std::pair<Entry, Graph>> graphs;
  for (Entry entry : entries) {
    graphs.emplace_back(entry, build(definition, values, entry, dtype));
    if (entry == Entry::evaluate || entry == Entry::predict) set_patterns(graphs.back().second, patterns);
  }
  return plan_graphs(std::move(graphs), batch, target,
                     definition.recipe->direct_convolutions ? Convolutions::direct : Convolutions::chosen);
}

}  // namespace ingot::codegen
