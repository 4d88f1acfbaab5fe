#include "ir/op_info.hpp"
#include "schedule/device/chain.hpp"
#include "schedule/device/library_form.hpp"

#include <set>

namespace ingot::codegen {

namespace {

/// The state that is added as a bias to a wide product of 16 bits on the way to `v`, which is rounded to 16 bits; -1: none.
std::int32_t bias_below(const Graph& g, ValueId v) {
  const auto is = [&](ValueId x, Op op) { return g.node(x).op == op; };
  if (!is(v, Op::cast) || !is_low(g.type(v).dtype)) return -1;
  ValueId x = g.node(v).in[0];
  if (is(x, Op::maximum)) x = g.node(x).in[is(g.node(x).in[0], Op::constant) ? 1 : 0];
  if (!is(x, Op::add)) return -1;
  for (const int side : {0, 1}) {
    const ValueId product = g.node(x).in[static_cast<std::size_t>(side)], bias = g.node(x).in[static_cast<std::size_t>(1 - side)];
    const bool wide = g.type(product).cols > most_chain_cols;
    if (is(product, Op::matmul) && is_low(g.type(g.node(product).in[0]).dtype) && wide && is(bias, Op::state) && g.type(bias).rows == 1)
      return g.node(bias).attr.index;
  }
  return -1;
}

}  // namespace

std::vector<std::int32_t> library_biases(std::span<const Graph* const> graphs) {
  std::set<std::int32_t> biases;
  for (const Graph* g : graphs)
    for (ValueId v = 0; v < g->size(); ++v)
      if (const std::int32_t bias = bias_below(*g, v); bias >= 0) biases.insert(bias);
  return {biases.begin(), biases.end()};
}

}  // namespace ingot::codegen
