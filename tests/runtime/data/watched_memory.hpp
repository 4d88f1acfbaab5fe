// Counts what passes through operator new in the programs that link watched_memory.cpp.
#pragma once
#include <cstddef>

namespace ingot::runtime::testing {

void forget_allocations();
/// Since the last forget_allocations.
std::size_t largest_allocation();
std::size_t number_of_allocations();

}  // namespace ingot::runtime::testing
