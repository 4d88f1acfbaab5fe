// Vector mathematics in single precision: polynomials after range reduction, in plain multiply-adds, so that every target that
// is given the same nodes gets the same bits. Errors in units in the last place, by dense sampling (vector_math_test.cpp):
// exp and log 1, tanh 1.5, log1p and sigmoid 2.5, erf 6. Double precision, which serves gradient checks only, calls the C
// library for each lane.
#include "ir/philox.hpp"
#include "llvm/math_emitter.hpp"

#include <numbers>

namespace ingot::codegen {

using llvm::Value;

namespace {
bool is_double(Value* x) { return x->getType()->getScalarType()->isDoubleTy(); }
}  // namespace

Value* MathEmitter::call_libm(const char* name, Value* x) {
  auto callee = module_.getOrInsertFunction(name, llvm::FunctionType::get(b_.getDoubleTy(), {b_.getDoubleTy()}, false));
  auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(x->getType());
  if (vector == nullptr) return b_.CreateCall(callee, {x});
  Value* out = llvm::PoisonValue::get(vector);
  for (unsigned i = 0; i < vector->getNumElements(); ++i)
    out = b_.CreateInsertElement(out, b_.CreateCall(callee, {b_.CreateExtractElement(x, i)}), i);
  return out;
}

Value* MathEmitter::polynomial(Value* x, std::initializer_list<double> highest_first) {
  Value* y = nullptr;
  for (double c : highest_first) y = y == nullptr ? real(x->getType(), c) : fma(y, x, real(x->getType(), c));
  return y;
}

/// x * 2^n for whole n in [-252, 252], in two factors so that neither leaves the range of normal numbers.
Value* MathEmitter::scale_by_power_of_two(Value* x, Value* n) {
  auto* ints = n->getType();
  Value* half = b_.CreateAShr(n, llvm::ConstantInt::get(ints, 1));
  const auto power = [&](Value* e) {
    Value* biased = b_.CreateShl(b_.CreateAdd(e, llvm::ConstantInt::get(ints, 127)), llvm::ConstantInt::get(ints, 23));
    return b_.CreateBitCast(biased, x->getType());
  };
  Value* scaled = b_.CreateFMul(x, power(half));
  return b_.CreateFMul(scaled, power(b_.CreateSub(n, half)));
}

Value* MathEmitter::exp(Value* x) {
  if (is_double(x)) return call_libm("exp", x);
  auto* t = x->getType();
  auto* ints = t->getWithNewType(b_.getInt32Ty());
  // Beyond these bounds the result is 0 or infinity anyway; NaN passes both comparisons.
  Value* low = b_.CreateSelect(b_.CreateFCmpOLT(x, real(t, -104)), real(t, -104), x);
  Value* y = b_.CreateSelect(b_.CreateFCmpOGT(low, real(t, 89)), real(t, 89), low);
  Value* n = b_.CreateUnaryIntrinsic(llvm::Intrinsic::rint, b_.CreateFMul(y, real(t, 1.4426950408889634)));
  Value* r = fma(n, real(t, -0.693145751953125), y);  // ln 2 in two parts, the first with few bits
  r = fma(n, real(t, -1.4286068203094172e-6), r);
  Value* p = polynomial(r, {1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1});
  p = b_.CreateFAdd(fma(p, b_.CreateFMul(r, r), r), real(t, 1));
  // A NaN has no integer: it is replaced for the exponent and put back by the polynomial.
  Value* whole = b_.CreateSelect(b_.CreateFCmpORD(n, n), n, real(t, 0));
  return scale_by_power_of_two(p, b_.CreateFPToSI(whole, ints));
}

Value* MathEmitter::log(Value* x) {
  if (is_double(x)) return call_libm("log", x);
  auto* t = x->getType();
  auto* ints = t->getWithNewType(b_.getInt32Ty());
  const auto whole = [&](std::int64_t v) { return llvm::ConstantInt::get(ints, static_cast<std::uint64_t>(v), true); };
  // x = 2^e * m with m in [sqrt(1/2), sqrt(2)).
  // Subnormal numbers have no exponent to read: they are made normal first.
  Value* subnormal = b_.CreateFCmpOLT(x, real(t, 0x1p-126));
  Value* normal = b_.CreateSelect(subnormal, b_.CreateFMul(x, real(t, 0x1p23)), x);
  Value* bits = b_.CreateSub(b_.CreateBitCast(normal, ints), whole(0x3f3504f3));
  Value* e = b_.CreateSIToFP(b_.CreateAShr(bits, whole(23)), t);
  e = b_.CreateSelect(subnormal, b_.CreateFSub(e, real(t, 23)), e);
  Value* m = b_.CreateBitCast(add({b_.CreateAnd(bits, whole(0x007fffff)), whole(0x3f3504f3)}), t);
  Value* f = b_.CreateFSub(m, real(t, 1));
  Value* z = b_.CreateFMul(f, f);
  Value* p = polynomial(f, {7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
                            2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1});
  Value* y = b_.CreateFMul(b_.CreateFMul(p, f), z);
  y = fma(e, real(t, -2.12194440e-4), y);
  y = fma(z, real(t, -0.5), y);
  Value* result = fma(e, real(t, 0.693359375), b_.CreateFAdd(f, y));
  Value* infinity = llvm::ConstantFP::getInfinity(t);
  result = b_.CreateSelect(b_.CreateFCmpOEQ(x, infinity), infinity, result);
  result = b_.CreateSelect(b_.CreateFCmpOEQ(x, real(t, 0)), llvm::ConstantFP::getInfinity(t, true), result);
  Value* defined = b_.CreateFCmpUGE(x, real(t, 0));
  return b_.CreateSelect(defined, b_.CreateSelect(b_.CreateFCmpUNO(x, x), x, result), llvm::ConstantFP::getNaN(t));
}

Value* MathEmitter::log1p(Value* x) {
  if (is_double(x)) return call_libm("log1p", x);
  auto* t = x->getType();
  // log(1 + x) with the rounding error of 1 + x put back (Higham, Accuracy and Stability, 2nd ed., section 1.14.1).
  Value* u = b_.CreateFAdd(x, real(t, 1));
  Value* d = b_.CreateFSub(u, real(t, 1));
  Value* far = b_.CreateFDiv(b_.CreateFMul(log(u), x), d);
  Value* finite = b_.CreateSelect(b_.CreateFCmpOEQ(u, llvm::ConstantFP::getInfinity(t)), u, far);
  return b_.CreateSelect(b_.CreateFCmpOEQ(d, real(t, 0)), x, finite);
}

Value* MathEmitter::tanh(Value* x) {
  if (is_double(x)) return call_libm("tanh", x);
  auto* t = x->getType();
  Value* a = b_.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, x);
  Value* z = b_.CreateFMul(x, x);
  Value* p = polynomial(z, {-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1});
  Value* small = fma(b_.CreateFMul(p, z), x, x);
  Value* e = exp(b_.CreateFAdd(a, a));
  Value* large = b_.CreateFSub(real(t, 1), b_.CreateFDiv(real(t, 2), b_.CreateFAdd(e, real(t, 1))));
  large = b_.CreateBinaryIntrinsic(llvm::Intrinsic::copysign, large, x);
  return b_.CreateSelect(b_.CreateFCmpOGE(a, real(t, 0.625)), large, small);
}

