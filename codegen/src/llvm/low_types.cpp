#include "llvm/low_types.hpp"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/IntrinsicsX86.h>

namespace ingot::codegen {

using llvm::Value;

namespace {

/// The type with another element, scalar or vector.
llvm::Type* like(llvm::Type* t, llvm::Type* element) {
  const auto* v = llvm::dyn_cast<llvm::FixedVectorType>(t);
  return v == nullptr ? element : llvm::FixedVectorType::get(element, v->getNumElements());
}

/// Half of the last place is added, less one where that place is even; what is behind it is cut off. A NaN stays one.
Value* round_bf16(llvm::IRBuilderBase& b, Value* x) {
  auto* word = like(x->getType(), b.getInt32Ty());
  const auto number = [&](std::uint64_t v) { return llvm::ConstantInt::get(word, v); };
  Value* bits = b.CreateBitCast(x, word);
  Value* odd = b.CreateAnd(b.CreateLShr(bits, number(16)), number(1));
  Value* rounded = b.CreateAdd(bits, b.CreateAdd(odd, number(0x7fff)));
  Value* quiet = b.CreateOr(bits, number(0x400000));
  Value* chosen = b.CreateSelect(b.CreateFCmpUNO(x, x), quiet, rounded);
  return b.CreateTrunc(b.CreateLShr(chosen, number(16)), like(x->getType(), b.getInt16Ty()));
}

}  // namespace

Value* widen(llvm::IRBuilderBase& b, Value* bits, DType t) {
  auto* real = like(bits->getType(), b.getFloatTy());
  if (t == DType::f16) return b.CreateFPExt(b.CreateBitCast(bits, like(bits->getType(), b.getHalfTy())), real);
  auto* word = like(bits->getType(), b.getInt32Ty());
  return b.CreateBitCast(b.CreateShl(b.CreateZExt(bits, word), llvm::ConstantInt::get(word, 16)), real);
}

Value* narrow(llvm::IRBuilderBase& b, Value* x, DType t, bool has_bf16) {
  auto* bits = like(x->getType(), b.getInt16Ty());
  if (t == DType::f16) return b.CreateBitCast(b.CreateFPTrunc(x, like(x->getType(), b.getHalfTy())), bits);
  const auto* v = llvm::dyn_cast<llvm::FixedVectorType>(x->getType());
  if (!has_bf16 || v == nullptr || v->getNumElements() != 16) return round_bf16(b, x);
  return b.CreateBitCast(b.CreateIntrinsic(llvm::Intrinsic::x86_avx512bf16_cvtneps2bf16_512, {}, {x}), bits);
}

}  // namespace ingot::codegen
