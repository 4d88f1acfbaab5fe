// The frame of a kernel function: signature, arguments, loops, and the kinds that are plain loops over expressions.
#include "ir/error.hpp"
#include "llvm/emitter.hpp"

#include <ingot_abi.h>
#include <llvm/IR/Intrinsics.h>

#include <algorithm>
#include <cstddef>

namespace ingot::codegen {

using llvm::Value;

KernelEmitter::KernelEmitter(llvm::Module& module, const Kernel& kernel, const std::string& name) : MathEmitter(module), k_(kernel) {
  const auto pointer = llvm::PointerType::get(c_, 0);
  auto* type = llvm::FunctionType::get(b_.getVoidTy(), {pointer, pointer, b_.getInt64Ty()}, false);
  f_ = llvm::Function::Create(type, llvm::Function::ExternalLinkage, name, module_);
  f_->addFnAttr(llvm::Attribute::NoUnwind);
  f_->addFnAttr("target-cpu", k_.target.cpu);
  if (!k_.target.features.empty()) f_->addFnAttr("target-features", k_.target.features);
  f_->addFnAttr("prefer-vector-width", std::to_string(k_.target.vector_bytes * 8));
  domain_.lanes = domain_.width = 1;
}

void KernelEmitter::emit() {
  entry_ = llvm::BasicBlock::Create(c_, "entry", f_);
  auto* body = llvm::BasicBlock::Create(c_, "body", f_);
  b_.SetInsertPoint(entry_);
  call_ = f_->getArg(0);
  group_ = f_->getArg(2);
  const auto pointer = llvm::PointerType::get(c_, 0);
  for (std::size_t i = 0; i < k_.arguments.size(); ++i)
    arguments_.push_back(b_.CreateLoad(pointer, b_.CreateConstInBoundsGEP1_64(pointer, f_->getArg(1), i)));
  samples_ = b_.CreateZExt(call_field(offsetof(ingot_call, rows), b_.getInt32Ty()), b_.getInt64Ty());
  b_.SetInsertPoint(llvm::BranchInst::Create(body, entry_));
  b_.SetInsertPoint(body);

  Type domain = k_.domain;
  domain_ = make_layout(domain, 1, k_.target);
  lanes_ = vector_lanes(domain.dtype, k_.target);
  for (std::size_t i = 0; i < k_.nodes.size(); ++i) {
    const KernelNode& n = k_.nodes[i];
    const bool one = !n.type.batched && n.type.rows == 1 && n.type.cols == 1;
    const bool leaf = n.load >= 0 || op_family(n.op) == Family::leaf;
    const bool known = op_family(n.op) == Family::map &&
                       std::all_of(n.in.begin(), n.in.end(), [&](int in) { return at_entry_[static_cast<std::size_t>(in)]; });
    at_entry_.push_back(one && static_cast<int>(i) != k_.anchor && (leaf || known));
  }
  switch (k_.kind) {
    case KernelKind::gather:
      emit_gather();
      break;
    case KernelKind::map:
      emit_map();
      break;
    case KernelKind::rows:
      emit_rows();
      break;
    case KernelKind::columns:
      emit_columns();
      break;
    case KernelKind::contraction:
      emit_contraction();
      break;
    case KernelKind::convolution:
      emit_convolution();
      break;
    case KernelKind::winograd:
      emit_winograd();
      break;
    case KernelKind::kernel_transform:
      emit_kernel_transform();
      break;
    case KernelKind::kernel_gradient:
      emit_kernel_gradient();
      break;
    case KernelKind::pool:
      emit_pool();
      break;
    case KernelKind::pool_gradient:
      emit_pool_gradient();
      break;
    case KernelKind::fold:
      emit_fold();
      break;
    case KernelKind::lookup:
      emit_lookup();
      break;
    case KernelKind::lookup_gradient:
      emit_lookup_gradient();
      break;
    case KernelKind::move:
      emit_move();
      break;
    case KernelKind::write:
      emit_write();
      break;
    case KernelKind::chain:
      throw InternalError("a chain of contractions is a kernel of devices");
  }
  b_.CreateRetVoid();
}

// ---- control flow

void KernelEmitter::loop(Value* begin, Value* end, std::int64_t step, const Body& body) {
  const auto* first = llvm::dyn_cast<llvm::ConstantInt>(begin);
  const auto* last = llvm::dyn_cast<llvm::ConstantInt>(end);
  if (first && last && last->getSExtValue() - first->getSExtValue() <= step) {
    if (last->getSExtValue() > first->getSExtValue()) body(begin);
    return;
  }
  auto* before = b_.GetInsertBlock();
  auto* head = llvm::BasicBlock::Create(c_, "loop", f_);
  auto* exit = llvm::BasicBlock::Create(c_, "next", f_);
  if (first && last)
    b_.CreateBr(head);
  else
    b_.CreateCondBr(b_.CreateICmpSLT(begin, end), head, exit);
  b_.SetInsertPoint(head);
  auto* i = b_.CreatePHI(b_.getInt64Ty(), 2);
  i->addIncoming(begin, before);
  forget();
  body(i);
  auto* next = b_.CreateAdd(i, i64(step), "", true, true);
  i->addIncoming(next, b_.GetInsertBlock());
  b_.CreateCondBr(b_.CreateICmpSLT(next, end), head, exit);
  b_.SetInsertPoint(exit);
  forget();
}

void KernelEmitter::row_range(Value*& begin, Value*& end) {
  begin = i64(0);
  end = total_rows(k_.domain);
  if (k_.partition != Partition::blocks) return;
  begin = b_.CreateMul(group_, i64(k_.block));
  end = b_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, b_.CreateAdd(begin, i64(k_.block)), end);
}

