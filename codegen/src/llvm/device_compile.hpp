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
/// A text that determines both: equal texts, equal code. Part of the cache key.
[[nodiscard]] std::string canonical_text(const DevicePlan& plan);

/// Code of a device program, as bytes.
struct DeviceCubin {
  int sm = 0;
  std::string bytes;
};
struct DeviceCode {
  std::string ptx;
  std::vector<DeviceCubin> cubins;
};

/// An x86-64 object for the linker: `<prefix>_ptx` (0-terminated), `<prefix>_sm_<n>` per cubin and, when `emulated`,
/// `<prefix>_emulated`, an ingot_emulated_image: the device IR with calls in the place of what needs other threads, and before
/// every access of memory.
[[nodiscard]] std::string device_object(const DevicePlan& plan, const std::string& prefix, const DeviceCode& code, bool emulated);

/// The emulated image alone, linked into this process, as long as the object lives.
class EmulatedDevice {
 public:
  virtual ~EmulatedDevice() = default;
  [[nodiscard]] virtual const ingot_emulated_image& image() const = 0;
};
[[nodiscard]] std::unique_ptr<EmulatedDevice> emulate_now(const DevicePlan& plan);

}  // namespace ingot::codegen
