#include "host/program_tables.hpp"

#include "ir/error.hpp"

#include <algorithm>

namespace ingot::codegen {

std::uint32_t abi_dtype(DType dtype) {
  switch (dtype) {
    case DType::f32:
      return INGOT_F32;
    case DType::f64:
      return INGOT_F64;
    case DType::f16:
      return INGOT_F16;
    case DType::bf16:
      return INGOT_BF16;
    case DType::u8:
      return INGOT_U8;
    case DType::i32:
      return INGOT_I32;
    case DType::boolean:
      break;
  }
  throw InternalError("host: a boolean value reached the interface of a program");
}

ingot_tensor make_tensor(StringPool& pool, std::string_view name, const std::vector<std::int64_t>& dims, DType dtype) {
  if (dims.size() > INGOT_MAX_RANK) throw InternalError("host: " + std::string(name) + " has more axes than the interface has room for");
  ingot_tensor tensor{};
  tensor.name = pool.keep(name);
  tensor.dtype = abi_dtype(dtype);
  tensor.elements = 1;
  for (const std::int64_t extent : dims) {
    tensor.dims[tensor.rank++] = static_cast<std::uint32_t>(extent);
    tensor.elements *= static_cast<std::uint64_t>(extent);
  }
  return tensor;
}

namespace {

std::vector<const Result*> results_of(const Graph& graph, ResultKind kind) {
  std::vector<const Result*> found;
  for (const Result& result : graph.results)
    if (result.kind == kind) found.push_back(&result);
  std::sort(found.begin(), found.end(), [](const Result* a, const Result* b) { return a->index < b->index; });
  return found;
}

/// Gradients come one per parameter, in the order of the states, then one per input.
std::vector<ingot_tensor> gradient_results(StringPool& pool, const Graph& graph) {
  std::vector<const StateInfo*> parameters;
  for (const StateInfo& state : graph.states)
    if (state.role == Role::parameter) parameters.push_back(&state);
  std::vector<ingot_tensor> tensors;
  for (const Result* result : results_of(graph, ResultKind::output)) {
    const std::size_t i = tensors.size();
    if (i >= parameters.size() + graph.inputs.size()) throw InternalError("host: more gradients than parameters and inputs");
    const auto& dims = i < parameters.size() ? parameters[i]->dims : graph.inputs[i - parameters.size()].dims;
    tensors.push_back(make_tensor(pool, result->name, dims, graph.dtype));
  }
  return tensors;
}

}  // namespace

std::vector<ingot_state> state_rows(StringPool& pool, const Graph& graph) {
  std::vector<ingot_state> rows;
  for (const StateInfo& info : graph.states) {
    ingot_state state{};
    state.tensor = make_tensor(pool, info.name, info.dims, info.dtype);
    state.role = static_cast<std::uint32_t>(info.role);
    state.init = static_cast<std::uint32_t>(info.init);
    state.init_value = info.init_value;
    state.parameter = info.parameter;
    rows.push_back(state);
  }
  return rows;
}

std::vector<ingot_scalar> scalar_rows(StringPool& pool, const Graph& graph) {
  std::vector<ingot_scalar> rows;
  for (const ScalarInfo& info : graph.scalars)
    rows.push_back({pool.keep(info.name), static_cast<std::uint32_t>(info.kind), info.index, info.constant});
  return rows;
}

std::vector<const char*> metric_names(StringPool& pool, const Graph& graph) {
  std::vector<const char*> names;
  for (const Result* metric : results_of(graph, ResultKind::metric)) names.push_back(pool.keep(metric->name));
  return names;
}

std::vector<ingot_tensor> result_rows(StringPool& pool, Entry entry, const Graph& graph) {
  if (entry == Entry::gradient) return gradient_results(pool, graph);
  std::vector<ingot_tensor> rows;
  if (entry != Entry::evaluate) return rows;
  for (const Result* result : results_of(graph, ResultKind::output)) {
    const PortInfo& port = graph.outputs[static_cast<std::size_t>(result->index)];
    rows.push_back(make_tensor(pool, port.name, port.dims, port.dtype));
  }
  return rows;
}

ProgramTables::ProgramTables(const ProgramPlan& plan) {
  if (plan.entries.empty()) throw InternalError("host: a program without entries");
  states_ = state_rows(pool_, plan.graph());
  scalars_ = scalar_rows(pool_, plan.graph());
  std::string text;
  for (const EntryPlan& entry : plan.entries) {
    add_entry(entry, entry_tables_.emplace_back());
    text += entry.text;
  }
  program_.dtype = abi_dtype(plan.dtype);
  program_.batch = plan.batch;
  program_.n_states = static_cast<std::uint32_t>(states_.size());
  program_.n_scalars = static_cast<std::uint32_t>(scalars_.size());
  program_.n_entries = static_cast<std::uint32_t>(entries_.size());
  program_.states = states_.data();
  program_.scalars = scalars_.data();
  program_.entries = entries_.data();
  program_.state_bytes = plan.state_bytes;
  program_.target = pool_.keep(plan.target.name);
  program_.plan_hash = pool_.keep(plan.hash);
  program_.plan = pool_.keep(text);
}

void ProgramTables::add_entry(const EntryPlan& plan, EntryTables& tables) {
  tables.metrics = metric_names(pool_, plan.graph);
  tables.results = result_rows(pool_, plan.entry, plan.graph);
  for (const KernelInfo& k : plan.kernels)
    tables.kernels.push_back({pool_.keep(k.name), pool_.keep(k.ops), pool_.keep(k.kind), k.phase, k.groups, k.bytes, k.unfused_bytes,
                              k.flops, pool_.keep(k.choice)});
  ingot_entry entry{};
  entry.kind = static_cast<std::uint32_t>(plan.entry);
  entry.n_metrics = static_cast<std::uint32_t>(tables.metrics.size());
  entry.metrics = tables.metrics.data();
  entry.n_results = static_cast<std::uint32_t>(tables.results.size());
  entry.results = tables.results.data();
  entry.n_kernels = static_cast<std::uint32_t>(tables.kernels.size());
  entry.kernels = tables.kernels.data();
  entry.arena_bytes = plan.arena_bytes;
  entry.unlimited_arena_bytes = plan.unlimited_arena_bytes;
  entry.phases = plan.phases;
  entries_.push_back(entry);
}

void ProgramTables::set_pack(void (*pack)(void*, std::uint32_t, const void*), void (*unpack)(const void*, std::uint32_t, void*)) {
  program_.pack = pack;
  program_.unpack = unpack;
}

}  // namespace ingot::codegen
