#include "codegen/support/device_rows.hpp"

#include "ir/error.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace ingot::test {

using namespace codegen;

void put_values(std::byte* to, DType t, const Values& v) {
  for (std::size_t i = 0; i < v.size(); ++i) {
    const auto write = [&](auto x) { std::memcpy(to + i * sizeof x, &x, sizeof x); };
    if (t == DType::u8) write(static_cast<std::uint8_t>(v[i]));
    if (t == DType::i32) write(static_cast<std::int32_t>(v[i]));
    if (t == DType::f32) write(static_cast<float>(v[i]));
    if (t == DType::f64) write(v[i]);
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
