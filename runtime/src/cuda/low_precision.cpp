#include "cuda/low_precision.hpp"

#include <ingot_abi.h>

#include <algorithm>
#include <bit>

namespace ingot::runtime::cuda {
namespace {

constexpr std::uint32_t float_infinity = 0x7F800000;

std::uint32_t magnitude_bits(float value) { return std::bit_cast<std::uint32_t>(value) & 0x7FFFFFFF; }
std::uint16_t sign_bit(float value) { return static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16 & 0x8000); }

/// Drops `bits` bits, to nearest, ties to even. A carry goes into the exponent, which is right.
std::uint32_t drop(std::uint32_t value, int bits) {
  const std::uint32_t below_half = (1u << (bits - 1)) - 1, odd = value >> bits & 1;
  return (value + below_half + odd) >> bits;
}

}  // namespace

std::uint16_t to_f16(float value) noexcept {
  constexpr std::uint32_t infinity = 0x7C00, quiet_nan = 0x7E00;
  constexpr std::uint32_t least_normal = 0x38800000;  // 2^-14
  constexpr std::uint32_t exponent_offset = std::uint32_t{127 - 15} << 23;
  constexpr float step_of_subnormal = 0.5f;  // the last of its 24 bits is worth 2^-24, as that of a subnormal number
  const std::uint32_t bits = magnitude_bits(value);
  std::uint32_t rounded = 0;
  if (bits > float_infinity)
    rounded = quiet_nan;
  else if (bits < least_normal)
    rounded =
        std::bit_cast<std::uint32_t>(std::bit_cast<float>(bits) + step_of_subnormal) - std::bit_cast<std::uint32_t>(step_of_subnormal);
  else
    rounded = std::min(drop(bits - exponent_offset, 13), infinity);
  return static_cast<std::uint16_t>(sign_bit(value) | rounded);
}

std::uint16_t to_bf16(float value) noexcept {
  constexpr std::uint32_t quiet_nan = 0x7FC0;
  const std::uint32_t bits = magnitude_bits(value);
  return static_cast<std::uint16_t>(sign_bit(value) | (bits > float_infinity ? quiet_nan : drop(bits, 16)));
}

std::vector<std::uint16_t> to_low(std::span<const float> values, std::uint32_t dtype) {
  std::vector<std::uint16_t> low(values.size());
  std::transform(values.begin(), values.end(), low.begin(), dtype == INGOT_F16 ? to_f16 : to_bf16);
  return low;
}

}  // namespace ingot::runtime::cuda
