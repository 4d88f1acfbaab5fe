#include "schedule/plan.hpp"

#include "ir/verify.hpp"
#include "schedule/choose_convolution.hpp"
#include "schedule/mirror_states.hpp"
#include "schedule/plan_hash.hpp"
#include "schedule/rematerialize.hpp"
#include "schedule/schedule.hpp"
#include "schedule/split_reductions.hpp"
#include "schedule/verify_schedule.hpp"

namespace ingot::codegen {

namespace {

std::uint64_t place(ProgramPlan& p, const Layout& l) {
  p.state_offsets.push_back(p.state_bytes);
  p.state_bytes += (static_cast<std::uint64_t>(l.bytes()) + 63) / 64 * 64;
  return p.state_offsets.back();
}

/// The states, then the copies of those in `mirrored`.
void place_states(ProgramPlan& p, const Graph& g, const std::vector<std::int32_t>& mirrored) {
  for (const StateInfo& s : g.states) place(p, make_layout({s.dtype, false, s.rows(), s.cols()}, p.batch, p.target));
  for (const std::int32_t state : mirrored) {
    const StateInfo& s = g.states[static_cast<std::size_t>(state)];
    Layout l = make_layout({g.low, false, s.rows(), s.cols()}, p.batch, p.target);
    l.paired = p.target.bf16_pairs && g.low == DType::bf16;
    p.mirrors.push_back({state, l, place(p, l)});
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

namespace {

/// What is decided on the graph itself, for this batch and target.
void prepare(Graph& g, unsigned batch, const Target& target, Convolutions convolutions) {
  if (convolutions == Convolutions::chosen && choose_convolutions(g)) verify(g, Stage::primitive, "choose_convolutions");
  if (split_reductions(g, batch, target)) verify(g, Stage::primitive, "split_reductions");
}

void schedule_entry(EntryPlan& e, const ProgramPlan& p, const std::vector<std::int32_t>& mirrored, std::uint64_t limit) {
  const Graph g = with_mirrors(e.graph, mirrored);
  if (!mirrored.empty()) verify(g, Stage::primitive, "mirror_states");
  auto schedule = std::make_shared<EntrySchedule>(make_schedule(g, fuse(g), p.batch, p.target, p.state_offsets));
  e.unlimited_arena_bytes = schedule->arena_bytes;
  if (e.entry == Entry::train) {
    fit_arena(g, *schedule, p.batch, limit);
    verify(g, *schedule);
  }
  e.kernels = describe(*schedule, p.batch);
  e.arena_bytes = schedule->arena_bytes;
  e.phases = schedule->phases;
  e.text = print(*schedule);
  e.schedule = std::move(schedule);
}

}  // namespace

ProgramPlan plan_graphs(std::vector<std::pair<Entry, Graph>> graphs, unsigned batch, const Target& target, Convolutions convolutions,
                        std::uint64_t step_memory) {
  ProgramPlan p;
  p.dtype = graphs.front().second.dtype;
  p.batch = batch;
  p.target = target;
  std::vector<const Graph*> prepared;
  for (auto& [entry, graph] : graphs) {
    prepare(graph, batch, target, convolutions);
    prepared.push_back(&graph);
  }
  const std::vector<std::int32_t> mirrored = mirrored_states(prepared, target);
  place_states(p, graphs.front().second, mirrored);
  std::vector<std::string> parts{target.name, target.features, std::to_string(batch)};
  for (auto& [entry, graph] : graphs) {
    EntryPlan e;
    e.entry = entry;
    e.graph = std::move(graph);
    schedule_entry(e, p, mirrored, step_memory);
    for (const ScheduledKernel& k : e.schedule->kernels) parts.push_back(canonical_text(k.kernel));
    parts.push_back(e.text);
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
  return plan_graphs(std::move(graphs), batch, target, definition.recipe->direct_convolutions ? Convolutions::direct : Convolutions::chosen,
                     static_cast<std::uint64_t>(definition.recipe->step_memory));
}

}  // namespace ingot::codegen
