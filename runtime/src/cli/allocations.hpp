// How often this process asked for heap memory. Linking this counts every malloc of the executable and of its shared libraries.
#pragma once
#include <cstdint>
#include <optional>

namespace ingot::runtime::cli {

/// Calls of malloc and its relatives since the start, on all threads (operator new comes down to malloc). Nothing: not counted in
/// this build (a sanitizer brings its own allocator, or the C library is not glibc).
std::optional<std::uint64_t> allocations();

}  // namespace ingot::runtime::cli
