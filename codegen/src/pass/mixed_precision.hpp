// Places the casts of mixed precision in a graph with a low dtype (graph.low: f16, bf16), by category of op:
//
//   products      matmul, convolutions and their gradients: operands in the low dtype, sums and result in f32
//   activations   what products read, and what several ops read of a product and the elementwise work behind it, is rounded to the low
//                 dtype, so that this is what lies in memory; all that read it see the rounded value
//   moves, pools  reshape, flip and the rest, and the maximum of windows: in the dtype of what they move
//   all else      f32: elementwise work between loads and stores, sums, norms, softmax, losses, penalties, optimizers; states stay f32
//
// The last layer is f32 with its gradients: the products that the loss (or outputs) are made of without another product between, and
// products that read what depends on those, without another between. Sources: Micikevicius et al., Mixed Precision Training, 2018; the op
// lists of PyTorch's autocast; Keras 3's dtype policies.
#pragma once
#include "ir/graph.hpp"

namespace ingot::codegen {

/// Returns whether the graph changed: false where graph.low is f32. Primitive form in and out, without dead nodes.
bool mixed_precision(Graph& g);

}  // namespace ingot::codegen
