#include "llvm/machine.hpp"

#include "ir/error.hpp"

#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Verifier.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>

#include <mutex>

namespace ingot::codegen {

namespace {

/// LLVM offers these two only as options of its command line.
void set_option(llvm::StringRef name, bool value) {
  const auto& options = llvm::cl::getRegisteredOptions();
  if (const auto found = options.find(name); found != options.end()) static_cast<llvm::cl::opt<bool>*>(found->second)->setValue(value);
}

}  // namespace

void initialize_llvm() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    // Addresses are already strength-reduced and tiles already in order of execution: a fifth of the compile time, no gain.
    set_option("disable-lsr", true);
    set_option("enable-misched", false);
  });
}

std::unique_ptr<llvm::TargetMachine> make_machine(const Target& target) {
  initialize_llvm();
  const std::string triple = "x86_64-unknown-linux-gnu";
  std::string error;
  const llvm::Target* t = llvm::TargetRegistry::lookupTarget(triple, error);
  if (t == nullptr) throw InternalError("LLVM has no x86-64 target: " + error);
  // `Less` without an IR pipeline: the modules are small and already vectorised, so passes cost more than they gain.
  return std::unique_ptr<llvm::TargetMachine>(
      t->createTargetMachine(triple, target.cpu, target.features, {}, llvm::Reloc::PIC_, std::nullopt, llvm::CodeGenOptLevel::Less));
}

std::unique_ptr<llvm::Module> make_module(llvm::LLVMContext& context, const llvm::TargetMachine& machine, const std::string& name) {
  auto m = std::make_unique<llvm::Module>(name, context);
  m->setTargetTriple(machine.getTargetTriple().str());
  m->setDataLayout(machine.createDataLayout());
  m->setPICLevel(llvm::PICLevel::BigPIC);
  return m;
}

std::string emit_code(llvm::Module& module, llvm::TargetMachine& machine, CodeForm form) {
  std::string words;
  llvm::raw_string_ostream stream(words);
  if (llvm::verifyModule(module, &stream))
    throw InternalError("generated code of " + module.getModuleIdentifier() + " is not valid: " + stream.str());
  llvm::SmallVector<char, 0> object;
  llvm::raw_svector_ostream out(object);
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, out, nullptr,
                                  form == CodeForm::object ? llvm::CodeGenFileType::ObjectFile : llvm::CodeGenFileType::AssemblyFile, true))
    throw InternalError("LLVM cannot write objects for this target");
  passes.run(module);
  return {object.begin(), object.end()};
}

}  // namespace ingot::codegen
