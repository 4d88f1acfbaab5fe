// The kernels of an entry one after the other, some of them more than once, and what is alive at each: the ground on which
// rematerialize.hpp weighs memory against work. A kernel that runs again writes new *copies* of its buffers.
#pragma once
#include "schedule/schedule.hpp"

#include <map>

namespace ingot::codegen {

/// What a kernel touches. Buffers of the arena and states by their number in the schedule, each once.
struct KernelWork {
  std::vector<int> reads, writes, states_read, states_written;
  double operations = 0;  ///< of its products, and one for each element of each elementwise value
};
struct OrderWork {
  std::vector<KernelWork> kernels;
  std::vector<int> producer;         ///< per buffer: the kernel that writes it; -1: a state
  std::vector<std::uint64_t> bytes;  ///< per buffer, as the arena places it
};
[[nodiscard]] OrderWork find_work(const EntrySchedule& s, std::int64_t batch);

/// One step: `kernel` reads and writes these copies, in the order of its KernelWork.
struct OrderedKernel {
  int kernel = -1;
  std::vector<int> reads, writes;
  int id = -1;  ///< of the step, whatever is put in front of it
};

/// From which step to which copies are needed, and the bytes that this makes.
struct Lives {
  std::vector<std::size_t> first, last;  ///< per copy; first > last: never
  std::vector<std::uint64_t> alive;      ///< per step
  std::uint64_t peak = 0;                ///< the most of them
  std::size_t peaks = 0;                 ///< steps that have so many
};

class KernelOrder {
 public:
  /// As scheduled: every kernel once, copy b is buffer b. `work` must outlive the order.
  explicit KernelOrder(const OrderWork& work);

  [[nodiscard]] const OrderWork& work() const { return *work_; }
  [[nodiscard]] const std::vector<OrderedKernel>& steps() const { return steps_; }
  [[nodiscard]] std::size_t copies() const { return buffer_.size(); }
  [[nodiscard]] int buffer_of(int copy) const { return buffer_[static_cast<std::size_t>(copy)]; }
  [[nodiscard]] int id_of(std::size_t step) const { return steps_[step].id; }
  /// The step with this id, or, where that one is gone, the first one.
  [[nodiscard]] std::size_t place_of(int id) const;
  [[nodiscard]] double operations() const;
  [[nodiscard]] Lives lives() const;

  [[nodiscard]] bool touches(std::size_t step, int copy) const;
  /// The first step behind `step` that reads the copy; there must be one.
  [[nodiscard]] std::size_t next_reader(int copy, std::size_t step) const;
  /// The copy of a buffer that was written last before `step`; -1: none.
  [[nodiscard]] int latest_copy(int buffer, std::size_t step) const;
  /// Whether running the kernel in front of `step` is what it was the first time: it assigns no state, and those that it reads are not
  /// assigned yet.
  [[nodiscard]] bool may_run_again(int kernel, std::size_t step) const;

  /// Puts `steps` in front of `step`. What comes behind them reads the new copies, `made` by buffer; steps that nobody needs any more
  /// go.
  void insert(std::size_t step, std::vector<OrderedKernel> steps, const std::map<int, int>& made);

 private:
  void drop_unread();

  const OrderWork* work_;
  std::vector<OrderedKernel> steps_;
  std::vector<int> buffer_;  ///< per copy
  int next_id_ = 0;
};

/// The schedule with its kernels in this order, in as few phases as keep the bytes alive at once within `bound` where a kernel alone
/// does, and with an arena.
[[nodiscard]] EntrySchedule apply(const EntrySchedule& s, const KernelOrder& order, std::uint64_t bound);

}  // namespace ingot::codegen
