#include "schedule/verify_schedule.hpp"

#include "ir/error.hpp"

#include <algorithm>

namespace ingot::codegen {

namespace {

bool touches_same_piece(const Access& a, const Access& b) {
  return a.slice == b.slice && a.slice != Slice::all && (a.slice != Slice::row_block || a.block == b.block);
}

[[noreturn]] void fail(const Graph& g, const EntrySchedule& s, const std::string& what) {
  throw InternalError("schedule of " + g.name + ": " + what + "\n" + print(s));
}

void verify_order(const Graph& g, const EntrySchedule& s) {
  std::vector<bool> written(s.buffers.size(), false);
  for (const ScheduledKernel& k : s.kernels) {
    for (const Access& a : k.accesses) {
      const auto b = static_cast<std::size_t>(a.buffer);
      const bool state = s.buffers[b].state >= 0;
      if (!a.write && !state && !written[b])
        fail(g, s, k.name + " reads value " + std::to_string(s.buffers[b].value) + " before it is made");
      if (!a.write && state && written[b]) fail(g, s, k.name + " reads state " + std::to_string(s.buffers[b].state) + " after its update");
    }
    for (const Access& a : k.accesses)
      if (a.write) written[static_cast<std::size_t>(a.buffer)] = true;
  }
}

void verify_phases(const Graph& g, const EntrySchedule& s) {
  for (std::size_t i = 0; i < s.kernels.size(); ++i)
    for (std::size_t j = i + 1; j < s.kernels.size() && s.kernels[j].phase == s.kernels[i].phase; ++j)
      if (!groups_agree(s.kernels[i], s.kernels[j]))
        fail(g, s, s.kernels[i].name + " and " + s.kernels[j].name + " need a barrier between them");
}

struct Life {
  std::size_t buffer = 0;
  unsigned first = ~0u, last = 0;
};

void verify_arena(const Graph& g, const EntrySchedule& s) {
  std::vector<Life> lives(s.buffers.size());
  for (const ScheduledKernel& k : s.kernels)
    for (const Access& a : k.accesses) {
      Life& l = lives[static_cast<std::size_t>(a.buffer)];
      l.buffer = static_cast<std::size_t>(a.buffer);
      l.first = std::min(l.first, k.phase);
      l.last = std::max(l.last, k.phase);
    }
  std::erase_if(lives, [&](const Life& l) { return l.first == ~0u || !s.buffers[l.buffer].in_arena(); });
  const auto begin = [&](const Life& l) { return s.buffers[l.buffer].offset; };
  const auto end = [&](const Life& l) { return begin(l) + static_cast<std::uint64_t>(s.buffers[l.buffer].layout.bytes()); };
  std::sort(lives.begin(), lives.end(), [&](const Life& a, const Life& b) { return begin(a) < begin(b); });
  for (std::size_t i = 0; i < lives.size(); ++i) {
    if (end(lives[i]) > s.arena_bytes) fail(g, s, "a buffer ends behind the arena");
    for (std::size_t j = i + 1; j < lives.size() && begin(lives[j]) < end(lives[i]); ++j)
      if (lives[i].first <= lives[j].last && lives[j].first <= lives[i].last)
        fail(g, s,
             "values " + std::to_string(s.buffers[lives[i].buffer].value) + " and " + std::to_string(s.buffers[lives[j].buffer].value) +
                 " share memory");
  }
}

}  // namespace

bool groups_agree(const ScheduledKernel& first, const ScheduledKernel& second) {
  const bool one_group = !first.kernel.target.dense && first.kernel.groups == 1 && second.kernel.groups == 1;
  for (const Access& a : first.accesses)
    for (const Access& b : second.accesses) {
      if (a.buffer != b.buffer || (!a.write && !b.write) || one_group) continue;
      if (first.kernel.groups != second.kernel.groups || !touches_same_piece(a, b)) return false;
    }
  return true;
}

void verify(const Graph& g, const EntrySchedule& s) {
  verify_order(g, s);
  verify_phases(g, s);
  verify_arena(g, s);
}

}  // namespace ingot::codegen
