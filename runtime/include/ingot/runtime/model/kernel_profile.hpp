// Where the time of the steps of a program goes: a clock is read whenever a thread has finished a group of a kernel.
//
// Times are sums over all threads and steps; the last few steps are also kept as intervals, for a trace. Recording allocates only
// while the first steps are traced. Reading a clock for each group costs some tens of nanoseconds. One caller at a time.
#pragma once
#include <ingot/runtime/model/program.hpp>

#include <chrono>
#include <cstdint>
#include <vector>

namespace ingot::runtime {

class KernelProfile {
 public:
  using Clock = std::chrono::steady_clock;

  KernelProfile() = default;
  KernelProfile(const KernelProfile&) = delete;
  KernelProfile& operator=(const KernelProfile&) = delete;

  /// Forgets everything and prepares for an entry of `program` on a team of `threads`. To be called before the first step.
  void start(const Program& program, ingot_entry_kind kind, std::uint32_t threads);
  /// Around a call of the entry; begin_step fills call.mark and call.profile.
  void begin_step(ingot_call& call);
  void end_step();

  struct Kernel {
    std::uint64_t groups = 0;  ///< run in all
    double seconds = 0;        ///< of all threads together
  };
  /// Null before start; then alive as long as this object.
  [[nodiscard]] const ingot_entry* entry() const noexcept { return entry_; }
  [[nodiscard]] std::uint32_t threads() const noexcept { return static_cast<std::uint32_t>(threads_.size()); }
  [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }
  /// Wall time of the steps.
  [[nodiscard]] double seconds() const noexcept { return seconds_; }
  /// One for each kernel of the entry.
  [[nodiscard]] std::vector<Kernel> kernels() const;

  struct Interval {
    std::uint32_t thread = 0, kernel = 0;  ///< kernel INGOT_MARK_BEGIN: the whole step
    std::uint64_t step = 0;                ///< from 1
    double begin = 0, end = 0;             ///< seconds since the first step began
  };
  /// Of the last steps: some, at most 2 * traced_steps; in the order of their ends on each thread.
  [[nodiscard]] std::vector<Interval> trace() const;
  static constexpr std::uint64_t traced_steps = 4;

 private:
  struct alignas(64) Thread {
    Clock::time_point last{};
    std::vector<Kernel> kernels;
    std::vector<Interval> now, before;  ///< of this block of traced_steps steps and of the one before
  };
  static void mark(void* profile, std::uint32_t thread, std::uint32_t kernel);
  [[nodiscard]] double since_start(Clock::time_point t) const { return std::chrono::duration<double>(t - begin_).count(); }

  Program program_;
  const ingot_entry* entry_ = nullptr;
  std::vector<Thread> threads_;
  std::uint64_t steps_ = 0;
  double seconds_ = 0;
  Clock::time_point begin_{}, step_begin_{};
};

}  // namespace ingot::runtime
