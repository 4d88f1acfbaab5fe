// All kernels of a device program as one LLVM module for NVPTX.
#pragma once
#include "schedule/device/launch.hpp"

#include <memory>

namespace llvm {
class LLVMContext;
class Module;
class TargetMachine;
}  // namespace llvm

namespace ingot::codegen {

/// The block's shared memory in the module: its size is an argument of the launch.
inline constexpr const char* shared_memory_name = "ingot_shared";

/// LLVM's NVPTX machine for compute capability `sm` (80 or later). Its assembler text is PTX 7.0 for sm_80.
[[nodiscard]] std::unique_ptr<llvm::TargetMachine> make_device_machine(int sm);

/// Emitted, checked and optimized. Throws InternalError with LLVM's words when the module is not valid, or calls an intrinsic that
/// NVPTX has no code for, which would end the process later.
[[nodiscard]] std::unique_ptr<llvm::Module> make_device_module(llvm::LLVMContext& context, const DevicePlan& plan,
                                                               llvm::TargetMachine& machine);

/// The same module as x86 code for `host`, with `image_name`, an ingot_emulated_image (ingot_device.h): what needs other threads, and
/// every access of memory, is a call through the emulator's table. The arithmetic stays what ptxas gets to see.
[[nodiscard]] std::unique_ptr<llvm::Module> make_emulated_module(llvm::LLVMContext& context, const DevicePlan& plan,
                                                                 const llvm::TargetMachine& host, const std::string& image_name);

}  // namespace ingot::codegen
