#include "ir/verify.hpp"

#include "ir/error.hpp"
#include "ir/op_info.hpp"
#include "ir/print.hpp"
#include "ir/type_rule.hpp"

#include <array>

namespace ingot::codegen {
namespace {

std::int64_t elements(const std::vector<std::int64_t>& dims) {
  std::int64_t n = 1;
  for (const std::int64_t d : dims) n *= d;
  return n;
}

class Verifier {
 public:
  Verifier(const Graph& g, Stage stage, std::string_view where) : g_(g), stage_(stage), where_(where) {}

  void run() {
    states();
    for (ValueId v = 0; v < g_.size(); ++v) node(v);
    results();
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw InternalError(std::string(where_) + ": " + what + "\n" + dump()); }
  [[noreturn]] void fail(ValueId v, const std::string& what) const { fail("node %" + std::to_string(v) + ": " + what); }
  // operands may be out of range here: the text names them all the same
  [[nodiscard]] std::string dump() const { return print(g_); }

  template <class T>
  [[nodiscard]] bool has(const std::vector<T>& table, std::int32_t index) const {
    return index >= 0 && static_cast<std::size_t>(index) < table.size();
  }

  void states() const {
    if (!is_float(g_.dtype)) fail("the graph's dtype is not floating-point");
    if (g_.low != DType::f32 && !is_low(g_.low)) fail("the graph's low dtype is neither f16 nor bf16");
    for (const StateInfo& s : g_.states) {
      for (const std::int64_t d : s.dims)
        if (d < 1) fail("state '" + s.name + "' has an empty axis");
      if (s.role == Role::mirror) {
        mirror(s);
        continue;
      }
      if (s.role != Role::slot && s.parameter >= 0) fail("state '" + s.name + "': only slots and mirrors belong to another state");
      if (s.parameter < 0) continue;
      if (!has(g_.states, s.parameter) || g_.states[static_cast<std::size_t>(s.parameter)].role != Role::parameter)
        fail("slot '" + s.name + "' belongs to no parameter");
      if (g_.states[static_cast<std::size_t>(s.parameter)].dims != s.dims)
        fail("slot '" + s.name + "' differs from its parameter in shape");
    }
  }

  void mirror(const StateInfo& s) const {
    if (!has(g_.states, s.parameter) || g_.states[static_cast<std::size_t>(s.parameter)].role == Role::mirror)
      fail("mirror '" + s.name + "' belongs to no state");
    if (g_.states[static_cast<std::size_t>(s.parameter)].dims != s.dims) fail("mirror '" + s.name + "' differs from its state in shape");
    if (!is_low(s.dtype)) fail("mirror '" + s.name + "' is neither f16 nor bf16");
  }

  void node(ValueId v) const {
    const Node& n = g_.node(v);
    std::array<Type, max_arity> types;
    if (n.in.size() > types.size()) fail(v, "too many operands");
    for (std::size_t i = 0; i < n.in.size(); ++i) {
      if (n.in[i] < 0 || n.in[i] >= v) fail(v, "operand " + std::to_string(i) + " is not defined before it");
      types[i] = g_.type(n.in[i]);
    }
    try {
      if (!(result_type(n.op, {types.data(), n.in.size()}, n.attr, n.type) == n.type)) fail(v, "has another type than its op gives");
    } catch (const TypeProblem& problem) {
      fail(v, problem.text);
    }
    if (stage_ == Stage::primitive && is_decomposed(n.op)) fail(v, std::string(op_name(n.op)) + " is not primitive");
    if (op_family(n.op) == Family::leaf) leaf(v);
    if (n.op == Op::keep_mask || n.op == Op::normal || n.op == Op::dropout) random_stream(v);
  }

  void leaf(ValueId v) const {
    const Node& n = g_.node(v);
    if (n.op == Op::input) port(v, g_.inputs);
    if (n.op == Op::target) port(v, g_.targets);
    if (n.op == Op::scalar && !has(g_.scalars, n.attr.index)) fail(v, "no such scalar");
    if (n.op != Op::state) return;
    if (!has(g_.states, n.attr.index)) fail(v, "no such state");
    const StateInfo& s = g_.states[static_cast<std::size_t>(n.attr.index)];
    if (!(n.type == Type{s.dtype, false, s.rows(), s.cols()})) fail(v, "differs from state '" + s.name + "' in type");
  }

  void port(ValueId v, const std::vector<PortInfo>& ports) const {
    const Node& n = g_.node(v);
    if (!has(ports, n.attr.index)) fail(v, "no such port");
    if (elements(ports[static_cast<std::size_t>(n.attr.index)].dims) != n.type.rows * n.type.cols) fail(v, "differs from its port in size");
  }

  void random_stream(ValueId v) const {
    bool low = false, high = false, step = false;
    for (const ScalarInfo& s : g_.scalars) {
      low = low || s.kind == ScalarKind::seed_low;
      high = high || s.kind == ScalarKind::seed_high;
      step = step || s.kind == ScalarKind::step;
    }
    if (!low || !high || !step) fail(v, "the scalar table has no seed or no step for random bits");
  }

  void results() const {
    std::vector<bool> assigned(g_.states.size(), false);
    for (const Result& r : g_.results) {
      if (r.value < 0 || r.value >= g_.size()) fail("result '" + r.name + "' has no value");
      if (r.index < 0) fail("result '" + r.name + "' has a negative index");
      const Type& t = g_.type(r.value);
      if (r.kind == ResultKind::metric && (!is_float(t.dtype) || t.batched || t.rows != 1 || t.cols != 1))
        fail("metric '" + r.name + "' is not a [1,1] number");
      if (r.kind == ResultKind::output && !is_float(t.dtype)) fail("result '" + r.name + "' is not floating-point");
      if (r.kind != ResultKind::assign && is_low(t.dtype)) fail("result '" + r.name + "' is " + print_type(t) + ": cast it");
      if (r.kind == ResultKind::assign) assignment(r, assigned);
    }
  }

  void assignment(const Result& r, std::vector<bool>& assigned) const {
    if (!has(g_.states, r.index)) fail("result '" + r.name + "' assigns no state");
    const auto i = static_cast<std::size_t>(r.index);
    if (assigned[i]) fail("state '" + g_.states[i].name + "' is assigned twice");
    assigned[i] = true;
    const StateInfo& s = g_.states[i];
    if (!(g_.type(r.value) == Type{s.dtype, false, s.rows(), s.cols()})) fail("state '" + s.name + "' is assigned a value of another type");
  }

  const Graph& g_;
  Stage stage_;
  std::string_view where_;
};

}  // namespace

void verify(const Graph& g, Stage stage, std::string_view where) { Verifier(g, stage, where).run(); }

}  // namespace ingot::codegen
