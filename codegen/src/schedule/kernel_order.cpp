#include "schedule/kernel_order.hpp"

#include <algorithm>

namespace ingot::codegen {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

void add_once(std::vector<int>& list, int x) {
  if (std::find(list.begin(), list.end(), x) == list.end()) list.push_back(x);
}

/// One for each element of what the kernel computes, beside its products.
double elementwise(const Kernel& k, std::int64_t batch) {
  double sum = 0;
  for (const KernelNode& n : k.nodes)
    if (n.load < 0) sum += static_cast<double>((n.type.batched ? batch : 1) * n.type.rows * n.type.cols);
  return sum;
}

/// The kernel over the copies that `step` reads and writes.
ScheduledKernel over_copies(ScheduledKernel k, const KernelWork& work, const OrderedKernel& step) {
  std::map<int, int> copy;
  for (std::size_t i = 0; i < work.reads.size(); ++i) copy[work.reads[i]] = step.reads[i];
  for (std::size_t i = 0; i < work.writes.size(); ++i) copy[work.writes[i]] = step.writes[i];
  const auto rename = [&](int& buffer) {
    if (const auto found = copy.find(buffer); found != copy.end()) buffer = found->second;
  };
  for (int& b : k.buffers) rename(b);
  for (Access& a : k.accesses) rename(a.buffer);
  return k;
}

}  // namespace

OrderWork find_work(const EntrySchedule& s, std::int64_t batch) {
  OrderWork work;
  work.producer.assign(s.buffers.size(), -1);
  for (const Buffer& b : s.buffers) work.bytes.push_back(arena_bytes(b));
  const std::vector<KernelInfo> infos = describe(s, batch);
  for (std::size_t k = 0; k < s.kernels.size(); ++k) {
    KernelWork w;
    w.operations = infos[k].flops + elementwise(s.kernels[k].kernel, batch);
    for (const Access& a : s.kernels[k].accesses) {
      const bool arena = s.buffers[at(a.buffer)].in_arena();
      add_once(a.write ? (arena ? w.writes : w.states_written) : (arena ? w.reads : w.states_read), a.buffer);
      if (a.write && arena) work.producer[at(a.buffer)] = static_cast<int>(k);
    }
    work.kernels.push_back(std::move(w));
  }
  return work;
}

KernelOrder::KernelOrder(const OrderWork& work) : work_(&work) {
  for (std::size_t k = 0; k < work.kernels.size(); ++k)
    steps_.push_back({static_cast<int>(k), work.kernels[k].reads, work.kernels[k].writes, next_id_++});
  for (std::size_t b = 0; b < work.bytes.size(); ++b) buffer_.push_back(static_cast<int>(b));
}

std::size_t KernelOrder::place_of(int id) const {
  const auto step = std::find_if(steps_.begin(), steps_.end(), [&](const OrderedKernel& s) { return s.id == id; });
  return step == steps_.end() ? 0 : static_cast<std::size_t>(step - steps_.begin());
}

double KernelOrder::operations() const {
  double sum = 0;
  for (const OrderedKernel& s : steps_) sum += work_->kernels[at(s.kernel)].operations;
  return sum;
}

Lives KernelOrder::lives() const {
  Lives l;
  l.first.assign(copies(), 1);
  l.last.assign(copies(), 0);
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    for (const int c : steps_[s].writes) l.first[at(c)] = l.last[at(c)] = s;
    for (const int c : steps_[s].reads) l.last[at(c)] = s;
  }
  std::vector<std::int64_t> change(steps_.size() + 1, 0);
  for (std::size_t c = 0; c < copies(); ++c) {
    if (l.first[c] > l.last[c]) continue;
    const auto bytes = static_cast<std::int64_t>(work_->bytes[at(buffer_[c])]);
    change[l.first[c]] += bytes;
    change[l.last[c] + 1] -= bytes;
  }
  std::int64_t alive = 0;
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    alive += change[s];
    l.alive.push_back(static_cast<std::uint64_t>(alive));
  }
  if (!l.alive.empty()) l.peak = *std::max_element(l.alive.begin(), l.alive.end());
  l.peaks = static_cast<std::size_t>(std::count(l.alive.begin(), l.alive.end(), l.peak));
  return l;
}

bool KernelOrder::touches(std::size_t step, int copy) const {
  const auto has = [&](const std::vector<int>& list) { return std::find(list.begin(), list.end(), copy) != list.end(); };
  return has(steps_[step].reads) || has(steps_[step].writes);
}

std::size_t KernelOrder::next_reader(int copy, std::size_t step) const {
  for (++step; !touches(step, copy);) ++step;
  return step;
}

int KernelOrder::latest_copy(int buffer, std::size_t step) const {
  int latest = -1;
  for (std::size_t s = 0; s < step; ++s)
    for (const int c : steps_[s].writes)
      if (buffer_[at(c)] == buffer) latest = c;
  return latest;
}

bool KernelOrder::may_run_again(int kernel, std::size_t step) const {
  const KernelWork& work = work_->kernels[at(kernel)];
  if (!work.states_written.empty()) return false;
  for (std::size_t s = 0; s < step; ++s)
    for (const int state : work_->kernels[at(steps_[s].kernel)].states_written)
      if (std::find(work.states_read.begin(), work.states_read.end(), state) != work.states_read.end()) return false;
  return true;
}

void KernelOrder::insert(std::size_t step, std::vector<OrderedKernel> steps, const std::map<int, int>& made) {
  buffer_.resize(buffer_.size() + made.size());
  for (const auto& [buffer, copy] : made) buffer_[at(copy)] = buffer;
  for (std::size_t s = step; s < steps_.size(); ++s)
    for (int& c : steps_[s].reads)
      if (const auto found = made.find(buffer_[at(c)]); found != made.end()) c = found->second;
  for (OrderedKernel& s : steps) s.id = next_id_++;
  steps_.insert(steps_.begin() + static_cast<std::ptrdiff_t>(step), steps.begin(), steps.end());
  drop_unread();
}

void KernelOrder::drop_unread() {
  std::vector<int> readers(copies(), 0);
  for (const OrderedKernel& s : steps_)
    for (const int c : s.reads) ++readers[at(c)];
  for (std::size_t s = steps_.size(); s-- > 0;) {
    const OrderedKernel& step = steps_[s];
    const bool needed = step.writes.empty() || !work_->kernels[at(step.kernel)].states_written.empty() ||
                        std::any_of(step.writes.begin(), step.writes.end(), [&](int c) { return readers[at(c)] > 0; });
    if (needed) continue;
    for (const int c : step.reads) --readers[at(c)];
    steps_.erase(steps_.begin() + static_cast<std::ptrdiff_t>(s));
  }
}

EntrySchedule apply(const EntrySchedule& s, const KernelOrder& order, std::uint64_t bound) {
  EntrySchedule out;
  for (std::size_t c = 0; c < order.copies(); ++c) out.buffers.push_back(s.buffers[at(order.buffer_of(static_cast<int>(c)))]);
  std::vector<bool> ran(s.kernels.size(), false);
  for (const OrderedKernel& step : order.steps()) {
    const std::size_t k = at(step.kernel);
    out.kernels.push_back(over_copies(s.kernels[k], order.work().kernels[k], step));
    if (ran[k]) out.kernels.back().name += "/again";
    ran[k] = true;
  }
  cut_phases(out, bound);
  plan_arena(out);
  return out;
}

}  // namespace ingot::codegen
