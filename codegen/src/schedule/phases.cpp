// Order and phases: a list scheduler that keeps adding kernels to the current phase while no two groups can meet.
#include "ir/error.hpp"
#include "schedule/schedule.hpp"
#include "schedule/verify_schedule.hpp"

#include <algorithm>

namespace ingot::codegen {

namespace {

using Edges = std::vector<std::vector<int>>;

/// before[k]: kernels that must run before kernel k. Producers before readers; readers of a state before its assignment.
Edges find_order(const EntrySchedule& s) {
  struct Uses {
    std::vector<int> readers, writers;
  };
  std::vector<Uses> uses(s.buffers.size());
  for (int k = 0; k < static_cast<int>(s.kernels.size()); ++k)
    for (const Access& a : s.kernels[static_cast<std::size_t>(k)].accesses) {
      auto& list = a.write ? uses[static_cast<std::size_t>(a.buffer)].writers : uses[static_cast<std::size_t>(a.buffer)].readers;
      if (list.empty() || list.back() != k) list.push_back(k);
    }
  Edges before(s.kernels.size());
  for (std::size_t b = 0; b < s.buffers.size(); ++b)
    for (int writer : uses[b].writers)
      for (int reader : uses[b].readers) {
        if (reader == writer) continue;
        const bool state = s.buffers[b].state >= 0;
        before[static_cast<std::size_t>(state ? writer : reader)].push_back(state ? reader : writer);
      }
  return before;
}

}  // namespace

void assign_phases(const Graph& g, EntrySchedule& s) {
  const Edges before = find_order(s);
  const std::size_t n = s.kernels.size();
  std::vector<int> missing(n, 0);
  Edges after(n);
  for (std::size_t k = 0; k < n; ++k) {
    missing[k] = static_cast<int>(before[k].size());
    for (int b : before[k]) after[static_cast<std::size_t>(b)].push_back(static_cast<int>(k));
  }
  std::vector<bool> done(n, false);
  std::vector<int> order, current;
  unsigned phase = 0;
  const auto fits = [&](std::size_t k) {
    return std::all_of(current.begin(), current.end(),
                       [&](int c) { return groups_agree(s.kernels[static_cast<std::size_t>(c)], s.kernels[k]); });
  };
  while (order.size() < n) {
    int chosen = -1, ready = -1;
    for (std::size_t k = 0; k < n && chosen < 0; ++k) {
      if (done[k] || missing[k] != 0) continue;
      if (ready < 0) ready = static_cast<int>(k);
      if (fits(k)) chosen = static_cast<int>(k);
    }
    if (ready < 0) throw InternalError("schedule of " + g.name + ": kernels wait for each other");
    if (chosen < 0) {
      ++phase;
      current.clear();
      chosen = ready;
    }
    const auto c = static_cast<std::size_t>(chosen);
    done[c] = true;
    s.kernels[c].phase = phase;
    order.push_back(chosen);
    current.push_back(chosen);
    for (int a : after[c]) --missing[static_cast<std::size_t>(a)];
  }
  std::vector<ScheduledKernel> sorted;
  sorted.reserve(n);
  for (int k : order) sorted.push_back(std::move(s.kernels[static_cast<std::size_t>(k)]));
  s.kernels = std::move(sorted);
  s.phases = n == 0 ? 0 : phase + 1;
}

void cut_phases(EntrySchedule& s, std::uint64_t bound) {
  const std::size_t n = s.kernels.size();
  for (std::size_t k = 0; k < n; ++k) s.kernels[k].phase = static_cast<unsigned>(k);
  std::vector<std::uint64_t> begins(n, 0), alive(n + 1, 0);  // bytes whose life begins at a kernel, and that are alive there
  for (const BufferLife& l : buffer_lives(s)) {
    begins[l.first] += l.bytes;
    alive[l.first] += l.bytes;
    alive[l.last + 1] -= l.bytes;  // of a running sum
  }
  for (std::size_t k = 1; k < n; ++k) alive[k] += alive[k - 1];
  unsigned phase = 0;
  std::size_t first = 0;
  std::uint64_t bytes = n > 0 ? alive[0] : 0;
  for (std::size_t k = 0; k < n; ++k) {
    bool joins = k == first || bytes + begins[k] <= bound;
    for (std::size_t other = first; other < k && joins; ++other) joins = groups_agree(s.kernels[other], s.kernels[k]);
    if (!joins) {
      ++phase;
      first = k;
    }
    bytes = k == first ? alive[k] : bytes + begins[k];
    s.kernels[k].phase = phase;
  }
  s.phases = n == 0 ? 0 : phase + 1;
}

}  // namespace ingot::codegen
