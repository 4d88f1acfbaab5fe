// Device kernels as x86 code for the emulator: the optimized device module, in which everything that needs other threads, and every
// access of memory, is a call through the table of ingot_emulator (ingot_device.h). The arithmetic stays what ptxas gets to see.
#include "ir/error.hpp"
#include "llvm/nvptx/device_module.hpp"

#include <ingot_abi.h>
#include <ingot_device.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicsNVPTX.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/ReplaceConstant.h>
#include <llvm/Target/TargetMachine.h>

#include <cstddef>

namespace ingot::codegen {

namespace {

constexpr unsigned global_space = 1, shared_space = 3;  // of LLVM's NVPTX
constexpr unsigned most_words = 10;                     // of the operands of an mma

/// Rewrites one module in place.
class Emulation {
 public:
  explicit Emulation(llvm::Module& module) : module_(module), b_(module.getContext()), pointer_(b_.getPtrTy()) {}

  void run(const std::string& image_name) {
    auto* shared = module_.getNamedGlobal(shared_memory_name);
    llvm::convertUsersOfConstantsToInstructions({shared});
    std::vector<llvm::Function*> kernels;
    for (llvm::Function& f : module_)
      if (!f.isDeclaration()) kernels.push_back(&f);
    std::vector<llvm::Constant*> rows;
    for (llvm::Function* f : kernels) rows.push_back(kernel_row(convert(*f, shared), f->getName().str()));
    for (llvm::Function* f : kernels) f->eraseFromParent();
    shared->eraseFromParent();
    if (auto* annotations = module_.getNamedMetadata("nvvm.annotations")) annotations->eraseFromParent();
    add_image(image_name, rows);
  }

 private:
  using Value = llvm::Value;

  /// void kernel(const void* const* parameters, ingot_emulated_thread* self), with the body of `f`.
  llvm::Function* convert(llvm::Function& f, llvm::GlobalVariable* shared) {
    auto* type = llvm::FunctionType::get(b_.getVoidTy(), {pointer_, pointer_}, false);
    auto* kernel = llvm::Function::Create(type, llvm::Function::InternalLinkage, f.getName() + ".emulated", module_);
    kernel->splice(kernel->begin(), &f);
    kernel_name_ = f.getName().str();
    self_ = kernel->getArg(1);
    b_.SetInsertPoint(&kernel->getEntryBlock(), kernel->getEntryBlock().begin());
    emulator_ = field(offsetof(ingot_emulated_thread, emulator), pointer_);
    words_ = b_.CreateAlloca(llvm::ArrayType::get(b_.getInt32Ty(), most_words));
    for (auto& argument : f.args()) {
      Value* place = b_.CreateLoad(pointer_, b_.CreateConstInBoundsGEP1_64(pointer_, kernel->getArg(0), argument.getArgNo()));
      argument.replaceAllUsesWith(b_.CreateLoad(argument.getType(), place));
    }
    Value* memory = b_.CreateAddrSpaceCast(field(offsetof(ingot_emulated_thread, dynamic_shared), pointer_), shared->getType());
    shared->replaceUsesWithIf(memory, [&](const llvm::Use& u) {
      const auto* user = llvm::dyn_cast<llvm::Instruction>(u.getUser());
      return user != nullptr && user->getFunction() == kernel;
    });
    std::vector<llvm::Instruction*> work;
    for (llvm::Instruction& i : llvm::instructions(kernel)) work.push_back(&i);
    for (llvm::Instruction* i : work) convert(*i);
    return kernel;
  }

  void convert(llvm::Instruction& i) {
    b_.SetInsertPoint(&i);
    if (auto* load = llvm::dyn_cast<llvm::LoadInst>(&i)) {
      watch(*load, load->getPointerAddressSpace(), 0, load->getType(), llvm::LoadInst::getPointerOperandIndex());
    } else if (auto* store = llvm::dyn_cast<llvm::StoreInst>(&i)) {
      watch(*store, store->getPointerAddressSpace(), 1, store->getValueOperand()->getType(), llvm::StoreInst::getPointerOperandIndex());
    } else if (auto* call = llvm::dyn_cast<llvm::CallInst>(&i)) {
      convert_call(*call);
    }
  }

