// LLVM's target machine for a Target, and a module turned into an object with it.
#pragma once
#include "schedule/target.hpp"

#include <memory>
#include <string>

namespace llvm {
class LLVMContext;
class Module;
class TargetMachine;
}  // namespace llvm

namespace ingot::codegen {

/// Registers the x86 back end; repeated calls do nothing.
void initialize_llvm();
[[nodiscard]] std::unique_ptr<llvm::TargetMachine> make_machine(const Target& target);
/// An empty module with triple and data layout of the machine.
[[nodiscard]] std::unique_ptr<llvm::Module> make_module(llvm::LLVMContext& context, const llvm::TargetMachine& machine,
                                                        const std::string& name);
enum class CodeForm { object, assembly };
/// Verifies the module and generates code for it. Throws InternalError with the verifier's words.
[[nodiscard]] std::string emit_code(llvm::Module& module, llvm::TargetMachine& machine, CodeForm form);

}  // namespace ingot::codegen