Value* MathEmitter::erf(Value* x) {
  if (is_double(x)) return call_libm("erf", x);
  auto* t = x->getType();
  // Rational minimax form on [-4, 4], where |erf| rounds to 1; odd over even.
  Value* low = b_.CreateSelect(b_.CreateFCmpOLT(x, real(t, -4)), real(t, -4), x);
  Value* y = b_.CreateSelect(b_.CreateFCmpOGT(low, real(t, 4)), real(t, 4), low);
  Value* z = b_.CreateFMul(y, y);
  Value* p = polynomial(z, {-2.72614225801306e-10, 2.77068142495902e-08, -2.10102402082508e-06, -5.69250639462346e-05,
                            -7.34990630326855e-04, -2.95459980854025e-03, -1.60960333262415e-02});
  Value* q =
      polynomial(z, {-1.45660718464996e-05, -2.13374055278905e-04, -1.68282697438203e-03, -7.37332916720468e-03, -1.42647390514189e-02});
  return b_.CreateFDiv(b_.CreateFMul(y, p), q);
}

Value* MathEmitter::cosine_of_turns(Value* x) {
  auto* t = x->getType();
  if (is_double(x)) return call_libm("cos", b_.CreateFMul(x, real(t, 2 * std::numbers::pi)));
  // cos(2 pi x) = sin(pi (|2x - 1| - 1/2)), by Taylor's series of the sine on [-1/2, 1/2] half turns.
  Value* r = b_.CreateFSub(b_.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, fma(x, real(t, 2), real(t, -1))), real(t, 0.5));
  Value* p =
      polynomial(b_.CreateFMul(r, r), {4.6630281e-4, -7.3704309e-3, 8.2145887e-2, -5.9926453e-1, 2.5501640, -5.1677128, std::numbers::pi});
  return b_.CreateFMul(p, r);
}