  void watch(llvm::Instruction& i, unsigned space, unsigned kind, llvm::Type* type, unsigned operand) {
    if (space != global_space && space != shared_space) return;
    const std::size_t hook = space == shared_space ? offsetof(ingot_emulator, shared_access) : offsetof(ingot_emulator, global_access);
    const auto bytes = static_cast<std::uint32_t>(module_.getDataLayout().getTypeStoreSize(type).getFixedValue());
    Value* address = b_.CreateAddrSpaceCast(i.getOperand(operand), pointer_);
    const std::string what = std::string(space == shared_space ? "shared" : "global") + (kind == 0 ? " load" : " store");
    i.setOperand(operand, call(hook, pointer_, {self_, site(what), b_.getInt32(kind), address, b_.getInt32(bytes)}));
  }

  void convert_call(llvm::CallInst& c) {
    const auto* callee = c.getCalledFunction();
    switch (callee != nullptr ? callee->getIntrinsicID() : llvm::Intrinsic::not_intrinsic) {
      case llvm::Intrinsic::nvvm_read_ptx_sreg_tid_x:
        return replace(c, field(offsetof(ingot_emulated_thread, thread), b_.getInt32Ty()));
      case llvm::Intrinsic::nvvm_read_ptx_sreg_ctaid_x:
        return replace(c, field(offsetof(ingot_emulated_thread, block), b_.getInt32Ty()));
      case llvm::Intrinsic::nvvm_barrier0:
        return replace(c, call(offsetof(ingot_emulator, barrier), b_.getVoidTy(), {self_, site("barrier")}));
      case llvm::Intrinsic::nvvm_shfl_sync_bfly_f32: {
        Value* word = b_.CreateBitCast(c.getArgOperand(1), b_.getInt32Ty());
        Value* got = call(offsetof(ingot_emulator, shuffle), b_.getInt32Ty(),
                          {self_, site("shuffle"), b_.getInt32(3), c.getArgOperand(0), word, c.getArgOperand(2), c.getArgOperand(3)});
        return replace(c, b_.CreateBitCast(got, b_.getFloatTy()));
      }
      case llvm::Intrinsic::nvvm_mma_m16n8k16_row_col_f32_f32:
        return convert_product(c, INGOT_F16);
      case llvm::Intrinsic::nvvm_mma_m16n8k16_row_col_bf16:
        return convert_product(c, INGOT_BF16);
      case llvm::Intrinsic::nvvm_ldmatrix_sync_aligned_m8n8_x4_b16:
        return convert_matrix_load(c, false);
      case llvm::Intrinsic::nvvm_ldmatrix_sync_aligned_m8n8_x4_trans_b16:
        return convert_matrix_load(c, true);
      case llvm::Intrinsic::nvvm_cp_async_ca_shared_global_4_s:
        return convert_copy(c, 4);
      case llvm::Intrinsic::nvvm_cp_async_ca_shared_global_8_s:
        return convert_copy(c, 8);
      case llvm::Intrinsic::nvvm_cp_async_cg_shared_global_16_s:
        return convert_copy(c, 16);
      case llvm::Intrinsic::nvvm_cp_async_commit_group:
        return replace(c, call(offsetof(ingot_emulator, commit_copies), b_.getVoidTy(), {self_, site("commit of copies")}));
      case llvm::Intrinsic::nvvm_cp_async_wait_group:
        return replace(
            c, call(offsetof(ingot_emulator, wait_for_copies), b_.getVoidTy(), {self_, site("wait for copies"), c.getArgOperand(0)}));
      default:
        if (callee != nullptr && callee->getName().starts_with("llvm.nvvm."))
          throw InternalError("the emulator has no form of " + callee->getName().str());
    }
  }

  /// Fragments go to the emulator and come back as words in memory.
  void convert_product(llvm::CallInst& c, std::uint32_t dtype) {
    for (unsigned i = 0; i < most_words; ++i) {
      llvm::Value* bits = b_.CreateBitCast(c.getArgOperand(i), b_.getInt32Ty());
      b_.CreateStore(bits, word(i));
    }
    call(offsetof(ingot_emulator, mma_16816), b_.getVoidTy(), {self_, site("mma"), b_.getInt32(dtype), words_});
    replace_by_words(c);
  }
  void convert_matrix_load(llvm::CallInst& c, bool transposed) {
    Value* row = b_.CreateAddrSpaceCast(c.getArgOperand(0), pointer_);
    call(offsetof(ingot_emulator, load_matrix), b_.getVoidTy(), {self_, site("ldmatrix"), b_.getInt32(transposed), row, words_});
    replace_by_words(c);
  }
  void replace_by_words(llvm::CallInst& c) {
    auto* type = llvm::cast<llvm::StructType>(c.getType());
    Value* four = llvm::PoisonValue::get(type);
    for (unsigned i = 0; i < type->getNumElements(); ++i)
      four = b_.CreateInsertValue(four, b_.CreateLoad(type->getElementType(i), word(i)), i);
    replace(c, four);
  }
  Value* word(unsigned i) { return b_.CreateConstInBoundsGEP1_64(b_.getInt32Ty(), words_, i); }

