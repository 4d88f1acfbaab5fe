// Ahead of time: all kernels of a program in one object.
#include "cache/content_hash.hpp"
#include "llvm/compile.hpp"
#include "llvm/dump.hpp"
#include "llvm/emit_program.hpp"
#include "llvm/emitter.hpp"
#include "llvm/machine.hpp"

#include <llvm/IR/Module.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>

#include <map>

namespace ingot::codegen {

std::string_view compiler_version() { return "ingot 0.1.0, kernels 3, LLVM " LLVM_VERSION_STRING; }

std::string_view entry_name(Entry e) {
  constexpr std::string_view names[] = {"train", "evaluate", "predict", "gradient"};
  return names[static_cast<int>(e)];
}

namespace {

void fill_module(llvm::Module& module, const ProgramPlan& plan, const std::string& p) {
  std::map<std::string, std::string> emitted;  // canonical text -> symbol: equal kernels of several entries are one
  for (const EntryPlan& entry : plan.entries) {
    std::vector<std::string> symbols;
    for (const ScheduledKernel& k : entry.schedule->kernels) {
      auto [known, fresh] = emitted.try_emplace(canonical_text(k.kernel), p + "_k" + std::to_string(emitted.size()));
      if (fresh) {
        KernelEmitter(module, k.kernel, known->second).emit();
        module.getFunction(known->second)->setLinkage(llvm::GlobalValue::InternalLinkage);
      }
      symbols.push_back(known->second);
    }
    emit_run(module, *entry.schedule, p + "_" + std::string(entry_name(entry.entry)), symbols, plan.target);
  }
  emit_pack(module, plan, p + "_pack", p + "_unpack");
}

}  // namespace

std::string compile_ahead(const ProgramPlan& plan, std::string_view prefix) {
  const auto machine = make_machine(plan.target);
  llvm::LLVMContext context;
  const auto module = make_module(context, *machine, std::string(prefix));
  fill_module(*module, plan, std::string(prefix));
  return emit_code(*module, *machine, CodeForm::object);
}

std::string assembly_text(const ProgramPlan& plan) {
  const auto machine = make_machine(plan.target);
  llvm::LLVMContext context;
  const auto module = make_module(context, *machine, "program");
  fill_module(*module, plan, "program");
  return emit_code(*module, *machine, CodeForm::assembly);
}

std::string llvm_text(const ProgramPlan& plan) {
  const auto machine = make_machine(plan.target);
  llvm::LLVMContext context;
  const auto module = make_module(context, *machine, "program");
  fill_module(*module, plan, "program");
  std::string text;
  llvm::raw_string_ostream out(text);
  module->print(out, nullptr);
  return text;
}

}  // namespace ingot::codegen
