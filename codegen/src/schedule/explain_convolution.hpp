// What reports say about the algorithm and the register tile of a convolution.
#pragma once
#include "schedule/kernel.hpp"

#include <string>

namespace ingot::codegen {

/// One line: algorithm, tile, and the numbers or the reason behind the choice. Empty for kernels that are no convolution or kernel
/// gradient.
[[nodiscard]] std::string explain_convolution(const Kernel& k, std::int64_t batch);

}  // namespace ingot::codegen
