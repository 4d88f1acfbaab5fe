// The name of a cache file: a hash of all that its content depends on. Other files, or other preprocessing, are another name, so
// nothing is ever invalidated.
#pragma once
#include <ingot/runtime/data/hash.hpp>

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace ingot::runtime {

class CacheKey {
 public:
  /// `what`: the kind of preprocessing; `version`: raised when what it gives for the same files changes.
  CacheKey(std::string_view what, std::uint64_t version);
  CacheKey& add(std::string_view text);
  CacheKey& add_number(std::uint64_t number);
  /// The identity of a file: its absolute path, size and time of modification. Its content is not read. Throws UserError when there is
  /// no such file.
  CacheKey& add_file(const std::filesystem::path& path);
  [[nodiscard]] std::array<std::uint64_t, 2> words() const { return {first_.digest(), second_.digest()}; }
  /// 32 hexadecimal digits.
  [[nodiscard]] std::string text() const { return hash_text(first_.digest()) + hash_text(second_.digest()); }

 private:
  ContentHash first_{0}, second_{1};
};

}  // namespace ingot::runtime
