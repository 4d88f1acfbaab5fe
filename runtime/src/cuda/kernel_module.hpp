// The kernels of a device program as the driver loaded them, and their launches.
#pragma once
#include "cuda/context.hpp"

#include <ingot_device.h>

#include <span>
#include <string>
#include <vector>

namespace ingot::runtime::cuda {

/// "kernel hidden_matmul of hidden.matmul (matmul add maximum)"
[[nodiscard]] std::string kernel_words(const ingot_device_launch& launch);

/// The image for a device of compute capability `sm` (major * 10 + minor): a cubin of the same major version, the newest, else PTX, the
/// newest that is not too new; emulated kernels for a device of capability 0. Null: none will do.
[[nodiscard]] const ingot_device_image* choose_image(std::span<const ingot_device_image> images, int sm);

class KernelModule {
 public:
  /// Throws MachineError: no image will do, the driver refuses it, a kernel is not in it, or wants more shared memory than there is.
  KernelModule(const Context& context, const ingot_device_program& program);

  [[nodiscard]] CUfunction function(const ingot_device_launch& launch) const;
  /// Enqueues the launch with its operands at these addresses. Throws MachineError that names the kernel and its ops.
  void launch(const ingot_device_launch& launch, std::span<const CUdeviceptr> operands, CUstream stream) const;

 private:
  void load(const ingot_device_image& image);
  CUfunction resolve(const ingot_device_launch& launch) const;

  const Context& context_;
  Module module_;
  struct Named {
    const ingot_device_launch* launch;
    CUfunction function;
  };
  std::vector<Named> functions_;  // sorted by launch
};

}  // namespace ingot::runtime::cuda
