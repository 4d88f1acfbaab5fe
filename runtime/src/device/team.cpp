#include <ingot/runtime/device/team.hpp>

#include "futex.hpp"

#include <algorithm>
#include <sched.h>
#include <thread>
#include <vector>

namespace ingot::runtime {
namespace {

constexpr std::uint32_t spins_between_phases = 4000;  // some 100 microseconds: threads end a phase within a few of each other
constexpr std::uint32_t spins_between_runs = 4000;    // the caller prepares the next call in some microseconds

constexpr unsigned flush_denormals = 0x8040;  // MXCSR: FTZ (15) and DAZ (6)

/// Denormals cost a hundred cycles each and carry nothing that training needs.
class FlushDenormals {
 public:
  FlushDenormals() : saved_(_mm_getcsr()) { _mm_setcsr(saved_ | flush_denormals); }
  ~FlushDenormals() { _mm_setcsr(saved_); }
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
  unsigned saved_;
};

void no_barrier(void*, std::uint32_t) {}

}  // namespace

std::uint32_t available_threads() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return std::max(1u, std::thread::hardware_concurrency());
  return static_cast<std::uint32_t>(std::max(1, CPU_COUNT(&set)));
}

struct Team::Shared {
  std::uint32_t size = 1, phase_spins = 0, run_spins = 0;
  WaitWord start;  // advanced by the caller for each run, and once more to end
  WaitWord phase;  // advanced by the last thread at each barrier
  alignas(64) std::atomic<std::uint32_t> arrived{0};
  EntryFunction run = nullptr;  // published by `start`
  const ingot_call* call = nullptr;
  bool ending = false;
  std::vector<std::jthread> workers;

  void barrier() noexcept {
    const std::uint32_t now = phase.load();
    if (arrived.fetch_add(1, std::memory_order_acq_rel) + 1 == size) {
      arrived.store(0, std::memory_order_relaxed);
      phase.advance();
    } else {
      phase.wait(now, phase_spins);
    }
  }

  void work(std::uint32_t thread) noexcept {
    const FlushDenormals flush;
    for (std::uint32_t seen = 0;; ++seen) {
      start.wait(seen, run_spins);
      if (ending) return;
      run(call, thread, size);
      barrier();
    }
  }

  void end() noexcept {
    ending = true;
    start.advance();
    workers.clear();
  }
};

Team::Team(std::uint32_t threads) : shared_(std::make_unique<Shared>()) {
  Shared& s = *shared_;
  s.size = std::max(1u, threads);
  if (s.size <= available_threads()) {  // else a spinning thread keeps the one it waits for from running
    s.phase_spins = spins_between_phases;
    s.run_spins = spins_between_runs;
  }
  s.workers.reserve(s.size - 1);
  try {
    for (std::uint32_t t = 1; t < s.size; ++t) s.workers.emplace_back([&s, t] { s.work(t); });
  } catch (...) {  // the system refuses another thread: end those that started
    s.end();
    throw;
  }
}

Team::~Team() { shared_->end(); }

std::uint32_t Team::size() const noexcept { return shared_->size; }

void Team::run(EntryFunction entry, ingot_call& call) {
  Shared& s = *shared_;
  const FlushDenormals flush;
  call.team = &s;
  if (s.size == 1) {
    call.barrier = no_barrier;
    entry(&call, 0, 1);
    return;
  }
  call.barrier = [](void* team, std::uint32_t) { static_cast<Shared*>(team)->barrier(); };
  s.run = entry;
  s.call = &call;
  s.start.advance();
  entry(&call, 0, s.size);
  s.barrier();
}

}  // namespace ingot::runtime
