// The fused multiply-add peak of this machine: what a contraction cannot exceed.
//
// Every thread runs independent chains of vector FMAs, each burst followed by a chain of dependent integer additions, one per cycle,
// which measures the clock. A vector unit starts a whole number of FMAs per cycle: when the loop is not within 5 % of 1 or 2, it
// was disturbed, and the figure is void.
#pragma once
#include <cstdint>

namespace ingot::runtime::cli {

struct Peak {
  double gflops = 0;          ///< of all threads together
  double clock_ghz = 0;       ///< of the slowest thread
  double fmas_per_cycle = 0;  ///< of the thread furthest from a whole number
  std::uint32_t lanes = 0;    ///< floats per vector; 0: no FMA on this machine
  bool valid = false;
};

/// Takes about a tenth of a second. `threads` >= 1 run at once.
Peak measure_peak(std::uint32_t threads);
/// The faster of two measurements, a valid one before a void one.
Peak better(const Peak& a, const Peak& b);

}  // namespace ingot::runtime::cli
