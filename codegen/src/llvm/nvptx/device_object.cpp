// Objects that carry device code: images as data for the linker, and emulated kernels, ahead of time or in this process.
#include "ir/error.hpp"
#include "llvm/device_compile.hpp"
#include "llvm/machine.hpp"
#include "llvm/nvptx/device_module.hpp"
#include "schedule/target.hpp"

#include <ingot_device.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Target/TargetMachine.h>

namespace ingot::codegen {

namespace {

constexpr const char* host_target = "x86-64-v3";  // of emulated kernels and of objects that only hold data

void add_bytes(llvm::Module& module, const std::string& symbol, const std::string& bytes, bool ends_in_zero) {
  auto* data = llvm::ConstantDataArray::getString(module.getContext(), bytes, ends_in_zero);
  auto* global = new llvm::GlobalVariable(module, data->getType(), true, llvm::GlobalValue::ExternalLinkage, data, symbol);
  global->setAlignment(llvm::Align(64));
}

class OrcImage final : public EmulatedDevice {
 public:
  OrcImage(llvm::Module& module, llvm::TargetMachine& host) {
    initialize_llvm();
    auto jit = llvm::orc::LLJITBuilder().create();
    if (!jit) throw InternalError("starting the just-in-time compiler: " + llvm::toString(jit.takeError()));
    jit_ = std::move(*jit);
    const std::string name = "ingot_emulated_device";
    make_emulated(module, host, name);
    const std::string object = emit_code(module, host, CodeForm::object);
    if (auto error = jit_->addObjectFile(llvm::MemoryBuffer::getMemBufferCopy(object, name)))
      throw InternalError("loading emulated kernels: " + llvm::toString(std::move(error)));
    auto symbol = jit_->lookup(name);
    if (!symbol) throw InternalError("linking emulated kernels: " + llvm::toString(symbol.takeError()));
    image_ = symbol->toPtr<const ingot_emulated_image*>();
  }
  const ingot_emulated_image& image() const override { return *image_; }

 private:
  std::unique_ptr<llvm::orc::LLJIT> jit_;
  const ingot_emulated_image* image_ = nullptr;
};

}  // namespace

std::string device_object(const DevicePlan& plan, const std::string& prefix, const DeviceCode& code, bool emulated) {
  const auto host = make_machine(make_target(host_target));
  llvm::LLVMContext context;
  const auto module = emulated ? make_emulated_module(context, plan, *host, prefix + "_emulated") : make_module(context, *host, prefix);
  add_bytes(*module, prefix + "_ptx", code.ptx, true);
  for (const DeviceCubin& c : code.cubins) add_bytes(*module, prefix + "_sm_" + std::to_string(c.sm), c.bytes, false);
  return emit_code(*module, *host, CodeForm::object);
}

std::unique_ptr<EmulatedDevice> emulate_module(llvm::Module& module) {
  const auto host = make_machine(make_target(host_target));
  return std::make_unique<OrcImage>(module, *host);
}

std::unique_ptr<EmulatedDevice> emulate_now(const DevicePlan& plan) {
  const auto device = make_device_machine(portable_device_target().sm);
  llvm::LLVMContext context;
  return emulate_module(*make_device_module(context, plan, *device));
}

}  // namespace ingot::codegen
