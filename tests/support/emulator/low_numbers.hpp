// Numbers of 16 bits in memory, as float32 and back.
#pragma once
#include <ingot_abi.h>

#include <cstdint>
#include <cstring>

namespace ingot::test {

inline float float_of_bits(std::uint32_t bits) {
  float f = 0;
  std::memcpy(&f, &bits, sizeof f);
  return f;
}
inline std::uint32_t bits_of_float(float f) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &f, sizeof bits);
  return bits;
}

/// `dtype`: INGOT_F16 or INGOT_BF16. Exact.
inline float widen(std::uint16_t low, std::uint32_t dtype) {
  const std::uint32_t bits = low;
  if (dtype == INGOT_BF16) return float_of_bits(bits << 16);
  const std::uint32_t sign = (bits & 0x8000u) << 16, magnitude = (bits & 0x7FFFu) << 13;
  if ((bits & 0x7C00u) == 0x7C00u) return float_of_bits(sign | 0x7F800000u | magnitude);
  return float_of_bits(sign |
                       bits_of_float(float_of_bits(magnitude) * 0x1p112f));  // exponents are 112 lower; subnormal ones come right, too
}

/// To nearest even; what is too large for f16 becomes infinite.
inline std::uint16_t narrow(float f, std::uint32_t dtype) {
  const std::uint32_t bits = bits_of_float(f), sign = bits & 0x80000000u, magnitude = bits ^ sign;
  if (magnitude > 0x7F800000u) return static_cast<std::uint16_t>(sign >> 16 | 0x7FFFu);
  const auto rounded = [](std::uint32_t x, unsigned shift) { return (x + (1u << (shift - 1)) - 1 + (x >> shift & 1u)) >> shift; };
  if (dtype == INGOT_BF16) return static_cast<std::uint16_t>(sign >> 16 | rounded(magnitude, 16));
  if (magnitude >= 0x477FF000u) return static_cast<std::uint16_t>(sign >> 16 | 0x7C00u);
  // Below 2^-14 the distance of neighbours is 2^-24, as that of floats is between 1/2 and 1.
  if (magnitude < 0x38800000u)
    return static_cast<std::uint16_t>(sign >> 16 | (bits_of_float(float_of_bits(magnitude) + 0.5f) - 0x3F000000u));
  return static_cast<std::uint16_t>(sign >> 16 | rounded(magnitude - (112u << 23), 13));
}

}  // namespace ingot::test
