// A team of persistent threads that run the entries of generated programs together.
//
// The caller is thread 0; threads 1 .. n-1 wait between runs: first spinning for some microseconds, then asleep in the kernel.
// Results of an entry do not depend on the size of the team. A team of one takes no lock and starts no thread.
// Denormals are flushed to zero on all threads while an entry runs; the caller's floating-point state is restored after.
// One team serves one caller at a time.
#pragma once
#include <ingot_abi.h>

#include <cstdint>
#include <memory>

namespace ingot::runtime {

class Team {
 public:
  /// `threads` >= 1, the caller included. More threads than cores are allowed: they then sleep instead of spinning.
  explicit Team(std::uint32_t threads);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  [[nodiscard]] std::uint32_t size() const noexcept;

  using EntryFunction = void (*)(const ingot_call* call, std::uint32_t thread, std::uint32_t threads);
  /// Runs `entry(&call, t, size())` on every thread t and returns when all are done. Fills call.barrier and call.team.
  void run(EntryFunction entry, ingot_call& call);

 private:
  struct Shared;
  std::unique_ptr<Shared> shared_;
};

/// Threads this process may use at once: the size of its CPU set, at least 1.
[[nodiscard]] std::uint32_t available_threads();

}  // namespace ingot::runtime
