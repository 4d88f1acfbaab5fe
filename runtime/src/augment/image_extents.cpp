#include "augment/image_extents.hpp"

namespace ingot::runtime {

ImageExtents image_extents(const Table& table) {
  const std::vector<std::uint32_t>& dims = table.dims;
  if (dims.size() < 2) return {1, static_cast<std::uint32_t>(table.row_elements()), 1};
  return {dims[0], dims[1], dims.size() > 2 ? dims[2] : 1};
}

}  // namespace ingot::runtime
