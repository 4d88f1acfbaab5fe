// The window of a layer at one point of the space: extents, strides and Keras's padding, with the odd cell at the bottom and right.
#pragma once
#include "ir/graph.hpp"

#include <ingot/dsl/infer.hpp>

namespace ingot::codegen {

/// Of a convolution or pool from an image of extents `in` (height, width, channels) to one of extents `out`. conv1d: steps and
/// channels; the image has one line.
[[nodiscard]] Window layer_window(const op& o, const double* values, const shape& in, const shape& out);
/// Of conv2d_transpose, for a flipped kernel: the adjoint of the convolution from `out` to `in`.
[[nodiscard]] Window transposed_window(const op& o, const double* values, const shape& in, const shape& out);
/// Of zero_pad: single cells, of which those outside are padding.
[[nodiscard]] Window padding_window(const op& o, const double* values, const shape& in, const shape& out);
/// The window of the average pool that upsampling by whole factors is the gradient of, up to the number of cells.
[[nodiscard]] Window upsampling_window(const shape& in, const shape& out);
/// One window over the whole image: global pools.
[[nodiscard]] Window global_window(const shape& in);

}  // namespace ingot::codegen
