// Philox 4x32-10 (Salmon et al., SC 2011): counter-based random bits, the same on every target and for any thread count.
//
// Stream of dropout: key = (seed low, seed high); counter = (q, row, step, layer), where for column j of the mask
// q = (j / 64) * 16 + j % 16 and the word used is (j / 16) % 4, so that 16 consecutive counters serve 64 columns in vectors.
// An element is kept when word >= floor(rate * 2^32).
// Normal numbers: sqrt(-2 ln u) cos(2 pi v) with u of this word and v of the same word of stream layer + second_stream, both
// (word / 2^9 + 1/2) / 2^23, which single precision has exactly; none is beyond 5.8 (Box and Muller, 1958).
#pragma once
#include <array>
#include <cstdint>

namespace ingot::codegen {

using PhiloxWords = std::array<std::uint32_t, 4>;

inline constexpr std::uint32_t philox_m0 = 0xD2511F53u, philox_m1 = 0xCD9E8D57u;  // multipliers
inline constexpr std::uint32_t philox_w0 = 0x9E3779B9u, philox_w1 = 0xBB67AE85u;  // key increments per round
inline constexpr int philox_rounds = 10;

constexpr PhiloxWords philox(PhiloxWords c, std::uint32_t k0, std::uint32_t k1) {
  for (int r = 0; r < philox_rounds; ++r) {
    const std::uint64_t p0 = std::uint64_t{philox_m0} * c[0], p1 = std::uint64_t{philox_m1} * c[2];
    c = {static_cast<std::uint32_t>(p1 >> 32) ^ c[1] ^ k0, static_cast<std::uint32_t>(p1), static_cast<std::uint32_t>(p0 >> 32) ^ c[3] ^ k1,
         static_cast<std::uint32_t>(p0)};
    k0 += philox_w0;
    k1 += philox_w1;
  }
  return c;
}

inline constexpr std::int32_t second_stream = 1 << 30;  // beyond every number of a layer

/// The word that decides about column `column` of row `row`.
constexpr std::uint32_t dropout_word(std::uint32_t row, std::uint32_t column, std::uint32_t step, std::uint32_t layer,
                                     std::uint32_t seed_low, std::uint32_t seed_high) {
  const std::uint32_t q = column / 64 * 16 + column % 16;
  return philox({q, row, step, layer}, seed_low, seed_high)[column / 16 % 4];
}

/// In (0, 1).
constexpr double unit_of_word(std::uint32_t word) { return (static_cast<double>(word >> 9) + 0.5) * 0x1p-23; }

}  // namespace ingot::codegen
