#include "schedule/device/device_target.hpp"

#include "ir/error.hpp"

#include <array>

namespace ingot::codegen {

namespace {

constexpr int kib = 1024;
constexpr std::array<DeviceTarget, 4> rows{{
    {"sm_80", 80, 108, 163 * kib, 164 * kib, 65536, 2048, 1.56e6, 90e3, 312e6, 19.5e6},   // A100, 1.41 GHz
    {"sm_90", 90, 132, 227 * kib, 228 * kib, 65536, 2048, 3.35e6, 127e3, 989e6, 67e6},    // H100, H200, 1.98 GHz
    {"sm_100", 100, 148, 227 * kib, 228 * kib, 65536, 2048, 8.0e6, 126e3, 2250e6, 75e6},  // B200, 1.97 GHz
    {"sm_120", 120, 170, 99 * kib, 100 * kib, 65536, 1536, 1.79e6, 154e3, 209e6, 105e6},  // RTX 5090, 2.41 GHz
}};

}  // namespace

std::span<const DeviceTarget> device_targets() { return rows; }

const DeviceTarget& find_device_target(std::string_view name) {
  for (const DeviceTarget& row : rows)
    if (row.name == name) return row;
  throw UserError("unknown device '" + std::string(name) + "': use sm_80, sm_90, sm_100 or sm_120");
}

const DeviceTarget& portable_device_target() { return rows.front(); }

bool names_emulated_device(std::string_view target) { return target == "cuda-emulated"; }
bool names_device(std::string_view target) { return target == "cuda" || target.starts_with("cuda:") || names_emulated_device(target); }

const DeviceTarget* named_device(std::string_view target) {
  const std::size_t colon = target.find(':');
  return colon == std::string_view::npos ? nullptr : &find_device_target(target.substr(colon + 1));
}

std::string microseconds_text(double us) {
  const auto tenths = static_cast<long long>(us * 10 + 0.5);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

Target dense_target(const DeviceTarget& device) {
  Target t;
  t.name = "cuda:" + std::string(device.name);
  t.cpu = device.name;
  t.vector_bytes = 16;
  t.dense = true;
  return t;
}

}  // namespace ingot::codegen
