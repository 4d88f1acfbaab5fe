// The one-dimensional transforms of ir/winograd.hpp as vector code, with common terms taken out: 13, 10 and 8 operations.
#pragma once
#include "ir/winograd.hpp"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Intrinsics.h>

#include <array>

namespace ingot::codegen {

class WinogradTransforms {
 public:
  using Value = llvm::Value;
  using Three = std::array<Value*, 3>;
  using Four = std::array<Value*, winograd_out>;
  using Six = std::array<Value*, winograd_in>;

  explicit WinogradTransforms(llvm::IRBuilder<>& b) : b_(b) {}

  Six pieces(const Six& d) {  // winograd_b d
    Value *a = fma(-4, d[2], d[4]), *b = fma(-4, d[1], d[3]), *c = b_.CreateFSub(d[4], d[2]), *e = scale(2, b_.CreateFSub(d[3], d[1]));
    return {fma(4, d[0], fma(-5, d[2], d[4])), b_.CreateFAdd(a, b), b_.CreateFSub(a, b), b_.CreateFAdd(c, e), b_.CreateFSub(c, e),
            fma(4, d[1], fma(-5, d[3], d[5]))};
  }
  Four products(const Six& d) {  // winograd_a d
    Value *s = b_.CreateFAdd(d[1], d[2]), *t = b_.CreateFSub(d[1], d[2]), *u = b_.CreateFAdd(d[3], d[4]), *v = b_.CreateFSub(d[3], d[4]);
    return {b_.CreateFAdd(d[0], b_.CreateFAdd(s, u)), fma(2, v, t), fma(4, u, s), b_.CreateFAdd(fma(8, v, t), d[5])};
  }
  Six kernel(const Three& k) {  // winograd_g k
    Six out;
    for (std::size_t a = 0; a < out.size(); ++a) out[a] = weighted(k, [a](std::size_t i) { return winograd_g[a][i]; });
    return out;
  }
  Six gradients(const Four& d) {  // winograd_a' d
    Value *s = b_.CreateFAdd(d[0], d[2]), *t = b_.CreateFAdd(d[1], d[3]), *u = fma(4, d[2], d[0]), *v = fma(8, d[3], scale(2, d[1]));
    return {d[0], b_.CreateFAdd(s, t), b_.CreateFSub(s, t), b_.CreateFAdd(u, v), b_.CreateFSub(u, v), d[3]};
  }
  Three kernel_gradient(const Six& m) {  // winograd_g' m
    Three out;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = weighted(m, [i](std::size_t a) { return winograd_g[a][i]; });
    return out;
  }

 private:
  template <class Values, class Weight>
  Value* weighted(const Values& x, const Weight& weight) {
    Value* sum = nullptr;
    for (std::size_t i = 0; i < x.size(); ++i)
      if (weight(i) != 0) sum = sum == nullptr ? scale(weight(i), x[i]) : fma(weight(i), x[i], sum);
    return sum;
  }
  Value* scale(double c, Value* x) { return b_.CreateFMul(llvm::ConstantFP::get(x->getType(), c), x); }
  Value* fma(double c, Value* x, Value* y) {
    return b_.CreateIntrinsic(llvm::Intrinsic::fma, {x->getType()}, {llvm::ConstantFP::get(x->getType(), c), x, y});
  }
  llvm::IRBuilder<>& b_;
};

}  // namespace ingot::codegen
