#include "llvm/nvptx/part_emitter.hpp"

#include <ingot_device.h>
#include <llvm/IR/IntrinsicsNVPTX.h>

#include <algorithm>

namespace ingot::codegen {

PartEmitter::PartEmitter(llvm::Module& module, const LaunchPart& part, const LaunchFrame& frame)
    : MathEmitter(module), part_(part), frame_(frame) {}

void PartEmitter::emit(llvm::BasicBlock* entry, llvm::BasicBlock* exit) {
  entry_ = entry;
  exit_ = exit;
  b_.SetInsertPoint(entry);
  block_ = part_.first_block == 0 ? frame_.block : b_.CreateSub(frame_.block, i32(part_.first_block));
  samples_ = b_.CreateAlignedLoad(
      b_.getInt32Ty(), b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), frame_.operands[0], INGOT_CALL_ROWS_OFFSET), llvm::Align(4));
  auto* body = new_block("body");
  b_.CreateBr(body);
  b_.SetInsertPoint(body);
  for (std::size_t i = 0; i < k().nodes.size(); ++i) {
    const KernelNode& n = k().nodes[i];
    const bool one = !n.type.batched && n.type.rows == 1 && n.type.cols == 1;
    // A state that this kernel assigns is read by the one thread that does so: others might find the new value.
    const bool assigned =
        n.load >= 0 && std::any_of(k().stores.begin(), k().stores.end(), [&](const KernelStore& s) { return s.argument == n.load; });
    const bool leaf = (n.load >= 0 && !assigned) || (n.load < 0 && op_family(n.op) == Family::leaf);
    const bool known = n.load < 0 && op_family(n.op) == Family::map &&
                       std::all_of(n.in.begin(), n.in.end(), [&](int in) { return at_entry_[static_cast<std::size_t>(in)]; });
    at_entry_.push_back(one && static_cast<int>(i) != k().anchor && (leaf || known));
  }
  switch (part_.shape) {
    case DeviceShape::points:
      emit_points();
      break;
    case DeviceShape::rows:
      emit_rows();
      break;
    case DeviceShape::sums:
      k().kind == KernelKind::kernel_gradient ? emit_depthwise_gradient() : emit_sums();
      break;
    case DeviceShape::tiles:
      emit_tiles();
      break;
    case DeviceShape::matrix_tiles:
      emit_matrix_tiles();
      break;
    case DeviceShape::chain:
      emit_chain();
      break;
  }
  b_.CreateBr(exit_);
}

/// for (i = begin; i < end; i += step) with values that are carried from turn to turn. The bounds may differ between threads, so no
/// barrier may stand in the body unless they do not.
void PartEmitter::loop(Value* begin, Value* end, Value* step, Sums& acc, const std::function<void(Value*, Sums&)>& body) {
  auto* before = b_.GetInsertBlock();
  auto *head = new_block("loop"), *inside = new_block("turn"), *after = new_block("after");
  b_.CreateBr(head);
  b_.SetInsertPoint(head);
  auto* i = b_.CreatePHI(b_.getInt32Ty(), 2);
  i->addIncoming(begin, before);
  std::vector<llvm::PHINode*> carried;
  for (Value*& a : acc) {
    carried.push_back(b_.CreatePHI(a->getType(), 2));
    carried.back()->addIncoming(a, before);
    a = carried.back();
  }
  const Sums at_head = acc;
  b_.CreateCondBr(b_.CreateICmpULT(i, end), inside, after);
  b_.SetInsertPoint(inside);
  forget();
  body(i, acc);
  i->addIncoming(b_.CreateAdd(i, step), b_.GetInsertBlock());
  for (std::size_t a = 0; a < acc.size(); ++a) carried[a]->addIncoming(acc[a], b_.GetInsertBlock());
  b_.CreateBr(head);
  b_.SetInsertPoint(after);
  acc = at_head;
  forget();
}

/// `body` for the threads that `condition` holds for; what it computes is not known behind it.
void PartEmitter::when(Value* condition, const std::function<void()>& body) {
  auto *inside = new_block("when"), *after = new_block("then");
  b_.CreateCondBr(condition, inside, after);
  b_.SetInsertPoint(inside);
  const auto known = memo_;
  body();
  b_.CreateBr(after);
  b_.SetInsertPoint(after);
  memo_ = known;
}

/// The same with values that the body changes.
void PartEmitter::when(Value* condition, Sums& carried, const std::function<void(Sums&)>& body) {
  auto* before = b_.GetInsertBlock();
  const Sums unchanged = carried;
  llvm::BasicBlock* end = nullptr;
  when(condition, [&] {
    body(carried);
    end = b_.GetInsertBlock();
  });
  for (std::size_t i = 0; i < carried.size(); ++i) {
    auto* either = b_.CreatePHI(unchanged[i]->getType(), 2);
    either->addIncoming(unchanged[i], before);
    either->addIncoming(carried[i], end);
    carried[i] = either;
  }
}

void PartEmitter::barrier() { b_.CreateIntrinsic(llvm::Intrinsic::nvvm_barrier0, {}, {}); }

llvm::Value* PartEmitter::shared_address(Value* float_index) {
  return b_.CreateInBoundsGEP(b_.getFloatTy(), frame_.shared, b_.CreateZExt(float_index, b_.getInt64Ty()));
}

llvm::Value* PartEmitter::total_rows(const Type& t) {
  if (!t.batched) return i32(t.rows);
  return t.rows == 1 ? samples_ : b_.CreateMul(samples_, i32(t.rows));
}

}  // namespace ingot::codegen
