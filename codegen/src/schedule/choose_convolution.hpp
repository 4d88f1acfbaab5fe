// Which convolutions go through Winograd's F(4x4, 3x3).
#pragma once
#include "ir/graph.hpp"

namespace ingot::codegen {

/// Replaces conv by winograd_conv, and conv_kernel_gradient by winograd_kernel_gradient, where the window is 3 x 3 in steps of 1, channels
/// and filters fill vectors, and the image is large enough to fill its 4 x 4 pieces: a quarter of the products, for a relative error of
/// about 2e-6 instead of 4e-7 in float32. Gradients of kernels with more than about 20,000 channels x filters stay direct: their sums do
/// not fit a thread's memory. float64 graphs, which gradients are checked with, stay direct. True when something changed.
bool choose_convolutions(Graph& g);

}  // namespace ingot::codegen
