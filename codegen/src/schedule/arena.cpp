// Offsets in the arena: buffers that live in common phases do not overlap; larger ones are placed first, as low as possible.
#include "schedule/schedule.hpp"

#include <algorithm>

namespace ingot::codegen {

namespace {

constexpr std::uint64_t alignment = 64;

}  // namespace

std::uint64_t arena_bytes(const Buffer& b) {
  return (static_cast<std::uint64_t>(b.layout.bytes()) + alignment - 1) / alignment * alignment;
}

std::vector<BufferLife> buffer_lives(const EntrySchedule& s) {
  std::vector<BufferLife> lives(s.buffers.size());
  for (std::size_t b = 0; b < lives.size(); ++b) {
    lives[b].buffer = b;
    lives[b].bytes = arena_bytes(s.buffers[b]);
  }
  for (const ScheduledKernel& k : s.kernels)
    for (const Access& a : k.accesses) {
      BufferLife& l = lives[static_cast<std::size_t>(a.buffer)];
      l.first = std::min(l.first, k.phase);
      l.last = std::max(l.last, k.phase);
    }
  std::erase_if(lives, [&](const BufferLife& l) { return !s.buffers[l.buffer].in_arena() || l.first == ~0u; });
  return lives;
}

void plan_arena(EntrySchedule& s) {
  std::vector<BufferLife> lives = buffer_lives(s);
  std::stable_sort(lives.begin(), lives.end(), [](const BufferLife& a, const BufferLife& b) { return a.bytes > b.bytes; });
  std::vector<BufferLife> placed;
  for (const BufferLife& life : lives) {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> taken;
    for (const BufferLife& p : placed)
      if (p.meets(life)) taken.emplace_back(s.buffers[p.buffer].offset, s.buffers[p.buffer].offset + p.bytes);
    std::sort(taken.begin(), taken.end());
    std::uint64_t at = 0;
    for (const auto& [begin, end] : taken) {
      if (at + life.bytes <= begin) break;
      at = std::max(at, end);
    }
    s.buffers[life.buffer].offset = at;
    s.arena_bytes = std::max(s.arena_bytes, at + life.bytes);
    placed.push_back(life);
  }
}

}  // namespace ingot::codegen
