#include "llvm/nvptx/device_module.hpp"

#include "ir/error.hpp"
#include "llvm/nvptx/part_emitter.hpp"

#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/DiagnosticPrinter.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicsNVPTX.h>
#include <llvm/IR/Verifier.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/LICM.h>
#include <llvm/Transforms/Scalar/LoopPassManager.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>

#include <algorithm>
#include <mutex>

namespace ingot::codegen {

namespace {

/// What emission and the passes below use. With no code for it in the NVPTX back end, a call of any other ends the process.
constexpr llvm::Intrinsic::ID known_intrinsics[] = {
    llvm::Intrinsic::fma,
    llvm::Intrinsic::sqrt,
    llvm::Intrinsic::fabs,
    llvm::Intrinsic::rint,
    llvm::Intrinsic::copysign,
    llvm::Intrinsic::umin,
    llvm::Intrinsic::umax,
    llvm::Intrinsic::smin,
    llvm::Intrinsic::smax,
    llvm::Intrinsic::uadd_sat,
    llvm::Intrinsic::usub_sat,
    llvm::Intrinsic::nvvm_barrier0,
    llvm::Intrinsic::nvvm_cp_async_ca_shared_global_4_s,
    llvm::Intrinsic::nvvm_cp_async_ca_shared_global_8_s,
    llvm::Intrinsic::nvvm_cp_async_cg_shared_global_16_s,
    llvm::Intrinsic::nvvm_cp_async_commit_group,
    llvm::Intrinsic::nvvm_cp_async_wait_group,
    llvm::Intrinsic::nvvm_ldmatrix_sync_aligned_m8n8_x4_b16,
    llvm::Intrinsic::nvvm_ldmatrix_sync_aligned_m8n8_x4_trans_b16,
    llvm::Intrinsic::nvvm_mma_m16n8k16_row_col_bf16,
    llvm::Intrinsic::nvvm_mma_m16n8k16_row_col_f32_f32,
    llvm::Intrinsic::nvvm_shfl_sync_bfly_f32,
    llvm::Intrinsic::nvvm_read_ptx_sreg_tid_x,
    llvm::Intrinsic::nvvm_read_ptx_sreg_ctaid_x,
};

/// LLVM's errors become exceptions instead of the end of the process.
struct Diagnostics final : llvm::DiagnosticHandler {
  bool handleDiagnostics(const llvm::DiagnosticInfo& info) override {
    if (info.getSeverity() != llvm::DS_Error) return true;
    std::string words;
    llvm::raw_string_ostream out(words);
    llvm::DiagnosticPrinterRawOStream printer(out);
    info.print(printer);
    throw InternalError("code for a device: " + words);
  }
};

void annotate(llvm::Function& kernel, const char* what, int value) {
  llvm::LLVMContext& c = kernel.getContext();
  auto* number = llvm::ConstantAsMetadata::get(llvm::ConstantInt::get(llvm::Type::getInt32Ty(c), static_cast<unsigned>(value)));
  kernel.getParent()
      ->getOrInsertNamedMetadata("nvvm.annotations")
      ->addOperand(llvm::MDNode::get(c, {llvm::ValueAsMetadata::get(&kernel), llvm::MDString::get(c, what), number}));
}

void emit_launch(llvm::Module& module, const DeviceLaunch& launch, const CallBlock& call) {
  llvm::LLVMContext& c = module.getContext();
  llvm::IRBuilder<> b(c);
  llvm::Function* f = begin_kernel(module, launch.symbol, launch.operands.size());
  // Buffers that live in one phase do not overlap, and each is one operand.
  for (unsigned i = 0; i < launch.operands.size(); ++i) {
    f->addParamAttr(i, llvm::Attribute::NoAlias);
    f->addParamAttr(i, llvm::Attribute::getWithAlignment(c, llvm::Align(launch.operands[i].space == DeviceSpace::metrics ? 4 : 16)));
    if (!launch.operands[i].written) f->addParamAttr(i, llvm::Attribute::ReadOnly);
  }
  // Left alone, ptxas spills a register or two of these kernels for one block more on a multiprocessor.
  const auto on_tensor_cores = [](const LaunchPart& p) { return p.shape == DeviceShape::matrix_tiles; };
  if (std::any_of(launch.parts.begin(), launch.parts.end(), on_tensor_cores)) annotate(*f, "minctasm", 1);

  LaunchFrame frame;
  frame.function = f;
  frame.call = call;
  frame.shared = module.getNamedGlobal(shared_memory_name);
  for (auto& argument : f->args()) frame.operands.push_back(&argument);
  auto* dispatch = llvm::BasicBlock::Create(c, "dispatch", f);
  auto* exit = llvm::BasicBlock::Create(c, "exit");
  b.SetInsertPoint(dispatch);
  frame.thread = b.CreateIntrinsic(llvm::Intrinsic::nvvm_read_ptx_sreg_tid_x, {}, {});
  frame.block = b.CreateIntrinsic(llvm::Intrinsic::nvvm_read_ptx_sreg_ctaid_x, {}, {});
  for (std::size_t p = 0; p < launch.parts.size(); ++p) {
    auto* entry = llvm::BasicBlock::Create(c, "part", f);
    if (p + 1 == launch.parts.size()) {
      b.CreateBr(entry);
    } else {
      dispatch = llvm::BasicBlock::Create(c, "dispatch", f);
      const int end = launch.parts[p + 1].first_block;
      b.CreateCondBr(b.CreateICmpULT(frame.block, b.getInt32(static_cast<unsigned>(end))), entry, dispatch);
    }
    PartEmitter(module, launch.parts[p], frame).emit(entry, exit);
    b.SetInsertPoint(dispatch);
  }
  exit->insertInto(f);
  b.SetInsertPoint(exit);
  b.CreateRetVoid();
}

void check_intrinsics(const llvm::Module& module) {
  for (const llvm::Function& f : module) {
    if (!f.isDeclaration()) continue;
    if (std::find(std::begin(known_intrinsics), std::end(known_intrinsics), f.getIntrinsicID()) == std::end(known_intrinsics))
      throw InternalError("code for a device calls " + f.getName().str() + ", which NVPTX has no code for");
  }
}

/// Few passes: they make the text shorter and hoist what does not change in a loop; ptxas does the rest.
void optimize(llvm::Module& module, llvm::TargetMachine& machine) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::FunctionPassManager passes;
  passes.addPass(llvm::EarlyCSEPass(true));
  passes.addPass(llvm::InstCombinePass());
  passes.addPass(llvm::SimplifyCFGPass());
  passes.addPass(llvm::createFunctionToLoopPassAdaptor(llvm::LICMPass(llvm::LICMOptions()), true));
  llvm::ModulePassManager all;
  all.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(passes)));
  all.run(module, modules);
}

