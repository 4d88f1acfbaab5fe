// Losses of probabilities that come out of a softmax or a sigmoid are taken from its operand, as Keras does on TensorFlow: the
// probabilities would have lost the small differences already. Accuracies read the softmax's operand: the same order.
#pragma once
#include "ir/graph.hpp"

namespace ingot::codegen {

/// Returns whether the graph changed.
bool fuse_softmax_loss(Graph& g);

}  // namespace ingot::codegen
