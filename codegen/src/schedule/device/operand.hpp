// Where what a launch reads and writes lies on a device.
#pragma once
#include <cstdint>

namespace ingot::codegen {

/// Values as ingot_device_space (ingot_device.h).
enum class DeviceSpace : std::uint8_t { state, arena, call, index, input, target, output, metrics };
struct DeviceOperand {
  DeviceSpace space = DeviceSpace::arena;
  int number = 0;            ///< of the input, target or output
  std::uint64_t offset = 0;  ///< bytes from the base of the space
  bool written = false;
  bool operator==(const DeviceOperand& o) const { return space == o.space && number == o.number && offset == o.offset; }
};

}  // namespace ingot::codegen
