// Numbers of 32 bits rounded to 16, as a device rounds them: to nearest, ties to even, numbers that are too large to infinity.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace ingot::runtime::cuda {

/// IEEE 754 binary16.
[[nodiscard]] std::uint16_t to_f16(float value) noexcept;
/// The upper half of a float.
[[nodiscard]] std::uint16_t to_bf16(float value) noexcept;
/// `dtype`: INGOT_F16 or INGOT_BF16.
[[nodiscard]] std::vector<std::uint16_t> to_low(std::span<const float> values, std::uint32_t dtype);

}  // namespace ingot::runtime::cuda
