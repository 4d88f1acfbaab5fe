#include "pass/fold_constants.hpp"

#include "ir/interpret_kernels.hpp"
#include "ir/op_info.hpp"

#include <algorithm>

namespace ingot::codegen {
namespace {

bool foldable(const Graph& g, const Node& n) {
  if (op_family(n.op) != Family::map || n.op == Op::keep_mask || n.op == Op::normal || n.op == Op::dropout) return false;
  // booleans have no constants
  if (!is_float(n.type.dtype)) return false;
  return std::all_of(n.in.begin(), n.in.end(), [&](ValueId o) { return g.node(o).op == Op::constant; });
}

double evaluate(const Graph& g, const Node& n) {
  std::vector<Matrix> in;
  for (const ValueId o : n.in) in.push_back({1, 1, &g.node(o).attr.value});
  double out = 0;
  interpret_map({n, in, {}, 1, 1, &out});
  return out;
}

}  // namespace

bool fold_constants(Graph& g) {
  bool changed = false;
  for (Node& n : g.nodes) {
    if (!foldable(g, n)) continue;
    const double value = evaluate(g, n);
    n.op = Op::constant;
    n.in.clear();
    n.attr = {};
    n.attr.value = value;
    changed = true;
  }
  return changed;
}

}  // namespace ingot::codegen
