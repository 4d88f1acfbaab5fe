// Stands in for convolution_onednn.cpp where CMake did not find oneDNN.
#include "bench/convolution_work.hpp"

namespace ingot::bench {

std::optional<Work> onednn_work(const Convolution&, Direction, std::uint32_t) { return std::nullopt; }

std::string_view onednn_version() { return {}; }

}  // namespace ingot::bench
