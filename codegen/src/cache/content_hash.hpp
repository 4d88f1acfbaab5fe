// 128-bit FNV-1a: names content in the cache and finds damage. Not for adversaries.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace ingot::codegen {

using ContentHash = std::array<std::uint64_t, 2>;  // high, low

[[nodiscard]] ContentHash content_hash(std::string_view bytes);
/// 32 hexadecimal digits.
[[nodiscard]] std::string to_hex(const ContentHash& hash);

}  // namespace ingot::codegen
