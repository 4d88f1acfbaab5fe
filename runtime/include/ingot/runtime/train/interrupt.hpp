// Ctrl-C as a flag: while a guard lives, the first SIGINT or SIGTERM raises it; the second ends the process as usual.
#pragma once
#include <atomic>

namespace ingot::runtime {

class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  /// For TrainOptions::stop.
  [[nodiscard]] static const std::atomic<bool>* flag() noexcept;
  [[nodiscard]] static bool raised() noexcept { return flag()->load(std::memory_order_relaxed); }
};

}  // namespace ingot::runtime
