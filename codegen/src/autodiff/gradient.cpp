#include "autodiff/gradient.hpp"

#include "autodiff/rules.hpp"
#include "ir/error.hpp"
#include "ir/op_info.hpp"

#include <algorithm>
#include <array>

namespace ingot::codegen {
namespace {

bool same_extents(const Type& a, const Type& b) { return a.batched == b.batched && a.rows == b.rows && a.cols == b.cols; }
std::size_t at(ValueId v) { return static_cast<std::size_t>(v); }

/// Values between the leaves `wrt` and whatever depends on them through differentiable ops.
std::vector<bool> active_values(const Graph& g, std::span<const ValueId> wrt) {
  std::vector<bool> active(g.nodes.size(), false);
  for (const ValueId v : wrt) active[at(v)] = true;
  for (std::size_t v = 0; v < g.nodes.size(); ++v) {
    const Node& n = g.nodes[v];
    if (n.in.empty() || not_differentiable(n.op)) continue;
    active[v] = std::any_of(n.in.begin(), n.in.end(), [&](ValueId o) { return active[at(o)]; });
  }
  return active;
}

std::string gradient_name(const Graph& g, ValueId v) {
  const Node& n = g.node(v);
  return n.name + "/grad";
}

}  // namespace

bool Sweep::wants(ValueId v, std::size_t operand) const { return active[at(b.graph().node(v).in[operand])]; }

ValueId Sweep::full(ValueId a, ValueId like) {
  if (same_extents(b.type(a), b.type(like))) return a;
  // both branches are the same; the condition only brings the extents
  return b.select(b.binary(Op::greater_equal, like, like), a, a);
}

void Sweep::accumulate_exact(ValueId operand, ValueId part) {
  if (!active[at(operand)]) return;
  ValueId& sum = adjoint[at(operand)];
  sum = sum == no_value ? part : b.add(sum, part);
}

void Sweep::accumulate(ValueId v, std::size_t operand, ValueId part) {
  const ValueId o = b.graph().node(v).in[operand];
  if (!active[at(o)]) return;
  const Type result = b.type(v), own = b.type(o);
  if (!same_extents(result, own)) {
    part = full(part, v);
    if (own.cols != result.cols) part = b.unary(Op::row_sum, part);
    if (own.batched != result.batched || own.rows != result.rows) part = b.unary(Op::column_sum, part);
  }
  accumulate_exact(o, part);
}

bool has_gradient_rule(Op op) { return gradient_rule(op) != nullptr; }

GradientRule gradient_rule(Op op) {
  constexpr std::array families = {map_rule,  activation_rule, rows_rule, matmul_rule, window_rule,
                                   move_rule, table_rule,      norm_rule, loss_rule};
  for (const auto family : families)
    if (const GradientRule rule = family(op)) return rule;
  return nullptr;
}

std::vector<ValueId> gradient(Graph& g, ValueId loss, std::span<const ValueId> wrt, ValueId scale) {
  Sweep s{Builder(g), std::vector<ValueId>(g.nodes.size(), no_value), active_values(g, wrt)};
  s.b.set_name(gradient_name(g, loss));
  s.adjoint[at(loss)] = scale == no_value ? s.b.constant(1, g.type(loss).dtype) : scale;
  for (ValueId v = loss; v >= 0; --v) {
    const ValueId dy = s.adjoint[at(v)];
    const Op op = g.node(v).op;
    if (dy == no_value || !s.active[at(v)] || op_family(op) == Family::leaf) continue;
    const GradientRule rule = gradient_rule(op);
    if (rule == nullptr) throw InternalError("gradient: no rule for " + std::string(op_name(op)));
    s.b.set_name(gradient_name(g, v));
    rule(s, v, dy);
  }
  std::vector<ValueId> result;
  for (const ValueId v : wrt) {
    s.b.set_name(gradient_name(g, v));
    const ValueId dy = s.adjoint[at(v)];
    result.push_back(s.full(dy == no_value ? s.b.constant(0, g.type(v).dtype) : dy, v));
    g.nodes[at(result.back())].name = s.b.name();  // the node that makes the whole gradient
  }
  return result;
}

}  // namespace ingot::codegen
