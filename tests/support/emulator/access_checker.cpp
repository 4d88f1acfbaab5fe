#include "support/emulator/access_checker.hpp"

#include <algorithm>

namespace ingot::test {

std::optional<std::string> AccessShadow::access(std::size_t offset, std::size_t bytes, bool write, std::uint32_t thread,
                                                std::uint64_t epoch) {
  for (std::size_t w = offset / grain; w <= (offset + bytes - 1) / grain; ++w) {
    Word& word = words_[w];
    const auto race = [&](const char* what, std::uint32_t other) {
      return "race: thread " + std::to_string(thread) + what + std::to_string(other) + ", at byte " + std::to_string(w * grain) +
             " and with no barrier between them";
    };
    if (word.in_flight)
      return std::string(write ? "writes where" : "reads what") + " a copy that was not waited for writes, at byte " +
             std::to_string(w * grain);
    if (word.write_epoch == epoch && word.writer != thread)
      return race(write ? " writes where another wrote: thread " : " reads what another wrote: thread ", word.writer);
    if (write && word.read_epoch == epoch && (word.reader != thread || word.many_readers))
      return race(" writes what another read: thread ", word.reader);
    if (write) {
      word.write_epoch = epoch;
      word.writer = thread;
    } else {
      word.many_readers = word.read_epoch == epoch && (word.many_readers || word.reader != thread);
      word.read_epoch = epoch;
      word.reader = thread;
    }
  }
  return std::nullopt;
}

bool AccessShadow::written_since(std::size_t offset, std::size_t bytes, std::uint64_t epoch) const {
  return std::any_of(words_.begin() + static_cast<std::ptrdiff_t>(offset / grain),
                     words_.begin() + static_cast<std::ptrdiff_t>((offset + bytes - 1) / grain + 1),
                     [&](const Word& w) { return w.write_epoch >= epoch; });
}

void AccessShadow::set_in_flight(std::size_t offset, std::size_t bytes, bool value) {
  for (std::size_t w = offset / grain; w <= (offset + bytes - 1) / grain; ++w) words_[w].in_flight = value;
}

void GlobalMemory::add(std::string name, void* begin, std::size_t bytes, bool writable) {
  regions_.push_back({std::move(name), static_cast<std::byte*>(begin), bytes, writable, AccessShadow(bytes)});
}

std::optional<std::string> GlobalMemory::access(const void* address, std::size_t bytes, bool write, std::uint32_t thread,
                                                std::uint64_t epoch) {
  const auto* at = static_cast<const std::byte*>(address);
  const auto inside = [&](const Region& r) { return at >= r.begin && at + bytes <= r.begin + r.bytes; };
  if (last_ >= regions_.size() || !inside(regions_[last_])) {
    const auto found = std::find_if(regions_.begin(), regions_.end(), inside);
    if (found == regions_.end())
      return std::string(write ? "writes " : "reads ") + std::to_string(bytes) + " bytes outside of all memory of the device";
    last_ = static_cast<std::size_t>(found - regions_.begin());
  }
  Region& r = regions_[last_];
  if (write && !r.writable) return "writes into " + r.name + ", which is only read";
  auto wrong = r.shadow.access(static_cast<std::size_t>(at - r.begin), bytes, write, thread, epoch);
  if (wrong) *wrong += " (" + r.name + ")";
  return wrong;
}

}  // namespace ingot::test
