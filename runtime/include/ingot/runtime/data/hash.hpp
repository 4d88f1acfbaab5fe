// The content hash that identifies data: XXH64 (Yann Collet's specification, "XXH64 Algorithm Description"), the same on every
// machine. It tells data sets apart; it is no defence against somebody who forges them.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ingot::runtime {

/// Feed pieces in any division, then read the digest; the digest depends on the bytes only.
class ContentHash {
 public:
  explicit ContentHash(std::uint64_t seed = 0);
  ContentHash& add(const void* data, std::size_t bytes);
  ContentHash& add(std::string_view text) { return add(text.data(), text.size()); }
  /// As 8 bytes, low byte first.
  ContentHash& add_number(std::uint64_t number);
  [[nodiscard]] std::uint64_t digest() const;

 private:
  std::array<std::uint64_t, 4> lanes_;
  std::array<unsigned char, 32> rest_{};
  std::size_t rest_bytes_ = 0;
  std::uint64_t total_ = 0, seed_;
};

/// 16 hexadecimal digits.
std::string hash_text(std::uint64_t digest);

}  // namespace ingot::runtime