  void convert_copy(llvm::CallInst& c, std::uint32_t bytes) {
    Value *shared = b_.CreateAddrSpaceCast(c.getArgOperand(0), pointer_), *global = b_.CreateAddrSpaceCast(c.getArgOperand(1), pointer_);
    replace(c, call(offsetof(ingot_emulator, copy_async), b_.getVoidTy(),
                    {self_, site("copy"), shared, global, b_.getInt32(bytes), c.getArgOperand(2)}));
  }

  static void replace(llvm::CallInst& c, Value* by) {
    if (!c.getType()->isVoidTy()) c.replaceAllUsesWith(by);
    c.eraseFromParent();
  }

  Value* field(std::size_t offset, llvm::Type* type) {
    return b_.CreateLoad(type, b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), self_, offset));
  }
  Value* call(std::size_t hook, llvm::Type* result, const std::vector<Value*>& arguments) {
    std::vector<llvm::Type*> types;
    for (const Value* a : arguments) types.push_back(a->getType());
    Value* f = b_.CreateLoad(pointer_, b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), emulator_, hook));
    return b_.CreateCall(llvm::FunctionType::get(result, types, false), f, arguments);
  }
  Value* site(const std::string& what) {
    sites_.push_back(text(kernel_name_ + ": " + what + " " + std::to_string(sites_.size())));
    return b_.getInt32(static_cast<std::uint32_t>(sites_.size() - 1));
  }

  // ---- the tables of the image

  llvm::Constant* text(const std::string& s) { return b_.CreateGlobalStringPtr(s, "text", 0, &module_); }
  llvm::Constant* kernel_row(llvm::Function* f, const std::string& name) {
    return llvm::ConstantStruct::get(llvm::StructType::get(pointer_, pointer_), {text(name), f});
  }
  llvm::Constant* table(llvm::Type* row, const std::vector<llvm::Constant*>& rows) {
    auto* type = llvm::ArrayType::get(row, rows.size());
    return new llvm::GlobalVariable(module_, type, true, llvm::GlobalValue::InternalLinkage, llvm::ConstantArray::get(type, rows));
  }
  void add_image(const std::string& name, const std::vector<llvm::Constant*>& kernels) {
    llvm::Constant* image = llvm::ConstantStruct::getAnon({b_.getInt32(static_cast<std::uint32_t>(kernels.size())), b_.getInt32(0),
                                                           table(llvm::StructType::get(pointer_, pointer_), kernels),
                                                           table(pointer_, sites_), b_.getInt64(sites_.size())});
    new llvm::GlobalVariable(module_, image->getType(), true, llvm::GlobalValue::ExternalLinkage, image, name);
  }

  llvm::Module& module_;
  llvm::IRBuilder<> b_;
  llvm::PointerType* pointer_;
  std::string kernel_name_;
  Value *self_ = nullptr, *emulator_ = nullptr;  ///< of the kernel at hand
  Value* words_ = nullptr;                       ///< of the kernel at hand: room for the operands of a product
  std::vector<llvm::Constant*> sites_;
};

}  // namespace

void make_emulated(llvm::Module& module, const llvm::TargetMachine& host, const std::string& image_name) {
  Emulation(module).run(image_name);
  module.setTargetTriple(host.getTargetTriple().str());
  module.setDataLayout(host.createDataLayout());
  module.setPICLevel(llvm::PICLevel::BigPIC);
}

std::unique_ptr<llvm::Module> make_emulated_module(llvm::LLVMContext& context, const DevicePlan& plan, const llvm::TargetMachine& host,
                                                   const std::string& image_name) {
  const auto device = make_device_machine(portable_device_target().sm);
  auto module = make_device_module(context, plan, *device);
  make_emulated(*module, host, image_name);
  return module;
}

}  // namespace ingot::codegen
