// The order in which an epoch visits the rows: a pure function of (seed, epoch, rows), so that a resumed run goes on bit for bit.
#pragma once
#include <cstdint>
#include <span>

namespace ingot::runtime {

/// A uniform permutation of 0 .. order.size() - 1: Fisher and Yates's shuffle drawn from Philox (random.hpp).
void shuffled_order(std::span<std::uint32_t> order, std::uint64_t seed, std::uint64_t epoch);
/// 0, 1, 2, ...: `--no-shuffle`.
void file_order(std::span<std::uint32_t> order);

}  // namespace ingot::runtime
