#include "llvm/emit_program.hpp"

#include <ingot_abi.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

#include <algorithm>
#include <cstddef>
#include <functional>

namespace ingot::codegen {

namespace {

class RunEmitter {
 public:
  RunEmitter(llvm::Module& module, const EntrySchedule& schedule, const std::vector<std::string>& kernels, Marks marks)
      : m_(module),
        s_(schedule),
        kernels_(kernels),
        marks_(marks),
        c_(module.getContext()),
        b_(c_),
        pointer_(llvm::PointerType::get(c_, 0)) {}

  void emit(const std::string& name, const Target& target) {
    auto* i32 = b_.getInt32Ty();
    f_ = llvm::Function::Create(llvm::FunctionType::get(b_.getVoidTy(), {pointer_, i32, i32}, false), llvm::Function::ExternalLinkage, name,
                                m_);
    f_->addFnAttr(llvm::Attribute::NoUnwind);
    f_->addFnAttr("target-cpu", target.cpu);
    b_.SetInsertPoint(llvm::BasicBlock::Create(c_, "entry", f_));
    fill_tables();
    thread_ = b_.CreateZExt(f_->getArg(1), b_.getInt64Ty());
    threads_ = b_.CreateZExt(f_->getArg(2), b_.getInt64Ty());
    std::size_t first = 0;
    for (unsigned phase = 0; phase < s_.phases; ++phase) {
      std::size_t last = first;
      while (last < s_.kernels.size() && s_.kernels[last].phase == phase) ++last;
      if (phase > 0) meet();
      mark(INGOT_MARK_BEGIN);
      emit_phase(first, last);
      first = last;
    }
    b_.CreateRetVoid();
  }

 private:
  llvm::Value* field(std::size_t offset, llvm::Type* type) {
    return b_.CreateLoad(type, b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), f_->getArg(0), offset));
  }

  void fill_tables() {
    std::size_t slots = 0;
    for (const ScheduledKernel& k : s_.kernels) slots += k.buffers.size();
    auto* table = b_.CreateAlloca(pointer_, b_.getInt64(std::max<std::size_t>(slots, 1)));
    llvm::Value* state = field(offsetof(ingot_call, state), pointer_);
    llvm::Value* arena = field(offsetof(ingot_call, arena), pointer_);
    std::size_t slot = 0;
    for (const ScheduledKernel& k : s_.kernels) {
      tables_.push_back(b_.CreateConstInBoundsGEP1_64(pointer_, table, slot));
      for (int buffer : k.buffers) {
        const Buffer& b = s_.buffers[static_cast<std::size_t>(buffer)];
        llvm::Value* address = b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), b.state >= 0 ? state : arena, b.offset);
        b_.CreateStore(address, b_.CreateConstInBoundsGEP1_64(pointer_, table, slot++));
      }
    }
  }

  void meet() {
    auto* type = llvm::FunctionType::get(b_.getVoidTy(), {pointer_, b_.getInt32Ty()}, false);
    llvm::Value* barrier = field(offsetof(ingot_call, barrier), pointer_);
    b_.CreateCall(type, barrier, {field(offsetof(ingot_call, team), pointer_), f_->getArg(1)});
  }

  void mark(std::uint32_t kernel) {
    if (marks_ == Marks::none) return;
    auto* type = llvm::FunctionType::get(b_.getVoidTy(), {pointer_, b_.getInt32Ty(), b_.getInt32Ty()}, false);
    llvm::Value* mark = field(offsetof(ingot_call, mark), pointer_);
    b_.CreateCall(type, mark, {field(offsetof(ingot_call, profile), pointer_), f_->getArg(1), b_.getInt32(kernel)});
  }

  /// Thread t of n takes groups [t * G / n, (t + 1) * G / n): neighbours, so that what a group leaves in a cache is found again.
  void emit_phase(std::size_t first, std::size_t last) {
    std::int64_t groups = 1;
    for (std::size_t k = first; k < last; ++k) groups = std::max(groups, s_.kernels[k].kernel.groups);
    auto* total = b_.getInt64(static_cast<std::uint64_t>(groups));
    llvm::Value* begin = b_.CreateUDiv(b_.CreateMul(thread_, total), threads_);
    llvm::Value* end = b_.CreateUDiv(b_.CreateMul(b_.CreateAdd(thread_, b_.getInt64(1)), total), threads_);
    auto* before = b_.GetInsertBlock();
    auto* head = llvm::BasicBlock::Create(c_, "phase", f_);
    auto* exit = llvm::BasicBlock::Create(c_, "done", f_);
    b_.CreateCondBr(b_.CreateICmpULT(begin, end), head, exit);
    b_.SetInsertPoint(head);
    auto* group = b_.CreatePHI(b_.getInt64Ty(), 2);
    group->addIncoming(begin, before);
    for (std::size_t k = first; k < last; ++k) call_kernel(k, group, groups);
    auto* next = b_.CreateAdd(group, b_.getInt64(1));
    group->addIncoming(next, b_.GetInsertBlock());
    b_.CreateCondBr(b_.CreateICmpULT(next, end), head, exit);
    b_.SetInsertPoint(exit);
  }

  void call_kernel(std::size_t k, llvm::Value* group, std::int64_t phase_groups) {
    auto* type = llvm::FunctionType::get(b_.getVoidTy(), {pointer_, pointer_, b_.getInt64Ty()}, false);
    auto callee = m_.getOrInsertFunction(kernels_[k], type);
    const std::int64_t groups = s_.kernels[k].kernel.groups;
    const auto run = [&] {
      b_.CreateCall(callee, {f_->getArg(0), tables_[k], group});
      mark(static_cast<std::uint32_t>(k));
    };
    if (groups == phase_groups) {
      run();
      return;
    }
    auto* call = llvm::BasicBlock::Create(c_, "call", f_);
    auto* next = llvm::BasicBlock::Create(c_, "next", f_);
    b_.CreateCondBr(b_.CreateICmpULT(group, b_.getInt64(static_cast<std::uint64_t>(groups))), call, next);
    b_.SetInsertPoint(call);
    run();
    b_.CreateBr(next);
    b_.SetInsertPoint(next);
  }

  llvm::Module& m_;
  const EntrySchedule& s_;
  const std::vector<std::string>& kernels_;
  Marks marks_;
  llvm::LLVMContext& c_;
  llvm::IRBuilder<> b_;
  llvm::PointerType* pointer_;
  llvm::Function* f_ = nullptr;
  llvm::Value* thread_ = nullptr;
  llvm::Value* threads_ = nullptr;
  std::vector<llvm::Value*> tables_;
};

}  // namespace

void emit_run(llvm::Module& module, const EntrySchedule& schedule, const std::string& name, const std::vector<std::string>& kernels,
              const Target& target, Marks marks) {
  RunEmitter(module, schedule, kernels, marks).emit(name, target);
}

}  // namespace ingot::codegen
