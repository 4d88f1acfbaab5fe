#include "cli/peak.hpp"

#include "cli/allocations.hpp"

#include <catch2/catch.hpp>

using namespace ingot::runtime::cli;

TEST_CASE("the peak of one thread lies between what one and two units can do") {
  Peak peak;
  for (int attempt = 0; attempt < 5 && !peak.valid; ++attempt) peak = better(peak, measure_peak(1));
  if (peak.lanes == 0) return;
  // Bounds that also hold on a busy machine; whether the figure is valid is a matter of quiet.
  CHECK(peak.gflops > 0);
  CHECK(peak.fmas_per_cycle < 2.2);
  CHECK(peak.gflops == Approx(2.0 * peak.lanes * peak.fmas_per_cycle * peak.clock_ghz).epsilon(0.01));
}

TEST_CASE("a valid measurement is better than a fast one") {
  Peak fast, valid;
  fast.gflops = 200;
  valid.gflops = 100;
  valid.valid = true;
  CHECK(better(fast, valid).valid);
  CHECK(better(valid, fast).valid);
}

TEST_CASE("allocations are counted") {
  const auto before = allocations();
  if (!before) return;
  const auto again = allocations();
  CHECK(*again == *before);
  void* volatile memory = operator new(100);
  operator delete(memory);
  CHECK(*allocations() == *before + 1);
}