void KernelEmitter::for_panels(const Body& body) {
  if (k_.partition == Partition::panels)
    body(group_);
  else
    loop(i64(0), i64(domain_.panels()), 1, body);
}

// ---- kinds

/// Stores what lies at this position.
void KernelEmitter::store_at(const Position& p) {
  for (const KernelStore& s : k_.stores) store(s.node, s.argument, p);
}

/// In a kernel of column sums: what has the rows of the domain.
void KernelEmitter::store_rows(const Position& p) {
  for (const KernelStore& s : k_.stores)
    if (!is_sum(k_.argument(s.argument))) store(s.node, s.argument, p);
}

/// ... and what comes of the sums.
void KernelEmitter::store_sums(const Position& p) {
  for (const KernelStore& s : k_.stores)
    if (is_sum(k_.argument(s.argument))) store(s.node, s.argument, p);
}

void KernelEmitter::emit_map() {
  Value *begin, *end;
  row_range(begin, end);
  for_panels([&](Value* panel) {
    loop(begin, end, 1, [&](Value* row) {
      for (int v = 0; v < domain_.vectors(); ++v) store_at({panel, row, 0, v});
    });
  });
}

void KernelEmitter::emit_columns() {
  std::vector<int> sums;
  for (std::size_t i = 0; i < k_.nodes.size(); ++i)
    if (k_.nodes[i].op == Op::column_sum && k_.nodes[i].load < 0) sums.push_back(static_cast<int>(i));
  const auto vectors = static_cast<std::size_t>(domain_.vectors());
  for_panels([&](Value* panel) {
    std::vector<Value*> acc(sums.size() * vectors);
    for (std::size_t s = 0; s < sums.size(); ++s)
      for (std::size_t v = 0; v < vectors; ++v)
        acc[s * vectors + v] = llvm::Constant::getNullValue(vector_type(k_.node(sums[s]).type.dtype, domain_.lanes));
    Value *begin, *end;
    row_range(begin, end);  // a group behind the last sample has none
    const auto add_row = [&](Value* i, std::vector<Value*>& a) {
      Value* row = b_.CreateAdd(begin, i);
      for (std::size_t v = 0; v < vectors; ++v) {
        const Position p{panel, row, 0, static_cast<int>(v)};
        for (std::size_t s = 0; s < sums.size(); ++s)
          a[s * vectors + v] = b_.CreateFAdd(a[s * vectors + v], splat(evaluate(k_.node(sums[s]).in[0], p), domain_.lanes));
        store_rows(p);
      }
    };
    accumulate_over(acc, b_.CreateSub(end, begin), add_row, k_.partition == Partition::blocks);
    for (std::size_t v = 0; v < vectors; ++v) {
      for (std::size_t s = 0; s < sums.size(); ++s)
        memo_[{sums[s], k_.partition == Partition::blocks ? 0 : -1, domain_.cols == 1 ? -1 : static_cast<int>(v)}] = acc[s * vectors + v];
      store_sums({panel, k_.partition == Partition::blocks ? group_ : nullptr, 0, static_cast<int>(v)});
    }
  });
}

// ---- helpers

Value* KernelEmitter::call_field(std::size_t byte_offset, llvm::Type* type) {
  return b_.CreateLoad(type, b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), call_, byte_offset));
}

Value* KernelEmitter::scalar_slot(int index) {
  auto* table = call_field(offsetof(ingot_call, scalars), llvm::PointerType::get(c_, 0));
  return b_.CreateLoad(b_.getDoubleTy(), b_.CreateConstInBoundsGEP1_64(b_.getDoubleTy(), table, static_cast<std::uint64_t>(index)));
}

Value* KernelEmitter::total_rows(const Type& t) {
  if (!t.batched) return i64(t.rows);
  return t.rows == 1 ? samples_ : b_.CreateMul(samples_, i64(t.rows));
}

}  // namespace ingot::codegen
