#include "schedule/band.hpp"

#include "ir/winograd.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace ingot::codegen;

TEST_CASE("the matrices of Winograd's products do not compete for the sets of a first-level cache", "[schedule][winograd]") {
  constexpr std::int64_t line = 16, sets = 64;  // floats; 64 sets on all processors with AVX2 so far
  for (const std::int64_t floats : {1L, 16L, 40L * 64, 24L * 128, 256L * 16, 1000L}) {
    const std::int64_t step = winograd_step(floats);
    CHECK(step >= floats);
    CHECK(step < floats + 2 * line);
    std::set<std::int64_t> used;
    for (std::int64_t product = 0; product < winograd_products; ++product) used.insert(product * step / line % sets);
    CHECK(used.size() == static_cast<std::size_t>(winograd_products));
  }
}
