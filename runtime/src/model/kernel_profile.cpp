#include <ingot/runtime/model/kernel_profile.hpp>

#include <utility>

namespace ingot::runtime {

void KernelProfile::start(const Program& program, ingot_entry_kind kind, std::uint32_t threads) {
  program_ = program;
  entry_ = program_.entry(kind);
  threads_ = std::vector<Thread>(threads);
  for (Thread& thread : threads_) thread.kernels.resize(entry_->n_kernels);
  steps_ = 0;
  seconds_ = 0;
}

void KernelProfile::begin_step(ingot_call& call) {
  call.mark = mark;
  call.profile = this;
  if (steps_ % traced_steps == 0)
    for (Thread& thread : threads_) {
      std::swap(thread.now, thread.before);
      thread.now.clear();
    }
  ++steps_;
  step_begin_ = Clock::now();
  if (steps_ == 1) begin_ = step_begin_;
}

void KernelProfile::end_step() {
  const Clock::time_point now = Clock::now();
  seconds_ += std::chrono::duration<double>(now - step_begin_).count();
  threads_.front().now.push_back({0, INGOT_MARK_BEGIN, steps_, since_start(step_begin_), since_start(now)});
}

void KernelProfile::mark(void* profile, std::uint32_t thread, std::uint32_t kernel) {
  KernelProfile& self = *static_cast<KernelProfile*>(profile);
  Thread& own = self.threads_[thread];
  const Clock::time_point now = Clock::now();
  const Clock::time_point before = std::exchange(own.last, now);
  if (kernel == INGOT_MARK_BEGIN) return;
  own.kernels[kernel].seconds += std::chrono::duration<double>(now - before).count();
  ++own.kernels[kernel].groups;
  own.now.push_back({thread, kernel, self.steps_, self.since_start(before), self.since_start(now)});
}

std::vector<KernelProfile::Kernel> KernelProfile::kernels() const {
  std::vector<Kernel> sums(entry_ != nullptr ? entry_->n_kernels : 0);
  for (const Thread& thread : threads_)
    for (std::size_t k = 0; k < sums.size(); ++k) {
      sums[k].groups += thread.kernels[k].groups;
      sums[k].seconds += thread.kernels[k].seconds;
    }
  return sums;
}

std::vector<KernelProfile::Interval> KernelProfile::trace() const {
  std::vector<Interval> all;
  for (const Thread& thread : threads_) {
    all.insert(all.end(), thread.before.begin(), thread.before.end());
    all.insert(all.end(), thread.now.begin(), thread.now.end());
  }
  return all;
}

}  // namespace ingot::runtime
