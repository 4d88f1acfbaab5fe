// The memory of a simulated device: memory of this process that the host cannot touch but while the device is at work.
//
// Blocks have guard words on both sides, begin with a pattern that is no sensible number, and their addresses are never given out again, so
// whoever uses a freed block is found.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace ingot::test {

class DeviceHeap {
 public:
  DeviceHeap();
  ~DeviceHeap();
  DeviceHeap(const DeviceHeap&) = delete;
  DeviceHeap& operator=(const DeviceHeap&) = delete;

  /// 0 when there are fewer than `bytes` left of `limit`.
  std::uintptr_t allocate(std::size_t bytes, std::size_t limit);
  /// What is wrong with freeing it; nothing: it is freed.
  std::optional<std::string> release(std::uintptr_t block);
  /// What is wrong with an access of these bytes; nothing: they are inside of one live block.
  [[nodiscard]] std::optional<std::string> check(std::uintptr_t address, std::size_t bytes) const;
  /// The first block whose guard words have changed.
  std::optional<std::string> check_guards();

  [[nodiscard]] const std::map<std::uintptr_t, std::size_t>& blocks() const noexcept { return live_; }
  [[nodiscard]] std::size_t used() const noexcept { return used_; }
  /// Grows when the set of live blocks changes.
  [[nodiscard]] std::uint64_t version() const noexcept { return version_; }

  /// While one lives, addresses of the device are addresses of this process.
  class AtWork {
   public:
    explicit AtWork(DeviceHeap& heap) : heap_(heap) { heap_.protect(false); }
    ~AtWork() { heap_.protect(true); }
    AtWork(const AtWork&) = delete;
    AtWork& operator=(const AtWork&) = delete;

   private:
    DeviceHeap& heap_;
  };

 private:
  void protect(bool on);
  [[nodiscard]] bool guards_hold(std::uintptr_t block, std::size_t bytes) const;

  std::byte* memory_;
  std::size_t end_ = 0, used_ = 0;
  int at_work_ = 0;
  std::uint64_t version_ = 0;
  std::map<std::uintptr_t, std::size_t> live_, freed_;
};

}  // namespace ingot::test