void verify_module(const llvm::Module& module) {
  std::string words;
  llvm::raw_string_ostream stream(words);
  if (llvm::verifyModule(module, &stream))
    throw InternalError("generated code of " + module.getModuleIdentifier() + " is not valid: " + stream.str());
}

}  // namespace

std::unique_ptr<llvm::TargetMachine> make_device_machine(int sm) {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeNVPTXTargetInfo();
    LLVMInitializeNVPTXTarget();
    LLVMInitializeNVPTXTargetMC();
    LLVMInitializeNVPTXAsmPrinter();
  });
  const std::string triple = "nvptx64-nvidia-cuda";
  std::string error;
  const llvm::Target* t = llvm::TargetRegistry::lookupTarget(triple, error);
  if (t == nullptr) throw InternalError("LLVM has no NVPTX target: " + error);
  return std::unique_ptr<llvm::TargetMachine>(
      t->createTargetMachine(triple, "sm_" + std::to_string(sm), "+ptx70", {}, std::nullopt, std::nullopt, llvm::CodeGenOptLevel::Default));
}

std::unique_ptr<llvm::Module> begin_device_module(llvm::LLVMContext& context, llvm::TargetMachine& machine) {
  context.setDiagnosticHandler(std::make_unique<Diagnostics>());
  auto module = std::make_unique<llvm::Module>("device", context);
  module->setTargetTriple(machine.getTargetTriple().str());
  module->setDataLayout(machine.createDataLayout());
  auto* floats = llvm::ArrayType::get(llvm::Type::getFloatTy(context), 0);
  auto* shared = new llvm::GlobalVariable(*module, floats, false, llvm::GlobalValue::ExternalLinkage, nullptr, shared_memory_name, nullptr,
                                          llvm::GlobalValue::NotThreadLocal, 3);
  shared->setAlignment(llvm::Align(16));
  return module;
}

llvm::Function* begin_kernel(llvm::Module& module, const std::string& symbol, std::size_t operands) {
  llvm::LLVMContext& c = module.getContext();
  llvm::IRBuilder<> b(c);
  const std::vector<llvm::Type*> parameters(operands, llvm::PointerType::get(c, 1));
  auto* f =
      llvm::Function::Create(llvm::FunctionType::get(b.getVoidTy(), parameters, false), llvm::Function::ExternalLinkage, symbol, module);
  f->setCallingConv(llvm::CallingConv::PTX_Kernel);
  f->addFnAttr(llvm::Attribute::NoUnwind);
  annotate(*f, "kernel", 1);
  annotate(*f, "maxntidx", block_threads);
  return f;
}

void finish_device_module(llvm::Module& module, llvm::TargetMachine& machine) {
  verify_module(module);
  optimize(module, machine);
  verify_module(module);
  check_intrinsics(module);
}

std::unique_ptr<llvm::Module> make_device_module(llvm::LLVMContext& context, const DevicePlan& plan, llvm::TargetMachine& machine) {
  auto module = begin_device_module(context, machine);
  for (const DeviceEntryPlan& e : plan.entries)
    for (const DeviceLaunch* l : launches_with_code(e))
      if (module->getFunction(l->symbol) == nullptr) emit_launch(*module, *l, plan.call);
  finish_device_module(*module, machine);
  return module;
}

}  // namespace ingot::codegen
