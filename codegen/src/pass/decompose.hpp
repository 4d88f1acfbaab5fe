// Replaces composites (activations, dropout, softmax), losses and accuracies by primitive ops in numerically stable forms.
// Softmax and cross-entropies subtract the row's maximum; they share it, the exponentials and their sum once cse has run.
#pragma once
#include "ir/graph.hpp"

namespace ingot::codegen {

/// Returns whether the graph changed.
bool decompose(Graph& g);

}  // namespace ingot::codegen
