#include "support/simulated_cuda/device_heap.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <sys/mman.h>

namespace ingot::test {
namespace {

constexpr std::size_t reserved = std::size_t{64} << 30;  // addresses only
constexpr std::size_t alignment = 256, guard = 256, page = 4096;
constexpr unsigned char guard_byte = 0xC5, fresh_byte = 0xA5;

std::size_t rounded(std::size_t n, std::size_t to) { return (n + to - 1) / to * to; }

}  // namespace

DeviceHeap::DeviceHeap() {
  void* at = mmap(nullptr, reserved, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) throw std::bad_alloc();
  memory_ = static_cast<std::byte*>(at);
}

DeviceHeap::~DeviceHeap() { munmap(memory_, reserved); }

void DeviceHeap::protect(bool on) {
  at_work_ += on ? -1 : 1;
  if (at_work_ == (on ? 0 : 1) && end_ > 0) mprotect(memory_, rounded(end_, page), on ? PROT_NONE : PROT_READ | PROT_WRITE);
}

std::uintptr_t DeviceHeap::allocate(std::size_t bytes, std::size_t limit) {
  const std::size_t begin = end_ + guard, end = rounded(begin + bytes, alignment) + guard;
  if (used_ + bytes > limit || end > reserved) return 0;
  end_ = rounded(end, page);
  const AtWork at_work(*this);
  std::memset(memory_ + begin - guard, guard_byte, end - begin + guard);
  std::memset(memory_ + begin, fresh_byte, bytes);
  used_ += bytes;
  ++version_;
  const auto block = reinterpret_cast<std::uintptr_t>(memory_ + begin);
  live_.emplace(block, bytes);
  return block;
}

bool DeviceHeap::guards_hold(std::uintptr_t block, std::size_t bytes) const {
  const auto* at = reinterpret_cast<const unsigned char*>(block);
  const auto holds = [](const unsigned char* from, const unsigned char* to) {
    return std::all_of(from, to, [](unsigned char c) { return c == guard_byte; });
  };
  return holds(at - guard, at) && holds(at + bytes, at + bytes + guard);
}

std::optional<std::string> DeviceHeap::release(std::uintptr_t block) {
  const auto found = live_.find(block);
  if (found == live_.end()) return freed_.contains(block) ? "a block is freed twice" : "what is freed is no block";
  const auto [at, bytes] = *found;
  const AtWork at_work(*this);
  const bool whole = guards_hold(at, bytes);
  used_ -= bytes;
  ++version_;
  freed_.emplace(at, bytes);
  live_.erase(found);
  const std::uintptr_t first = rounded(at, page), last = (at + bytes) / page * page;
  if (last > first) madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
  if (!whole) return "something wrote around a block of " + std::to_string(bytes) + " bytes";
  return std::nullopt;
}

std::optional<std::string> DeviceHeap::check(std::uintptr_t address, std::size_t bytes) const {
  const auto holds = [&](const std::map<std::uintptr_t, std::size_t>& blocks) {
    auto next = blocks.upper_bound(address);
    if (next == blocks.begin()) return false;
    const auto& [at, size] = *std::prev(next);
    return address + bytes <= at + size;
  };
  if (holds(live_)) return std::nullopt;
  return std::to_string(bytes) + (holds(freed_) ? " bytes of a freed block" : " bytes outside of all blocks of the device");
}

std::optional<std::string> DeviceHeap::check_guards() {
  const AtWork at_work(*this);
  for (const auto& [at, bytes] : live_)
    if (!guards_hold(at, bytes)) return "something wrote around a block of " + std::to_string(bytes) + " bytes";
  return std::nullopt;
}

}  // namespace ingot::test
