#include "schedule/plan_hash.hpp"

#include <cstdint>

namespace ingot::codegen {

std::string plan_hash(const std::vector<std::string>& parts) {
  std::uint64_t h = 0xcbf29ce484222325ull;  // FNV-1a, 64 bits
  for (const std::string& p : parts)
    for (char c : p) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  constexpr char digits[] = "0123456789abcdef";
  std::string out(16, '0');
  for (int i = 15; i >= 0; --i, h >>= 4) out[static_cast<std::size_t>(i)] = digits[h & 15];
  return out;
}

}  // namespace ingot::codegen
