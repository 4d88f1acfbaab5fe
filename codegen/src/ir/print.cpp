#include "ir/print.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

namespace ingot::codegen {
namespace {

using Out = fmt::memory_buffer;

template <class... T>
void put(Out& out, fmt::format_string<T...> format, T&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<T>(args)...);
}

void put_quoted(Out& out, std::string_view text) {
  out.push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\')
      put(out, "\\{}", c);
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      put(out, "\\x{:02x}", static_cast<unsigned char>(c));
    else
      out.push_back(c);
  }
  out.push_back('"');
}

void put_dims(Out& out, const std::vector<std::int64_t>& dims) { put(out, "[{}]", fmt::join(dims, ",")); }

void put_type(Out& out, const Type& t) {
  put(out, "{}[", dtype_name(t.dtype));
  if (!t.batched)
    put(out, "{}", t.rows);
  else if (t.rows == 1)
    put(out, "B");
  else
    put(out, "B*{}", t.rows);
  put(out, ",{}]", t.cols);
}

void put_ports(Out& out, std::string_view keyword, const std::vector<PortInfo>& ports) {
  for (const PortInfo& p : ports) {
    put(out, "{} ", keyword);
    put_quoted(out, p.name);
    put(out, " {} ", dtype_name(p.dtype));
    put_dims(out, p.dims);
    out.push_back('\n');
  }
}

void put_states(Out& out, const Graph& g) {
  constexpr std::string_view roles[] = {"parameter", "slot", "statistic", "frozen", "mirror"};
  constexpr std::string_view inits[] = {"constant", "uniform", "truncated_normal", "normal", "orthogonal"};
  for (std::size_t i = 0; i < g.states.size(); ++i) {
    const StateInfo& s = g.states[i];
    put(out, "state {} ", i);
    put_quoted(out, s.name);
    put(out, " {} ", dtype_name(s.dtype));
    put_dims(out, s.dims);
    put(out, " {} {} {}", roles[static_cast<std::size_t>(s.role)], inits[static_cast<std::size_t>(s.init)], s.init_value);
    if (s.parameter >= 0) put(out, " of {}", s.parameter);
    out.push_back('\n');
  }
}

void put_scalars(Out& out, const Graph& g) {
  constexpr std::string_view kinds[] = {"hp",     "rate",  "step",          "seed_low", "seed_high",     "power",
                                        "update", "apply", "nadam_product", "momentum", "momentum_power"};
  for (std::size_t i = 0; i < g.scalars.size(); ++i) {
    const ScalarInfo& s = g.scalars[i];
    put(out, "scalar {} ", i);
    put_quoted(out, s.name);
    put(out, " {} {} {}\n", kinds[static_cast<std::size_t>(s.kind)], s.index, s.constant);
  }
}

void put_window(Out& out, const Window& w) {
  put(out, " window={},{}->{},{}", w.in_h, w.in_w, w.out_h, w.out_w);
  put(out, " kernel={},{} stride={},{} dilation={},{} spread={},{} pad={},{}", w.kernel_h, w.kernel_w, w.stride_h, w.stride_w, w.dilation_h,
      w.dilation_w, w.spread_h, w.spread_w, w.pad_top, w.pad_left);
}

void put_attr(Out& out, const Attr& a) {
  const Attr none;
  // the sign of a zero counts: compare bits, not values
  if (a.value != 0 || std::signbit(a.value)) put(out, " value={}", a.value);
  if (a.index != none.index) put(out, " index={}", a.index);
  if (a.layer != none.layer) put(out, " layer={}", a.layer);
  if (a.begin != none.begin) put(out, " begin={}", a.begin);
  if (a.block != none.block) put(out, " block={}", a.block);
  if (!(a.window == none.window)) put_window(out, a.window);
  if (a.transpose_a) put(out, " transpose_a");
  if (a.transpose_b) put(out, " transpose_b");
  if (a.training) put(out, " training");
}

void put_node(Out& out, const Graph& g, ValueId v) {
  const Node& n = g.node(v);
  put(out, "%{} = {}", v, op_name(n.op));
  for (const ValueId operand : n.in) put(out, " %{}", operand);
  put_attr(out, n.attr);
  put(out, " : ");
  put_type(out, n.type);
  if (!n.name.empty()) {
    out.push_back(' ');
    put_quoted(out, n.name);
  }
}

}  // namespace

std::string print(const Graph& g) {
  constexpr std::string_view kinds[] = {"assign", "metric", "result"};
  Out out;
  put(out, "graph ");
  put_quoted(out, g.name);
  put(out, " {}", dtype_name(g.dtype));
  if (g.low != DType::f32) put(out, " low={}", dtype_name(g.low));
  out.push_back('\n');
  put_ports(out, "input", g.inputs);
  put_ports(out, "target", g.targets);
  put_ports(out, "output", g.outputs);
  put_states(out, g);
  put_scalars(out, g);
  for (ValueId v = 0; v < g.size(); ++v) {
    put_node(out, g, v);
    out.push_back('\n');
  }
  for (const Result& r : g.results) {
    put(out, "{} {} %{} ", kinds[static_cast<std::size_t>(r.kind)], r.index, r.value);
    put_quoted(out, r.name);
    out.push_back('\n');
  }
  put(out, "end\n");
  return fmt::to_string(out);
}

std::string print_node(const Graph& g, ValueId v) {
  Out out;
  put_node(out, g, v);
  return fmt::to_string(out);
}

std::string print_type(const Type& t) {
  Out out;
  put_type(out, t);
  return fmt::to_string(out);
}

}  // namespace ingot::codegen
