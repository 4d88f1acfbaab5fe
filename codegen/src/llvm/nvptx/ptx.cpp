// PTX of a device program.
#include "ir/error.hpp"
#include "llvm/device_compile.hpp"
#include "llvm/machine.hpp"
#include "llvm/nvptx/device_module.hpp"

#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>

namespace ingot::codegen {

std::string ptx_text(const DevicePlan& plan) {
  const auto machine = make_device_machine(portable_device_target().sm);
  llvm::LLVMContext context;
  const auto module = make_device_module(context, plan, *machine);
  return emit_code(*module, *machine, CodeForm::assembly);
}

std::string canonical_text(const DevicePlan& plan) {
  std::string text(plan.device.name);
  text += " " + std::to_string(plan.batch) + " " + std::to_string(plan.call.scalars_offset) + "\n";
  for (const DeviceEntryPlan& e : plan.entries) {
    text += e.text;
    for (const DeviceLaunch* l : launches_with_code(e)) text += canonical_text(*l);
  }
  return text;
}

std::string device_llvm_text(const DevicePlan& plan) {
  const auto machine = make_device_machine(portable_device_target().sm);
  llvm::LLVMContext context;
  const auto module = make_device_module(context, plan, *machine);
  std::string text;
  llvm::raw_string_ostream out(text);
  module->print(out, nullptr);
  return text;
}

}  // namespace ingot::codegen
