// The window of a layer at one point of the space: extents, strides and Keras's padding, with the odd cell at the bottom and right.
#pragma once
#include "ir/graph.hpp"

#include <ingot/dsl/infer.hpp>

namespace ingot::codegen {

/// Of a convolution or pool from an image of extents `in` (height, width, channels) to one of extents `out`.
[[nodiscard]] Window layer_window(const op& o, const double* values, const shape& in, const shape& out);
/// One window over the whole image: global pools.
[[nodiscard]] Window global_window(const shape& in);

}  // namespace ingot::codegen
