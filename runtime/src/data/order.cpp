#include <ingot/runtime/data/order.hpp>

#include <ingot/runtime/data/random.hpp>

#include <numeric>
#include <utility>

namespace ingot::runtime {
namespace {

// floor(draw * bound / 2^64): the bias is below bound / 2^64.
std::uint64_t below(std::uint32_t high, std::uint32_t low, std::uint64_t bound) {
  const std::uint64_t carry = low * bound >> 32;  // bound < 2^32
  return (high * bound + carry) >> 32;
}

}  // namespace

void shuffled_order(std::span<std::uint32_t> order, std::uint64_t seed, std::uint64_t epoch) {
  file_order(order);
  PhiloxWords words{};
  std::uint32_t draws = 0;
  for (std::size_t left = order.size(); left > 1; --left, ++draws) {
    if (draws % 2 == 0)
      words = philox({draws / 2, static_cast<std::uint32_t>(epoch), static_cast<std::uint32_t>(epoch >> 32),
                      static_cast<std::uint32_t>(RandomPurpose::order)},
                     seed);
    const std::size_t at = std::size_t{draws % 2} * 2;
    std::swap(order[left - 1], order[below(words[at], words[at + 1], left)]);
  }
}

void file_order(std::span<std::uint32_t> order) { std::iota(order.begin(), order.end(), 0u); }

}  // namespace ingot::runtime
