#include "pass/cse.hpp"

#include "ir/op_info.hpp"

#include <bit>
#include <unordered_map>
#include <utility>

namespace ingot::codegen {
namespace {

std::uint64_t mix(std::uint64_t h, std::uint64_t x) {
  h = (h ^ x) * 0x9E3779B97F4A7C15u;
  return h ^ (h >> 29);
}

std::uint64_t hash(const Node& n) {
  std::uint64_t h = mix(static_cast<std::uint64_t>(n.op), static_cast<std::uint64_t>(n.type.dtype) * 2 + (n.type.batched ? 1 : 0));
  h = mix(h, static_cast<std::uint64_t>(n.type.rows));
  h = mix(h, static_cast<std::uint64_t>(n.type.cols));
  h = mix(h, std::bit_cast<std::uint64_t>(n.attr.value));
  h = mix(h, static_cast<std::uint64_t>(n.attr.index) << 32 ^ static_cast<std::uint64_t>(n.attr.layer));
  h = mix(h, static_cast<std::uint64_t>(n.attr.begin) * 8 + (n.attr.transpose_a ? 4 : 0) + (n.attr.transpose_b ? 2 : 0) +
                 (n.attr.training ? 1 : 0));
  h = mix(h, static_cast<std::uint64_t>(n.attr.block) << 32 ^ static_cast<std::uint64_t>(n.attr.window.in_pixels()));
  for (const ValueId o : n.in) h = mix(h, static_cast<std::uint64_t>(o));
  return h;
}

/// Bits of the value: 0 and -0 differ, a NaN equals itself.
bool same_attr(Attr a, Attr b) {
  if (std::bit_cast<std::uint64_t>(a.value) != std::bit_cast<std::uint64_t>(b.value)) return false;
  a.value = b.value = 0;
  return a == b;
}
bool same(const Node& a, const Node& b) { return a.op == b.op && a.type == b.type && a.in == b.in && same_attr(a.attr, b.attr); }

}  // namespace

bool cse(Graph& g) {
  const std::size_t n = g.nodes.size();
  std::unordered_multimap<std::uint64_t, ValueId> seen;
  seen.reserve(n);
  std::vector<ValueId> now(n);
  std::size_t kept = 0;
  for (std::size_t v = 0; v < n; ++v) {
    Node& node = g.nodes[v];
    for (ValueId& o : node.in) o = now[static_cast<std::size_t>(o)];
    if (is_commutative(node.op) && node.in[0] > node.in[1]) std::swap(node.in[0], node.in[1]);
    const std::uint64_t h = hash(node);
    ValueId twin = no_value;
    for (auto [it, end] = seen.equal_range(h); it != end && twin == no_value; ++it)
      if (same(g.node(it->second), node)) twin = it->second;
    if (twin == no_value) {
      twin = static_cast<ValueId>(kept);
      if (kept != v) g.nodes[kept] = std::move(node);
      ++kept;
      seen.emplace(h, twin);
    }
    now[v] = twin;
  }
  g.nodes.resize(kept);
  for (Result& r : g.results) r.value = now[static_cast<std::size_t>(r.value)];
  return kept != n;
}

}  // namespace ingot::codegen
