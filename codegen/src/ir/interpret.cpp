#include "ir/interpret.hpp"

#include "ir/error.hpp"
#include "ir/interpret_kernels.hpp"
#include "ir/op_info.hpp"
#include "ir/rounding.hpp"

#include <algorithm>

namespace ingot::codegen {
namespace {

std::size_t count(std::int64_t n) { return static_cast<std::size_t>(n); }

std::int64_t elements(const std::vector<std::int64_t>& dims) {
  std::int64_t n = 1;
  for (const std::int64_t d : dims) n *= d;
  return n;
}

void need(bool ok, const std::string& what) {
  if (!ok) throw UserError("interpreter: " + what);
}

void check_ports(const std::vector<PortInfo>& ports, const std::vector<Values>& given, std::int64_t rows, std::string_view what) {
  need(given.size() >= ports.size(), "too few tensors given as " + std::string(what));
  for (std::size_t i = 0; i < ports.size(); ++i)
    need(given[i].size() == count(rows * elements(ports[i].dims)), std::string(what) + " '" + ports[i].name + "' has a wrong size");
}

void check(const Graph& g, const InterpreterInputs& in) {
  need(in.rows >= 1, "at least one row is needed");
  check_ports(g.inputs, in.inputs, in.rows, "inputs");
  const auto reads_target = [](const Node& n) { return n.op == Op::target; };
  if (std::any_of(g.nodes.begin(), g.nodes.end(), reads_target)) check_ports(g.targets, in.targets, in.rows, "targets");
  need(in.scalars.size() == g.scalars.size(), "the number of scalars is wrong");
  need(in.states.size() == g.states.size(), "the number of state tensors is wrong");
  for (std::size_t i = 0; i < g.states.size(); ++i)
    need(in.states[i].size() == count(elements(g.states[i].dims)), "state '" + g.states[i].name + "' has a wrong size");
}

RandomState random_state(const Graph& g, const Values& scalars) {
  RandomState r;
  for (std::size_t i = 0; i < g.scalars.size(); ++i) {
    const auto word = static_cast<std::uint32_t>(static_cast<std::int64_t>(scalars[i]));
    if (g.scalars[i].kind == ScalarKind::seed_low) r.seed_low = word;
    if (g.scalars[i].kind == ScalarKind::seed_high) r.seed_high = word;
    if (g.scalars[i].kind == ScalarKind::step) r.step = word;
  }
  return r;
}

Values leaf(const Node& n, const InterpreterInputs& in) {
  const auto index = static_cast<std::size_t>(n.attr.index);
  switch (n.op) {
    case Op::input:
      return in.inputs[index];
    case Op::target:
      return in.targets[index];
    case Op::state:
      return in.states[index];
    case Op::scalar:
      return {in.scalars[index]};
    case Op::rows:
      return {static_cast<double>(in.rows)};
    case Op::constant:
      return {n.attr.value};
    default: {  // iota
      Values v(count(n.type.cols));
      for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<double>(i);
      return v;
    }
  }
}

void evaluate(const NodeCall& c) {
  switch (op_family(c.node.op)) {
    case Family::map:
      return interpret_map(c);
    case Family::loss:
      return interpret_loss(c);
    case Family::window:
      return interpret_window(c);
    default:
      return interpret_rows(c);
  }
}

}  // namespace

bool has_interpreter(Op op) { return static_cast<int>(op) < op_count; }

std::vector<Values> interpret_all(const Graph& g, const InterpreterInputs& in) {
  check(g, in);
  const RandomState random = random_state(g, in.scalars);
  std::vector<Values> values(g.nodes.size());
  const auto rows_of = [&](const Type& t) { return t.batched ? in.rows * t.rows : t.rows; };
  std::vector<Matrix> operands;
  for (std::size_t v = 0; v < g.nodes.size(); ++v) {
    const Node& n = g.nodes[v];
    if (op_family(n.op) == Family::leaf) {
      values[v] = leaf(n, in);
      round_to(n.type.dtype, values[v]);
      continue;
    }
    operands.clear();
    for (const ValueId o : n.in) operands.push_back({rows_of(g.type(o)), g.type(o).cols, values[static_cast<std::size_t>(o)].data()});
    values[v].assign(count(rows_of(n.type) * n.type.cols), 0.0);
    evaluate({n, operands, random, rows_of(n.type), n.type.cols, values[v].data(), g.type(n.in[0]).rows});
    round_to(n.type.dtype, values[v]);
  }
  return values;
}

InterpreterOutputs interpret(const Graph& g, const InterpreterInputs& in) {
  const std::vector<Values> values = interpret_all(g, in);
  InterpreterOutputs out;
  out.states = in.states;
  for (const Result& r : g.results) {
    out.results.push_back(values[static_cast<std::size_t>(r.value)]);
    if (r.kind == ResultKind::assign) out.states[static_cast<std::size_t>(r.index)] = out.results.back();
  }
  return out;
}

}  // namespace ingot::codegen
