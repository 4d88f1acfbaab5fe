// A device on which arithmetic is all that takes time: there every product that a library can do is the library's.
#pragma once
#include "schedule/device/device_target.hpp"

namespace ingot::test {

inline codegen::DeviceTarget slow_device() {
  codegen::DeviceTarget device = codegen::portable_device_target();
  device.tensor_flops_per_us = device.float_flops_per_us = 1;
  return device;
}

}  // namespace ingot::test
