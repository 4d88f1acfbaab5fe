// Rounding to 16 bits against the definition: every number of the format, what lies between it and the next, and what lies beyond.
#include "cuda/low_precision.hpp"

#include <catch2/catch.hpp>
#include <ingot_abi.h>

#include <cmath>
#include <limits>

using namespace ingot::runtime::cuda;

namespace {

struct Format {
  int fraction_bits, least_exponent;
  std::uint16_t infinity;
  std::uint16_t (*round)(float) noexcept;
};
const Format f16{10, -14, 0x7C00, to_f16}, bf16{7, -126, 0x7F80, to_bf16};

/// What the bits below infinity's mean.
double value_of(const Format& f, std::uint16_t bits) {
  const int exponent = bits >> f.fraction_bits, fraction = bits & ((1 << f.fraction_bits) - 1);
  const int implicit = exponent == 0 ? 0 : 1 << f.fraction_bits;
  return std::ldexp(implicit + fraction, std::max(exponent, 1) - 1 + f.least_exponent - f.fraction_bits);
}

void check_all(const Format& f) {
  int wrong = 0;
  const auto expect = [&](float x, std::uint16_t bits) {
    wrong += f.round(x) != bits;
    wrong += f.round(-x) != (bits | 0x8000);
  };
  for (std::uint16_t bits = 0; bits < f.infinity; ++bits) {
    const auto next = static_cast<std::uint16_t>(bits + 1);
    const double here = value_of(f, bits), there = next == f.infinity ? 2 * here - value_of(f, bits - 1) : value_of(f, next);
    const auto middle = static_cast<float>((here + there) / 2);
    expect(static_cast<float>(here), bits);
    expect(middle, bits % 2 == 0 ? bits : next);
    expect(std::nextafter(middle, 0.0f), bits);
    expect(std::nextafter(middle, std::numeric_limits<float>::infinity()), next);
  }
  expect(std::numeric_limits<float>::infinity(), f.infinity);
  expect(std::numeric_limits<float>::max(), f.infinity);
  CHECK(wrong == 0);
  CHECK((f.round(std::numeric_limits<float>::quiet_NaN()) & 0x7FFF) > f.infinity);
}

}  // namespace

TEST_CASE("numbers round to the nearest of 16 bits, ties to even", "[cuda][low]") {
  check_all(f16);
  check_all(bf16);
}

TEST_CASE("a tensor is rounded in the dtype that is asked for", "[cuda][low]") {
  const float values[] = {1, -2.5f};
  CHECK(to_low(values, INGOT_F16) == std::vector<std::uint16_t>{0x3C00, 0xC100});
  CHECK(to_low(values, INGOT_BF16) == std::vector<std::uint16_t>{0x3F80, 0xC020});
}
