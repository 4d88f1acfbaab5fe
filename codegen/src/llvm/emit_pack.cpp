// Canonical tensors to panels and back: one loop nest over a table of extents, not one per tensor.
#include "llvm/emit_program.hpp"
#include "llvm/low_types.hpp"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

#include <functional>

namespace ingot::codegen {

namespace {

// byte offset in the state block, rows, columns, allocated rows, panel width, byte offset of the mirror (0: none)
constexpr unsigned table_columns = 6;

llvm::GlobalVariable* emit_table(llvm::Module& m, const ProgramPlan& plan, const std::string& name) {
  const Graph& g = plan.graph();
  std::vector<std::uint64_t> numbers;
  for (std::size_t i = 0; i < g.states.size(); ++i) {
    const StateInfo& s = g.states[i];
    const Layout l = make_layout({s.dtype, false, s.rows(), s.cols()}, plan.batch, plan.target);
    std::uint64_t mirror = 0;
    for (const Mirror& copy : plan.mirrors)
      if (copy.state == static_cast<std::int32_t>(i)) mirror = copy.offset;
    for (std::uint64_t v : {plan.state_offsets[i], static_cast<std::uint64_t>(s.rows()), static_cast<std::uint64_t>(s.cols()),
                            static_cast<std::uint64_t>(l.rows), static_cast<std::uint64_t>(l.width), mirror})
      numbers.push_back(v);
  }
  auto* data = llvm::ConstantDataArray::get(m.getContext(), numbers);
  return new llvm::GlobalVariable(m, data->getType(), true, llvm::GlobalValue::PrivateLinkage, data, name + "_table");
}

class PackEmitter {
 public:
  PackEmitter(llvm::Module& m, llvm::GlobalVariable* table, const ProgramPlan& plan)
      : plan_(plan),
        m_(m),
        c_(m.getContext()),
        b_(c_),
        table_(table),
        element_(plan.dtype == DType::f64 ? b_.getDoubleTy() : b_.getFloatTy()) {}

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
    if (!plan_.target.features.empty()) f_->addFnAttr("target-features", plan_.target.features);
    auto* base = b_.CreateInBoundsGEP(b_.getInt8Ty(), f_->getArg(0), number(0));
    auto* rows = number(1);
    auto* cols = number(2);
    auto* panel_rows = number(3);
    auto* width = number(4);
    auto* stride = b_.CreateMul(panel_rows, width);
    loop(rows, [&](llvm::Value* r) {
      loop(cols, [&](llvm::Value* c) {
        auto* panel_begin = b_.CreateMul(b_.CreateUDiv(c, width), stride);
        auto* row = b_.CreateMul(r, width);
        auto* at = b_.CreateAdd(panel_begin, b_.CreateAdd(row, b_.CreateURem(c, width)));
        auto* panel = b_.CreateInBoundsGEP(element_, base, at);
        auto* canonical = b_.CreateInBoundsGEP(element_, f_->getArg(2), b_.CreateAdd(b_.CreateMul(r, cols), c));
        b_.CreateStore(b_.CreateLoad(element_, pack ? canonical : panel), pack ? panel : canonical);
      });
    });
    if (pack && !plan_.mirrors.empty()) emit_mirror(number(5), rows, cols, stride, width);
    b_.CreateRetVoid();
  }

 private:
  /// The copy in 16 bits of what has been packed, where the state has one. A mirror has panels of the same extents.
  void emit_mirror(llvm::Value* mirror, llvm::Value* rows, llvm::Value* cols, llvm::Value* stride, llvm::Value* width) {
    auto* copy = llvm::BasicBlock::Create(c_, "mirror", f_);
    auto* done = llvm::BasicBlock::Create(c_, "packed", f_);
    b_.CreateCondBr(b_.CreateICmpNE(mirror, b_.getInt64(0)), copy, done);
    b_.SetInsertPoint(copy);
    const Layout& layout = plan_.mirrors.front().layout;  // all in one form
    auto* base = b_.CreateInBoundsGEP(b_.getInt8Ty(), f_->getArg(0), mirror);
    loop(rows, [&](llvm::Value* r) {
      loop(cols, [&](llvm::Value* c) {
        auto* in_panel = b_.CreateURem(c, width);
        auto* line = layout.paired ? b_.CreateAnd(r, b_.getInt64(~std::uint64_t{1})) : r;
        if (layout.paired) {
          auto* pair = b_.CreateMul(in_panel, b_.getInt64(2));
          in_panel = b_.CreateAdd(pair, b_.CreateAnd(r, b_.getInt64(1)));
        }
        auto* panel_begin = b_.CreateMul(b_.CreateUDiv(c, width), stride);
        auto* at = b_.CreateAdd(panel_begin, b_.CreateAdd(b_.CreateMul(line, width), in_panel));
        auto* value = b_.CreateLoad(element_, b_.CreateInBoundsGEP(element_, f_->getArg(2), b_.CreateAdd(b_.CreateMul(r, cols), c)));
        auto* narrowed = narrow(b_, value, layout.dtype, false);
        b_.CreateStore(narrowed, b_.CreateInBoundsGEP(b_.getInt16Ty(), base, at));
      });
    });
    b_.CreateBr(done);
    b_.SetInsertPoint(done);
  }

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

  const ProgramPlan& plan_;
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
  PackEmitter(module, table, plan).emit(pack_name, true);
  PackEmitter(module, table, plan).emit(unpack_name, false);
}

}  // namespace ingot::codegen
