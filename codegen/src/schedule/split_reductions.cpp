#include "schedule/split_reductions.hpp"

#include "pass/rewrite.hpp"
#include "schedule/layout.hpp"
#include "schedule/partition.hpp"

#include <algorithm>
#include <array>

namespace ingot::codegen {
namespace {

constexpr std::int64_t most_partial_bytes = 8 << 20;  // of all partial sums of one value: they should stay in the last-level cache

bool is_sum_over_images(const Graph& g, const Node& n) {
  switch (n.op) {
    case Op::conv_kernel_gradient:
    case Op::winograd_kernel_gradient:
    case Op::depthwise_kernel_gradient:
      return true;
    case Op::column_sum:
      return g.type(n.in[0]).batched && g.type(n.in[0]).rows > 1;
    default:
      return false;
  }
}

/// Samples of a partial sum; 0: do not split.
std::int64_t choose_block(const Node& n, std::int64_t batch, const Target& target) {
  const Layout l = make_layout(n.type, batch, target);
  if (batch == 1 || l.panels() >= enough_groups) return 0;
  const std::int64_t most_parts = std::max<std::int64_t>(2, most_partial_bytes / std::max<std::int64_t>(l.bytes(), 1));
  const std::int64_t unit = sample_block(batch), units = (batch + unit - 1) / unit;
  const std::int64_t block = unit * ((units + most_parts - 1) / most_parts);
  return block < batch ? block : 0;
}

}  // namespace

bool split_reductions(Graph& g, std::int64_t batch, const Target& target) {
  const auto wanted = [&](const Node& n) { return is_sum_over_images(g, n) && choose_block(n, batch, target) > 0; };
  if (std::none_of(g.nodes.begin(), g.nodes.end(), wanted)) return false;
  std::vector<std::int64_t> block(g.nodes.size(), 0);
  for (std::size_t v = 0; v < g.nodes.size(); ++v)
    if (wanted(g.nodes[v])) block[v] = choose_block(g.nodes[v], batch, target);
  Rewriter rewriter(g);
  for (ValueId v = 0; v < rewriter.old_size(); ++v) {
    const std::int64_t samples = block[static_cast<std::size_t>(v)];
    if (samples == 0) {
      rewriter.keep(v);
      continue;
    }
    const Node& n = rewriter.old(v);
    std::vector<ValueId> in;
    for (const ValueId o : n.in) in.push_back(rewriter.at(o));
    Builder& b = rewriter.builder_for(v);
    Attr attr = n.attr;
    attr.block = samples;
    Type parts = n.type;
    parts.rows *= (batch + samples - 1) / samples;
    const ValueId partial = b.node(n.op, in, attr, parts);
    rewriter.replace(v, b.node(Op::fold_rows, std::array{partial}, {}, n.type));
  }
  rewriter.finish();
  return true;
}

}  // namespace ingot::codegen
