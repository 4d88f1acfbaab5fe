// Expressions over values in registers: what an elementwise op is in LLVM IR, for any number of lanes and any target. Emitters of
// kernels inherit it and add where the values come from; like emitter.hpp it includes LLVM and stays inside this folder.
#pragma once
#include "schedule/kernel.hpp"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

#include <array>
#include <initializer_list>

namespace ingot::codegen {

class MathEmitter {
 protected:
  using Value = llvm::Value;

  explicit MathEmitter(llvm::Module& module);

  /// Op `n`, a map op but keep_mask and normal, of operands with `lanes` lanes or one.
  Value* compute_map(const KernelNode& n, std::vector<Value*> operands, std::int64_t lanes);

  Value* exp(Value* x);
  Value* log(Value* x);
  Value* log1p(Value* x);
  Value* tanh(Value* x);
  Value* erf(Value* x);
  Value* cosine_of_turns(Value* x);  ///< cos(2 pi x) for x in [0, 1]
  /// A standard normal number of two random words of 32 bits (philox.hpp).
  Value* normal_of_words(Value* radius_word, Value* angle_word, DType t);
  /// Word 0 .. 3 of ten rounds of Philox; `counter` has four values of the same type, `key` two (philox.hpp).
  std::array<Value*, 4> philox_rounds_of(std::array<Value*, 4> counter, std::array<Value*, 2> key);
  /// floor(rate * 2^32) of an f32 or f64 `rate` below 1: the smallest word that keeps an element.
  Value* keep_threshold(Value* rate);

  llvm::Type* element_type(DType t);
  llvm::Type* vector_type(DType t, std::int64_t lanes);
  Value* i64(std::int64_t v) { return b_.getInt64(static_cast<std::uint64_t>(v)); }
  static Value* real(llvm::Type* like, double v) { return llvm::ConstantFP::get(like, v); }
  Value* splat(Value* v, std::int64_t lanes) {
    return lanes > 1 && !v->getType()->isVectorTy() ? b_.CreateVectorSplat(static_cast<unsigned>(lanes), v) : v;
  }
  /// Sums and conjunctions in the order written. The operands of a C++ call are evaluated in an order that each compiler chooses, those of
  /// a braced list from left to right: what emits code in two operands of one call would make programs depend on who compiled this one.
  Value* add(std::initializer_list<Value*> terms);
  Value* all_of(std::initializer_list<Value*> conditions);
  Value* fma(Value* x, Value* y, Value* z) { return b_.CreateIntrinsic(llvm::Intrinsic::fma, {x->getType()}, {x, y, z}); }

  llvm::Module& module_;
  llvm::LLVMContext& c_;
  llvm::IRBuilder<> b_;

 private:
  Value* polynomial(Value* x, std::initializer_list<double> highest_first);
  Value* scale_by_power_of_two(Value* x, Value* n);
  Value* call_libm(const char* name, Value* x);
};

}  // namespace ingot::codegen
