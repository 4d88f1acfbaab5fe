#include "fuse/update_fusion.hpp"

namespace ingot::codegen {

namespace {

bool same_extents(const Type& a, const Type& b) { return a.batched == b.batched && a.rows == b.rows && a.cols == b.cols; }

/// What one more use does to the verdict on a value.
UpdateFusion combine(UpdateFusion so_far, UpdateFusion use) {
  if (so_far == UpdateFusion::not_an_update) return use;
  return so_far == UpdateFusion::fused ? use : so_far;
}

}  // namespace

std::vector<UpdateFusion> update_fusion(const Graph& g) {
  std::vector<UpdateFusion> verdict(g.nodes.size(), UpdateFusion::not_an_update);
  for (const Result& r : g.results) {
    auto& v = verdict[static_cast<std::size_t>(r.value)];
    v = combine(v, r.kind == ResultKind::assign ? UpdateFusion::fused : UpdateFusion::gradient_is_result);
  }
  for (ValueId v = g.size() - 1; v >= 0; --v) {
    const Node& user = g.node(v);
    const UpdateFusion own = verdict[static_cast<std::size_t>(v)];
    for (ValueId in : user.in) {
      UpdateFusion use = own;
      if (op_family(user.op) != Family::map || !same_extents(user.type, g.type(in)))
        use = UpdateFusion::other_consumer;
      else if (own == UpdateFusion::not_an_update)
        continue;  // dead
      auto& operand = verdict[static_cast<std::size_t>(in)];
      operand = combine(operand, use);
    }
  }
  return verdict;
}

}  // namespace ingot::codegen
