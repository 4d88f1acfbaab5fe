// Device plan -> PTX, or the same kernels as x86 code for the emulator of the tests. No LLVM type is visible here.
#pragma once
#include "schedule/device/launch.hpp"

#include <memory>
#include <string>

struct ingot_emulated_image;  // ingot_device.h

namespace ingot::codegen {

/// All kernels of the plan as PTX 7.0 for sm_80 and later.
[[nodiscard]] std::string ptx_text(const DevicePlan& plan);
/// The optimized device IR that PTX is printed from.
[[nodiscard]] std::string device_llvm_text(const DevicePlan& plan);

/// An x86-64 object with the symbol `image_name`, an ingot_emulated_image: that device IR with calls in the place of what needs other
/// threads, and before every access of memory.
[[nodiscard]] std::string emulated_object(const DevicePlan& plan, const std::string& image_name);

/// The same, linked into this process, as long as the object lives.
class EmulatedDevice {
 public:
  virtual ~EmulatedDevice() = default;
  [[nodiscard]] virtual const ingot_emulated_image& image() const = 0;
};
[[nodiscard]] std::unique_ptr<EmulatedDevice> emulate_now(const DevicePlan& plan);

}  // namespace ingot::codegen
