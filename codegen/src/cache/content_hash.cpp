#include "cache/content_hash.hpp"

namespace ingot::codegen {

namespace {
__extension__ using Wide = unsigned __int128;
}

ContentHash content_hash(std::string_view bytes) {
  // Offset basis and prime: Fowler, Noll, Vo (draft-eastlake-fnv), 128 bit.
  constexpr Wide prime = (Wide{1} << 88) + 0x13b;
  Wide hash = (Wide{0x6c62272e07bb0142} << 64) + 0x62b821756295c58d;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * prime;
  return {static_cast<std::uint64_t>(hash >> 64), static_cast<std::uint64_t>(hash)};
}

std::string to_hex(const ContentHash& hash) {
  std::string text;
  for (const std::uint64_t half : hash)
    for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[(half >> shift) & 15];
  return text;
}

}  // namespace ingot::codegen
