// What is timed in alternation with others: the fastest run counts.
#pragma once
#include "bench/convolution_work.hpp"

#include <algorithm>
#include <chrono>
#include <limits>

namespace ingot::bench {

/// Some work, or none, and its fastest run so far.
struct Contender {
  const char* name;
  std::optional<Work> work;
  double seconds = std::numeric_limits<double>::infinity();

  /// Runs for 50 ms, once at least.
  void race() {
    constexpr std::chrono::duration<double> round(0.05);
    if (!work) return;
    const auto start = std::chrono::steady_clock::now();
    do {
      const auto begin = std::chrono::steady_clock::now();
      (*work)();
      seconds = std::min(seconds, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    } while (std::chrono::steady_clock::now() - start < round);
  }
};

}  // namespace ingot::bench
