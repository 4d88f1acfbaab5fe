#include "cli/bandwidth.hpp"

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

namespace ingot::runtime::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t elements = std::size_t{8} << 20;  // of each of three arrays of floats, for each thread
constexpr int passes = 6;

void triad(float* a, const float* b, const float* c, float s) {
  for (std::size_t i = 0; i < elements; ++i) a[i] = b[i] + s * c[i];
  asm volatile("" : : "r"(a) : "memory");  // the stores are wanted
}

}  // namespace

double measure_bandwidth(std::uint32_t threads) {
  const std::uint32_t n = std::max(threads, 1u);
  double best = 0;
  Clock::time_point begin{};
  std::barrier meet(static_cast<std::ptrdiff_t>(n));
  const auto work = [&](std::uint32_t thread) {
    std::vector<float> a(elements, 0), b(elements, 1), c(elements, 2);  // on the pages of the thread that uses them
    for (int pass = 0; pass < passes; ++pass) {
      meet.arrive_and_wait();
      if (thread == 0) begin = Clock::now();
      triad(a.data(), b.data(), c.data(), 0.5f);
      meet.arrive_and_wait();
      if (thread != 0) continue;
      const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
      best = std::max(best, 3.0 * sizeof(float) * static_cast<double>(elements) * n / seconds * 1e-9);
    }
  };
  std::vector<std::jthread> others;
  for (std::uint32_t t = 1; t < n; ++t) others.emplace_back(work, t);
  work(0);
  return best;
}

}  // namespace ingot::runtime::cli
