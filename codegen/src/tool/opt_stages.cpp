#include "tool/opt_stages.hpp"

#include "fuse/regions.hpp"
#include "ir/interpret.hpp"
#include "ir/print.hpp"
#include "ir/verify.hpp"
#include "llvm/device_compile.hpp"
#include "llvm/dump.hpp"
#include "schedule/device/launch.hpp"
#include "schedule/plan.hpp"

#include <fmt/format.h>

#include <array>
#include <ostream>
#include <random>

namespace ingot::codegen {
namespace {

void show_text(const Graph& g, const StageOptions&, std::ostream& out) { out << print(g); }

void show_statistics(const Graph& g, const StageOptions&, std::ostream& out) {
  std::array<int, 256> count{};
  for (const Node& n : g.nodes) ++count[static_cast<std::size_t>(n.op)];
  out << g.nodes.size() << " nodes, " << g.states.size() << " states, " << g.results.size() << " results\n";
  for (std::size_t op = 0; op < count.size(); ++op)
    if (count[op] != 0) out << fmt::format("{:6} {}\n", count[op], op_name(static_cast<Op>(op)));
}

Values random_values(std::mt19937_64& random, std::int64_t n) {
  Values v(static_cast<std::size_t>(n));
  for (double& x : v) x = static_cast<double>(random() >> 11) * 0x1p-52 - 1;  // [-1, 1), the same with every library
  return v;
}

std::int64_t elements(const std::vector<std::int64_t>& dims) {
  std::int64_t n = 1;
  for (const std::int64_t d : dims) n *= d;
  return n;
}

/// Made-up tensors: numbers in [-1, 1), class 0 for class targets, step 1.
InterpreterInputs made_up(const Graph& g, const StageOptions& o) {
  std::mt19937_64 random(o.seed);
  InterpreterInputs in;
  in.rows = o.batch;
  for (const PortInfo& p : g.inputs) in.inputs.push_back(random_values(random, in.rows * elements(p.dims)));
  for (const PortInfo& p : g.targets) {
    in.targets.push_back(random_values(random, in.rows * elements(p.dims)));
    if (p.dtype == DType::i32) in.targets.back().assign(in.targets.back().size(), 0.0);
  }
  for (const StateInfo& s : g.states) in.states.push_back(random_values(random, elements(s.dims)));
  for (const ScalarInfo& s : g.scalars)
    in.scalars.push_back(s.kind == ScalarKind::step ? 1 : s.kind == ScalarKind::power ? s.constant : 0.1);
  return in;
}

void show_values(const Graph& g, const StageOptions& o, std::ostream& out) {
  const InterpreterOutputs values = interpret(g, made_up(g, o));
  for (std::size_t r = 0; r < g.results.size(); ++r) {
    out << g.results[r].name << ':';
    const Values& v = values.results[r];
    for (std::size_t i = 0; i < v.size() && i < 8; ++i) out << fmt::format(" {:.9g}", v[i]);
    out << (v.size() > 8 ? " ...\n" : "\n");
  }
}

ProgramPlan plan(const Graph& g, const StageOptions& o) {
  return plan_graphs({{Entry::train, g}}, static_cast<unsigned>(o.batch), make_target(o.target));
}

void show_fusion(const Graph& g, const StageOptions&, std::ostream& out) { out << print(g, fuse(g)); }
void show_schedule(const Graph& g, const StageOptions& o, std::ostream& out) { out << plan(g, o).entries.front().text; }
void show_llvm(const Graph& g, const StageOptions& o, std::ostream& out) { out << llvm_text(plan(g, o)); }
void show_assembly(const Graph& g, const StageOptions& o, std::ostream& out) { out << assembly_text(plan(g, o)); }

DevicePlan device_plan(const Graph& g, const StageOptions& o) {
  return plan_device_graphs({{Entry::train, g}}, static_cast<unsigned>(o.batch), find_device_target(o.device));
}
void show_launches(const Graph& g, const StageOptions& o, std::ostream& out) { out << device_plan(g, o).entries.front().text; }

void show_ptx(const Graph& g, const StageOptions& o, std::ostream& out) { out << ptx_text(device_plan(g, o)); }

constexpr StageRow table[] = {
    {"graph", "the graph as text", show_text},
    {"statistics", "how often each op occurs", show_statistics},
    {"interpret", "first values of every result, on made-up inputs", show_values},
    {"fuse", "regions: which ops become one kernel (primitive ops only: run the passes first)", show_fusion},
    {"schedule", "kernels, phases, buffers and the arena", show_schedule},
    {"launches", "launches of a device, their kernels and operands", show_launches},
    {"llvm", "LLVM IR of all kernels", show_llvm},
    {"ptx", "PTX of all kernels of a device", show_ptx},
    {"assembly", "x86-64 assembly of all kernels", show_assembly},
};

}  // namespace

std::span<const StageRow> stage_table() { return table; }

const StageRow* find_stage(std::string_view name) {
  for (const StageRow& row : table)
    if (row.name == name) return &row;
  return nullptr;
}

}  // namespace ingot::codegen
