// All kernels of a device program as one LLVM module for NVPTX.
#pragma once
#include "llvm/device_compile.hpp"

#include <memory>

namespace llvm {
class Function;
class LLVMContext;
class Module;
class TargetMachine;
}  // namespace llvm

namespace ingot::codegen {

/// The block's shared memory in the module: its size is an argument of the launch.
inline constexpr const char* shared_memory_name = "ingot_shared";

/// LLVM's NVPTX machine for compute capability `sm` (80 or later). Its assembler text is PTX 7.0 for sm_80.
[[nodiscard]] std::unique_ptr<llvm::TargetMachine> make_device_machine(int sm);

/// A module of device code without kernels, which has the block's shared memory in address space 3.
[[nodiscard]] std::unique_ptr<llvm::Module> begin_device_module(llvm::LLVMContext& context, llvm::TargetMachine& machine);
/// A kernel without a body, of blocks of block_threads threads, whose `operands` parameters are addresses in global memory.
[[nodiscard]] llvm::Function* begin_kernel(llvm::Module& module, const std::string& symbol, std::size_t operands);
/// Checks and optimizes the module. Throws InternalError with LLVM's words when it is not valid, or calls an intrinsic that NVPTX has no
/// code for, which would end the process later.
void finish_device_module(llvm::Module& module, llvm::TargetMachine& machine);

/// The kernels of the plan, finished.
[[nodiscard]] std::unique_ptr<llvm::Module> make_device_module(llvm::LLVMContext& context, const DevicePlan& plan,
                                                               llvm::TargetMachine& machine);

/// A finished module becomes x86 code for `host`, with `image_name`, an ingot_emulated_image (ingot_device.h): what needs other threads,
/// and every access of memory, is a call through the emulator's table. The arithmetic stays what ptxas gets to see.
void make_emulated(llvm::Module& module, const llvm::TargetMachine& host, const std::string& image_name);
/// A finished module in that form, linked into this process; the module is used up.
[[nodiscard]] std::unique_ptr<EmulatedDevice> emulate_module(llvm::Module& module);
/// The plan's kernels in that form.
[[nodiscard]] std::unique_ptr<llvm::Module> make_emulated_module(llvm::LLVMContext& context, const DevicePlan& plan,
                                                                 const llvm::TargetMachine& host, const std::string& image_name);

}  // namespace ingot::codegen
