#include "cli/peak.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <immintrin.h>
#include <thread>
#include <utility>
#include <vector>

namespace ingot::runtime::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int burst_rounds = 12000;
constexpr int chain_rounds = 4000;
constexpr int adds_per_round = 64;
constexpr double measure_seconds = 0.1;
constexpr double tolerance = 0.05;

// More chains than latency times units: 4 cycles, 2 units.
constexpr std::size_t chains_512 = 16;
constexpr std::size_t chains_256 = 12;

// The optimizer must take the value for read and changed, so no round is dropped or moved.
__attribute__((target("avx512f"), always_inline)) inline void keep_512(__m512& x) { asm volatile("" : "+v"(x)); }
__attribute__((target("avx2,fma"), always_inline)) inline void keep_256(__m256& x) { asm volatile("" : "+x"(x)); }

template <std::size_t... I>
__attribute__((target("avx512f"))) void burst_512(int rounds, std::index_sequence<I...>) {
  __m512 a[sizeof...(I)] = {_mm512_set1_ps(static_cast<float>(I))...};
  const __m512 b = _mm512_set1_ps(0.999999f), c = _mm512_set1_ps(1e-6f);
  for (int r = 0; r < rounds; ++r) {
    ((a[I] = _mm512_fmadd_ps(a[I], b, c)), ...);
    (keep_512(a[I]), ...);
  }
}

template <std::size_t... I>
__attribute__((target("avx2,fma"))) void burst_256(int rounds, std::index_sequence<I...>) {
  __m256 a[sizeof...(I)] = {_mm256_set1_ps(static_cast<float>(I))...};
  const __m256 b = _mm256_set1_ps(0.999999f), c = _mm256_set1_ps(1e-6f);
  for (int r = 0; r < rounds; ++r) {
    ((a[I] = _mm256_fmadd_ps(a[I], b, c)), ...);
    (keep_256(a[I]), ...);
  }
}

/// Dependent additions of registers: one per cycle on every x86-64 (additions of constants may be folded away by newer ones).
void add_chain(int rounds) {
  std::uint64_t x = 1, y = 3;
  for (int r = 0; r < rounds; ++r) asm volatile(".rept 64\n\tadd %1, %0\n\t.endr" : "+r"(x) : "r"(y));
}

double seconds(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

struct Unit {
  std::uint32_t lanes = 0;
  std::size_t chains = 0;
  void (*burst)(int rounds) = nullptr;
};

Unit widest_unit() {
  if (__builtin_cpu_supports("avx512f"))
    return {16, chains_512, [](int rounds) { burst_512(rounds, std::make_index_sequence<chains_512>()); }};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return {8, chains_256, [](int rounds) { burst_256(rounds, std::make_index_sequence<chains_256>()); }};
  return {};
}

struct Rates {
  double fmas = 0, cycles = 0;  // per second, the best of many short bursts
};

// Bursts are shorter than a scheduler's slice, so the best one was not interrupted.
Rates measure_thread(const Unit& unit) {
  Rates best;
  const auto start = Clock::now();
  while (seconds(start) < measure_seconds) {
    auto begin = Clock::now();
    unit.burst(burst_rounds);
    best.fmas = std::max(best.fmas, static_cast<double>(unit.chains) * burst_rounds / seconds(begin));
    begin = Clock::now();
    add_chain(chain_rounds);
    best.cycles = std::max(best.cycles, static_cast<double>(adds_per_round) * chain_rounds / seconds(begin));
  }
  return best;
}

double distance_to_whole(double fmas_per_cycle) { return std::min(std::abs(fmas_per_cycle - 1), std::abs(fmas_per_cycle / 2 - 1)); }

}  // namespace

Peak measure_peak(std::uint32_t threads) {
  const Unit unit = widest_unit();
  Peak peak;
  peak.lanes = unit.lanes;
  if (unit.lanes == 0) return peak;
  std::vector<Rates> rates(std::max(threads, 1u));
  std::vector<std::thread> others;
  for (std::size_t t = 1; t < rates.size(); ++t) others.emplace_back([&, t] { rates[t] = measure_thread(unit); });
  rates[0] = measure_thread(unit);
  for (std::thread& other : others) other.join();
  peak.clock_ghz = rates[0].cycles * 1e-9;
  peak.fmas_per_cycle = rates[0].fmas / rates[0].cycles;
  for (const Rates& r : rates) {
    peak.gflops += r.fmas * 2 * unit.lanes * 1e-9;
    peak.clock_ghz = std::min(peak.clock_ghz, r.cycles * 1e-9);
    if (distance_to_whole(r.fmas / r.cycles) > distance_to_whole(peak.fmas_per_cycle)) peak.fmas_per_cycle = r.fmas / r.cycles;
  }
  peak.valid = distance_to_whole(peak.fmas_per_cycle) <= tolerance;
  return peak;
}

Peak better(const Peak& a, const Peak& b) {
  if (a.valid != b.valid) return a.valid ? a : b;
  return a.gflops >= b.gflops ? a : b;
}

}  // namespace ingot::runtime::cli
