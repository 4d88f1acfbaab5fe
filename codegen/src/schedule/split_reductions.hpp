// Sums over the batch of images, split: each group of samples makes a partial sum, and a fold adds them in a fixed order. What one
// group would do alone becomes work for all, and results still do not depend on the number of threads.
#pragma once
#include "ir/graph.hpp"
#include "schedule/target.hpp"

namespace ingot::codegen {

/// Splits conv_kernel_gradient, depthwise_kernel_gradient and column_sum of a graph for `batch` samples where samples have many rows
/// and the result has too few column panels to share out. Verified form in and out; true when something changed.
bool split_reductions(Graph& g, std::int64_t batch, const Target& target);

}  // namespace ingot::codegen
