// Rows of a table as images.
#pragma once
#include <ingot/runtime/augment/augmentation.hpp>
#include <ingot/runtime/data/dataset.hpp>

namespace ingot::runtime {

/// [height, width] or [height, width, channels]; fewer axes are one line of pixels.
ImageExtents image_extents(const Table& table);

}  // namespace ingot::runtime
