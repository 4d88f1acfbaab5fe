// Every operator new of the program that this is linked with is counted, on all threads.
#pragma once
#include <cstdint>

namespace ingot::test {

/// So far.
std::uint64_t allocations();

}  // namespace ingot::test
