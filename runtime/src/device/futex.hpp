// A 32-bit word that threads wait on: spin first, then sleep in the kernel. Linux only, like the rest of this runtime.
//
// std::atomic::wait has a spin policy of its own and keeps its sleepers in a shared table; here the number of spins is known and
// the wake-up costs no system call while nobody sleeps.
#pragma once
#include <atomic>
#include <climits>
#include <cstdint>
#include <immintrin.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace ingot::runtime {

class WaitWord {
 public:
  [[nodiscard]] std::uint32_t load() const noexcept { return word_.load(std::memory_order_acquire); }

  /// Stores a new value and wakes who sleeps. Only one thread advances at a time.
  void advance() noexcept {
    // Sequentially consistent with the counter of sleepers: either we see the sleeper, or the kernel shows it the new value.
    word_.store(word_.load(std::memory_order_relaxed) + 1, std::memory_order_seq_cst);
    if (sleepers_.load(std::memory_order_seq_cst) != 0) syscall(SYS_futex, &word_, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
  }

  /// Returns when the word is no longer `old`. Spins at most `spins` times; fewer after waits that ended asleep, since then the cores are
  /// wanted elsewhere and the thread we wait for may need ours.
  void wait(std::uint32_t old, std::uint32_t spins) noexcept {
    const std::uint32_t shift = shift_.load(std::memory_order_relaxed);
    for (std::uint32_t i = 0; i < spins >> shift; ++i) {
      if (load() != old) {
        if (shift > 0) shift_.store(shift - 1, std::memory_order_relaxed);
        return;
      }
      _mm_pause();
    }
    if (shift < most_shift) shift_.store(shift + 1, std::memory_order_relaxed);
    sleepers_.fetch_add(1, std::memory_order_seq_cst);
    while (word_.load(std::memory_order_seq_cst) == old) syscall(SYS_futex, &word_, FUTEX_WAIT_PRIVATE, old, nullptr, nullptr, 0);
    sleepers_.fetch_sub(1, std::memory_order_relaxed);
  }

 private:
  static constexpr std::uint32_t most_shift = 6;
  static_assert(sizeof(std::atomic<std::uint32_t>) == 4);
  alignas(64) std::atomic<std::uint32_t> word_{0};
  std::atomic<std::uint32_t> sleepers_{0}, shift_{0};
};

}  // namespace ingot::runtime
