// What device threads may touch, and in which order: bounds of named regions, and two threads of which one writes the same word with
// nothing between them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ingot::test {

/// Who touched each word of some memory last: two bytes, as many as the smallest numbers have that kernels store. Time is counted in
/// *epochs*: accesses of one epoch have no order.
class AccessShadow {
 public:
  explicit AccessShadow(std::size_t bytes) : words_((bytes + grain - 1) / grain) {}
  /// What is wrong with an access of [offset, offset + bytes) by `thread`; nothing: all is well.
  std::optional<std::string> access(std::size_t offset, std::size_t bytes, bool write, std::uint32_t thread, std::uint64_t epoch);
  /// Was any of these words written in or after this epoch?
  [[nodiscard]] bool written_since(std::size_t offset, std::size_t bytes, std::uint64_t epoch) const;
  /// From here on a copy may write these words at any moment: every access is wrong until it has landed.
  void depart(std::size_t offset, std::size_t bytes) { set_in_flight(offset, bytes, true); }
  void land(std::size_t offset, std::size_t bytes) { set_in_flight(offset, bytes, false); }

 private:
  static constexpr std::size_t grain = 2;  ///< bytes of a word
  void set_in_flight(std::size_t offset, std::size_t bytes, bool value);
  struct Word {
    std::uint64_t write_epoch = 0, read_epoch = 0;
    std::uint32_t writer = 0, reader = 0;
    bool many_readers = false, in_flight = false;
  };
  std::vector<Word> words_;
};

/// Memory of the device that kernels may reach.
struct Region {
  std::string name;
  std::byte* begin = nullptr;
  std::size_t bytes = 0;
  bool writable = true;
  AccessShadow shadow{0};
};

class GlobalMemory {
 public:
  void add(std::string name, void* begin, std::size_t bytes, bool writable);
  void clear() { regions_.clear(); }
  /// `thread` is unique in the launch; everything of one launch is one epoch.
  std::optional<std::string> access(const void* address, std::size_t bytes, bool write, std::uint32_t thread, std::uint64_t epoch);

 private:
  std::vector<Region> regions_;
  std::size_t last_ = 0;  ///< where the last access was: the next one is likely there
};

}  // namespace ingot::test
