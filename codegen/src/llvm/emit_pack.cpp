// Canonical tensors to panels and back: one loop nest over a table of extents, not one per tensor.
#include "llvm/emit_program.hpp"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

#include <functional>

namespace ingot::codegen {

namespace {

constexpr unsigned table_columns = 5;  // byte offset in the state block, rows, columns, allocated rows, panel width

llvm::GlobalVariable* emit_table(llvm::Module& m, const ProgramPlan& plan, const std::string& name) {
  const Graph& g = plan.graph();
  std::vector<std::uint64_t> numbers;
  for (std::size_t i = 0; i < g.states.size(); ++i) {
    const StateInfo& s = g.states[i];
    const Layout l = make_layout({s.dtype, false, s.rows(), s.cols()}, plan.batch, plan.target);
    for (std::uint64_t v : {plan.state_offsets[i], static_cast<std::uint64_t>(s.rows()), static_cast<std::uint64_t>(s.cols()),
                            static_cast<std::uint64_t>(l.rows), static_cast<std::uint64_t>(l.width)})
      numbers.push_back(v);
  }
  auto* data = llvm::ConstantDataArray::get(m.getContext(), numbers);
  return new llvm::GlobalVariable(m, data->getType(), true, llvm::GlobalValue::PrivateLinkage, data, name + "_table");
}

class PackEmitter {
 public:
  PackEmitter(llvm::Module& m, llvm::GlobalVariable* table, DType dtype)
      : m_(m), c_(m.getContext()), b_(c_), table_(table), element_(dtype == DType::f64 ? b_.getDoubleTy() : b_.getFloatTy()) {}

  void emit(const std::string& name, bool pack) {
    auto* pointer = llvm::PointerType::get(c_, 0);
    f_ = llvm::Function::Create(llvm::FunctionType::get(b_.getVoidTy(), {pointer, b_.getInt32Ty(), pointer}, false),
                                llvm::Function::ExternalLinkage, name, m_);
    f_->addFnAttr(llvm::Attribute::NoUnwind);
    b_.SetInsertPoint(llvm::BasicBlock::Create(c_, "entry", f_));
    auto* first = b_.CreateMul(b_.CreateZExt(f_->getArg(1), b_.getInt64Ty()), b_.getInt64(table_columns));
    const auto number = [&](unsigned column) {
      return b_.CreateLoad(b_.getInt64Ty(), b_.CreateInBoundsGEP(b_.getInt64Ty(), table_, b_.CreateAdd(first, b_.getInt64(column))));
    };
    auto* base = b_.CreateInBoundsGEP(b_.getInt8Ty(), f_->getArg(0), number(0));
    auto* rows = number(1);
    auto* cols = number(2);
    auto* stride = b_.CreateMul(number(3), number(4));
    auto* width = number(4);
    loop(rows, [&](llvm::Value* r) {
      loop(cols, [&](llvm::Value* c) {
        auto* at =
            b_.CreateAdd(b_.CreateMul(b_.CreateUDiv(c, width), stride), b_.CreateAdd(b_.CreateMul(r, width), b_.CreateURem(c, width)));
        auto* panel = b_.CreateInBoundsGEP(element_, base, at);
        auto* canonical = b_.CreateInBoundsGEP(element_, f_->getArg(2), b_.CreateAdd(b_.CreateMul(r, cols), c));
        b_.CreateStore(b_.CreateLoad(element_, pack ? canonical : panel), pack ? panel : canonical);
      });
    });
    b_.CreateRetVoid();
  }

 private:
  void loop(llvm::Value* count, const std::function<void(llvm::Value*)>& body) {
    auto* before = b_.GetInsertBlock();
    auto* head = llvm::BasicBlock::Create(c_, "loop", f_);
    auto* exit = llvm::BasicBlock::Create(c_, "next", f_);
    b_.CreateBr(head);
    b_.SetInsertPoint(head);
    auto* i = b_.CreatePHI(b_.getInt64Ty(), 2);
    i->addIncoming(b_.getInt64(0), before);
    body(i);
    auto* next = b_.CreateAdd(i, b_.getInt64(1));
    i->addIncoming(next, b_.GetInsertBlock());
    b_.CreateCondBr(b_.CreateICmpULT(next, count), head, exit);
    b_.SetInsertPoint(exit);
  }

  llvm::Module& m_;
  llvm::LLVMContext& c_;
  llvm::IRBuilder<> b_;
  llvm::GlobalVariable* table_;
  llvm::Type* element_;
  llvm::Function* f_ = nullptr;
};

}  // namespace

void emit_pack(llvm::Module& module, const ProgramPlan& plan, const std::string& pack_name, const std::string& unpack_name) {
  auto* table = emit_table(module, plan, pack_name);
  PackEmitter(module, table, plan.dtype).emit(pack_name, true);
  PackEmitter(module, table, plan.dtype).emit(unpack_name, false);
}

}  // namespace ingot::codegen