// ---- randomness

Value* MathEmitter::normal_of_words(Value* radius_word, Value* angle_word, DType dtype) {
  auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(radius_word->getType());
  auto* t = vector_type(dtype, vector ? vector->getNumElements() : 1);
  const auto unit = [&](Value* word) {
    Value* whole = b_.CreateUIToFP(b_.CreateLShr(word, llvm::ConstantInt::get(word->getType(), 9)), t);
    return b_.CreateFMul(b_.CreateFAdd(whole, real(t, 0.5)), real(t, 0x1p-23));
  };
  Value* radius = b_.CreateUnaryIntrinsic(llvm::Intrinsic::sqrt, b_.CreateFMul(log(unit(radius_word)), real(t, -2)));
  return b_.CreateFMul(radius, cosine_of_turns(unit(angle_word)));
}

Value* MathEmitter::keep_threshold(Value* rate) {
  auto* wide =
      b_.CreateFPToUI(b_.CreateFMul(b_.CreateFPExt(rate, b_.getDoubleTy()), real(b_.getDoubleTy(), 4294967296.0)), b_.getInt64Ty());
  return b_.CreateTrunc(wide, b_.getInt32Ty());
}

std::array<Value*, 4> MathEmitter::philox_rounds_of(std::array<Value*, 4> c, std::array<Value*, 2> key) {
  auto* type = c[0]->getType();
  auto* wide = type->getWithNewBitWidth(64);
  const auto constant = [](llvm::Type* t, std::uint64_t v) { return llvm::ConstantInt::get(t, v); };
  const auto high = [&](Value* v) { return b_.CreateTrunc(b_.CreateLShr(v, constant(wide, 32)), type); };
  for (int r = 0; r < philox_rounds; ++r) {
    Value* p0 = b_.CreateMul(b_.CreateZExt(c[0], wide), constant(wide, philox_m0));
    Value* p1 = b_.CreateMul(b_.CreateZExt(c[2], wide), constant(wide, philox_m1));
    c = {b_.CreateXor(b_.CreateXor(high(p1), c[1]), key[0]), b_.CreateTrunc(p1, type), b_.CreateXor(b_.CreateXor(high(p0), c[3]), key[1]),
         b_.CreateTrunc(p0, type)};
    key = {b_.CreateAdd(key[0], constant(type, philox_w0)), b_.CreateAdd(key[1], constant(type, philox_w1))};
  }
  return c;
}

}  // namespace ingot::codegen
