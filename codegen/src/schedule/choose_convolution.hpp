// Which convolutions go through Winograd's F(4x4, 3x3).
#pragma once
#include "ir/graph.hpp"

#include <string>

namespace ingot::codegen {

/// Why a conv or conv_kernel_gradient of this many channels and filters stays direct; empty: Winograd pays.
[[nodiscard]] std::string why_direct(Op op, DType dtype, const Window& w, std::int64_t channels, std::int64_t filters);
/// Of the pixels that Winograd's 4 x 4 pieces cover, the part that is the result's.
[[nodiscard]] double winograd_use(const Window& w);

/// Replaces conv by winograd_conv, and conv_kernel_gradient by winograd_kernel_gradient, where the window is 3 x 3 in steps of 1, channels
/// and filters fill vectors, and the image is large enough to fill its 4 x 4 pieces: a quarter of the products, for a relative error of
/// about 2e-6 instead of 4e-7 in float32. Gradients of kernels with more than about 20,000 channels x filters stay direct: their sums do
/// not fit a thread's memory. float64 graphs, which gradients are checked with, and operands of 16 bits stay direct. True when something
/// changed.
bool choose_convolutions(Graph& g);

}  // namespace ingot::codegen
