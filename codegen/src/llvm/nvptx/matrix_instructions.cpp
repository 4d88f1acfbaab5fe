#include "llvm/nvptx/matrix_instructions.hpp"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/IntrinsicsNVPTX.h>

namespace ingot::codegen {

using llvm::Value;

namespace {

/// LLVM 19 does not know that all lanes have to execute it, and would move it behind a condition where only its result is wanted.
llvm::CallInst* together(llvm::CallInst* call) {
  call->setConvergent();
  return call;
}

std::array<Value*, 4> parts_of(llvm::IRBuilderBase& b, Value* four) {
  return {b.CreateExtractValue(four, 0), b.CreateExtractValue(four, 1), b.CreateExtractValue(four, 2), b.CreateExtractValue(four, 3)};
}

}  // namespace

SumFragment multiply_add(llvm::IRBuilderBase& b, DType t, const LeftFragment& left, const RightFragment& right, const SumFragment& sum) {
  std::vector<Value*> operands;
  const auto add_words = [&](const auto& words) {
    for (Value* w : words) operands.push_back(t == DType::f16 ? b.CreateBitCast(w, llvm::FixedVectorType::get(b.getHalfTy(), 2)) : w);
  };
  add_words(left);
  add_words(right);
  operands.insert(operands.end(), sum.begin(), sum.end());
  const auto which = t == DType::f16 ? llvm::Intrinsic::nvvm_mma_m16n8k16_row_col_f32_f32 : llvm::Intrinsic::nvvm_mma_m16n8k16_row_col_bf16;
  return parts_of(b, together(b.CreateIntrinsic(which, {}, operands)));
}

std::array<Value*, 4> load_matrices(llvm::IRBuilderBase& b, Value* row, bool transposed) {
  const auto which =
      transposed ? llvm::Intrinsic::nvvm_ldmatrix_sync_aligned_m8n8_x4_trans_b16 : llvm::Intrinsic::nvvm_ldmatrix_sync_aligned_m8n8_x4_b16;
  return parts_of(b, together(b.CreateIntrinsic(which, {row->getType()}, {row})));
}

void copy_async(llvm::IRBuilderBase& b, Value* shared, Value* global, int size, Value* valid) {
  // Sixteen bytes pass by the cache of the multiprocessor: nobody reads them there again.
  const auto which = size == 16  ? llvm::Intrinsic::nvvm_cp_async_cg_shared_global_16_s
                     : size == 8 ? llvm::Intrinsic::nvvm_cp_async_ca_shared_global_8_s
                                 : llvm::Intrinsic::nvvm_cp_async_ca_shared_global_4_s;
  b.CreateIntrinsic(which, {}, {shared, global, valid});
}

void commit_copies(llvm::IRBuilderBase& b) { b.CreateIntrinsic(llvm::Intrinsic::nvvm_cp_async_commit_group, {}, {}); }

void wait_for_copies(llvm::IRBuilderBase& b, int groups) {
  b.CreateIntrinsic(llvm::Intrinsic::nvvm_cp_async_wait_group, {}, {b.getInt32(static_cast<unsigned>(groups))});
}

}  // namespace ingot::codegen
