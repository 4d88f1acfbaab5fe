#include "schedule/mirror_states.hpp"

#include "ir/builder.hpp"
#include "ir/op_info.hpp"
#include "pass/dead_code.hpp"
#include "schedule/pairs.hpp"

#include <algorithm>
#include <set>

namespace ingot::codegen {
namespace {

std::size_t at(std::int32_t i) { return static_cast<std::size_t>(i); }

bool casts_state(const Graph& g, const Node& n) {
  return n.op == Op::cast && is_low(g.low) && n.type.dtype == g.low && g.node(n.in[0]).op == Op::state;
}

/// Where rows lie in pairs for a product, nothing else can read them.
bool serves(const Graph& g, const Node& user, ValueId v, const Target& target) {
  const bool may_pair = target.bf16_pairs && g.type(v).dtype == DType::bf16;
  return !may_pair || (multiplies_pairs(g, user, target) && user.in[1] == v && user.in[0] != v);
}

}  // namespace

std::vector<std::int32_t> mirrored_states(std::span<const Graph* const> graphs, const Target& target) {
  std::set<std::int32_t> cast, refused;
  for (const Graph* g : graphs)
    for (const Node& user : g->nodes)
      for (const ValueId v : user.in) {
        const Node& n = g->node(v);
        if (!casts_state(*g, n)) continue;
        const std::int32_t state = g->node(n.in[0]).attr.index;
        (serves(*g, user, v, target) ? cast : refused).insert(state);
      }
  std::vector<std::int32_t> states;
  std::set_difference(cast.begin(), cast.end(), refused.begin(), refused.end(), std::back_inserter(states));
  return states;
}

Graph with_mirrors(Graph g, std::span<const std::int32_t> states) {
  if (states.empty()) return g;
  std::vector<std::int32_t> mirror_of(g.states.size(), -1);
  for (const std::int32_t s : states) {
    StateInfo mirror = g.states[at(s)];
    mirror.name += "/" + std::string(dtype_name(g.low));
    mirror.dtype = g.low;
    mirror.role = Role::mirror;
    mirror.parameter = s;
    mirror_of[at(s)] = static_cast<std::int32_t>(g.states.size());
    g.states.push_back(std::move(mirror));
  }
  for (Node& n : g.nodes) {
    if (!casts_state(g, n)) continue;
    const std::int32_t mirror = mirror_of[at(g.node(n.in[0]).attr.index)];
    if (mirror < 0) continue;
    n.op = Op::state;
    n.in.clear();
    n.attr.index = mirror;
  }
  Builder b(g);
  for (std::size_t r = 0, n = g.results.size(); r < n; ++r) {
    const Result& result = g.results[r];
    if (result.kind != ResultKind::assign || mirror_of[at(result.index)] < 0) continue;
    const std::int32_t mirror = mirror_of[at(result.index)];
    b.set_name(g.node(result.value).name);
    const ValueId value = b.cast(result.value, g.low);
    g.results.push_back({ResultKind::assign, mirror, value, g.states[at(mirror)].name});
  }
  dead_code(g);
  return g;
}

}  // namespace ingot::codegen
