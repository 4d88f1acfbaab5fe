// The memory bandwidth of this machine, as STREAM's triad measures it: a = b + s * c over arrays that no cache holds.
#pragma once
#include <cstdint>

namespace ingot::runtime::cli {

/// GB/s of `threads` >= 1 threads together, three arrays counted (the line that a store first reads is not): the best of several
/// passes over 96 MB for each thread. Takes about a fifth of a second.
double measure_bandwidth(std::uint32_t threads);

}  // namespace ingot::runtime::cli
