#include "pass/fuse_softmax_loss.hpp"

namespace ingot::codegen {
namespace {

struct Fusion {
  Op loss, activation, fused;
};
constexpr Fusion fusions[] = {
    {Op::sparse_ce_probs, Op::softmax, Op::sparse_ce_logits},
    {Op::ce_probs, Op::softmax, Op::ce_logits},
    {Op::bce_probs, Op::sigmoid, Op::bce_logits},
    {Op::binary_focal_probs, Op::sigmoid, Op::binary_focal_logits},
    {Op::categorical_focal_probs, Op::softmax, Op::categorical_focal_logits},
    {Op::sparse_top_k_accuracy, Op::softmax, Op::sparse_top_k_accuracy},
    {Op::sparse_accuracy, Op::softmax, Op::sparse_accuracy},
    {Op::categorical_accuracy, Op::softmax, Op::categorical_accuracy},
};

}  // namespace

bool fuse_softmax_loss(Graph& g) {
  bool changed = false;
  for (Node& n : g.nodes)
    for (const Fusion& f : fusions) {
      if (n.op != f.loss || g.node(n.in[0]).op != f.activation) continue;
      n.op = f.fused;
      n.in[0] = g.node(n.in[0]).in[0];
      changed = true;
      break;
    }
  return changed;
}

}  // namespace ingot::codegen
