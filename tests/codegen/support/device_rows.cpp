#include "codegen/support/device_rows.hpp"

#include "ir/error.hpp"
#include "ir/op_info.hpp"
#include "ir/rounding.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace ingot::test {

using namespace codegen;

namespace {

/// The bits of x as f16 or bf16, from what the number is worth.
std::uint16_t low_bits(DType t, double x) {
  const double rounded = round_to(t, x), magnitude = std::abs(rounded);
  if (t == DType::bf16) return static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(static_cast<float>(rounded)) >> 16);
  const int sign = std::signbit(rounded) ? 0x8000 : 0;
  if (std::isnan(rounded)) return 0x7E00;
  if (std::isinf(rounded)) return static_cast<std::uint16_t>(sign | 0x7C00);
  const int exponent = magnitude < 0x1p-14 ? -15 : std::ilogb(magnitude);
  const double fraction = exponent == -15 ? std::ldexp(magnitude, 24) : std::ldexp(magnitude, 10 - exponent) - 1024;
  return static_cast<std::uint16_t>(sign | (exponent + 15) << 10 | static_cast<int>(fraction));
}

}  // namespace

void put_values(std::byte* to, DType t, const Values& v) {
  for (std::size_t i = 0; i < v.size(); ++i) {
    const auto write = [&](auto x) { std::memcpy(to + i * sizeof x, &x, sizeof x); };
    if (t == DType::u8) write(static_cast<std::uint8_t>(v[i]));
    if (t == DType::i32) write(static_cast<std::int32_t>(v[i]));
    if (t == DType::f32) write(static_cast<float>(v[i]));
    if (t == DType::f64) write(v[i]);
    if (is_low(t)) write(low_bits(t, v[i]));
  }
}

Values get_values(const std::byte* from, std::size_t n) {
  std::vector<float> f(n);
  std::memcpy(f.data(), from, n * sizeof(float));
  return {f.begin(), f.end()};
}

std::size_t place_of_row(std::size_t r, std::size_t rows, bool indexed) { return indexed ? 2 * (rows - 1 - r) + 1 : r; }

std::vector<std::byte> spread_rows(const Values& dense, std::size_t rows, DType t, bool indexed) {
  const std::size_t width = dense.size() / rows;
  Values spread(dense.size() * (indexed ? 2 : 1), 77);
  for (std::size_t r = 0; r < rows; ++r)
    std::copy_n(dense.begin() + static_cast<std::ptrdiff_t>(r * width), width,
                spread.begin() + static_cast<std::ptrdiff_t>(place_of_row(r, rows, indexed) * width));
  std::vector<std::byte> bytes(spread.size() * dtype_size(t));
  put_values(bytes.data(), t, spread);
  return bytes;
}

const DeviceEntryPlan& find_entry(const DevicePlan& plan, Entry entry) {
  const auto e = std::find_if(plan.entries.begin(), plan.entries.end(), [&](const DeviceEntryPlan& p) { return p.entry == entry; });
  if (e == plan.entries.end()) throw InternalError("the device plan lacks that entry");
  return *e;
}

}  // namespace ingot::test
