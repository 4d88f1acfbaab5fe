// One rule per map op, and the types of values: what MathEmitter is beside vector mathematics (emit_math.cpp).
#include "ir/error.hpp"
#include "ir/op_info.hpp"
#include "llvm/math_emitter.hpp"

#include <numeric>

namespace ingot::codegen {

using llvm::Value;

MathEmitter::MathEmitter(llvm::Module& module) : module_(module), c_(module.getContext()), b_(c_) {
  llvm::FastMathFlags flags;
  flags.setAllowContract();  // a * b + c is one rounding on every target
  b_.setFastMathFlags(flags);
}

Value* MathEmitter::compute_map(const KernelNode& n, std::vector<Value*> x, std::int64_t lanes) {
  for (Value*& v : x) v = splat(v, lanes);
  const auto type = [&] { return vector_type(accumulated(n.type.dtype), lanes); };
  const auto zero = [&] { return llvm::Constant::getNullValue(x[0]->getType()); };
  switch (n.op) {
    case Op::cast:
      return n.type.dtype == DType::boolean                     ? b_.CreateFCmpUNE(x[0], zero())
             : x[0]->getType()->getScalarType()->isIntegerTy(1) ? b_.CreateUIToFP(x[0], type())
                                                                : b_.CreateFPCast(x[0], type());
    case Op::neg:
      return b_.CreateFNeg(x[0]);
    case Op::exp:
      return exp(x[0]);
    case Op::log:
      return log(x[0]);
    case Op::log1p:
      return log1p(x[0]);
    case Op::sqrt:
      return b_.CreateUnaryIntrinsic(llvm::Intrinsic::sqrt, x[0]);
    case Op::abs:
      return b_.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, x[0]);
    case Op::sign: {
      Value* one = real(x[0]->getType(), 1);
      Value* signed_one = b_.CreateBinaryIntrinsic(llvm::Intrinsic::copysign, one, x[0]);
      return b_.CreateSelect(b_.CreateFCmpUEQ(x[0], zero()), x[0], signed_one);  // NaN and signed zeros stay
    }
    case Op::tanh:
      return tanh(x[0]);
    case Op::erf:
      return erf(x[0]);
    case Op::sigmoid: {
      Value* one = real(x[0]->getType(), 1);
      return b_.CreateFDiv(one, b_.CreateFAdd(one, exp(b_.CreateFNeg(x[0]))));
    }
    case Op::add:
      return b_.CreateFAdd(x[0], x[1]);
    case Op::sub:
      return b_.CreateFSub(x[0], x[1]);
    case Op::mul:
      return b_.CreateFMul(x[0], x[1]);
    case Op::div:
      return b_.CreateFDiv(x[0], x[1]);
    // The second operand where one is NaN, as the vector instructions do: max(0, NaN) is NaN, so a diverged activation is seen.
    case Op::maximum:
      return b_.CreateSelect(b_.CreateFCmpOGT(x[0], x[1]), x[0], x[1]);
    case Op::minimum:
      return b_.CreateSelect(b_.CreateFCmpOLT(x[0], x[1]), x[0], x[1]);
    case Op::greater:
      return b_.CreateFCmpOGT(x[0], x[1]);
    case Op::greater_equal:
      return b_.CreateFCmpOGE(x[0], x[1]);
    case Op::equal:
      return b_.CreateFCmpOEQ(x[0], x[1]);
    case Op::select:
      return b_.CreateSelect(x[0], x[1], x[2]);
    default:
      throw InternalError("emit: no rule for " + std::string(op_name(n.op)) + "; composites are decomposed before");
  }
}

Value* MathEmitter::add(std::initializer_list<Value*> terms) {
  return std::accumulate(terms.begin() + 1, terms.end(), *terms.begin(), [&](Value* sum, Value* term) { return b_.CreateAdd(sum, term); });
}

Value* MathEmitter::all_of(std::initializer_list<Value*> conditions) {
  return std::accumulate(conditions.begin() + 1, conditions.end(), *conditions.begin(),
                         [&](Value* all, Value* condition) { return b_.CreateAnd(all, condition); });
}

llvm::Type* MathEmitter::element_type(DType t) {
  switch (t) {
    case DType::f32:
      return b_.getFloatTy();
    case DType::f64:
      return b_.getDoubleTy();
    case DType::u8:
      return b_.getInt8Ty();
    case DType::i32:
      return b_.getInt32Ty();
    case DType::boolean:
      return b_.getInt1Ty();
    case DType::f16:
    case DType::bf16:
      return b_.getInt16Ty();  // low_types.hpp
  }
  return nullptr;
}

llvm::Type* MathEmitter::vector_type(DType t, std::int64_t lanes) {
  auto* e = element_type(t);
  return lanes == 1 ? e : llvm::FixedVectorType::get(e, static_cast<unsigned>(lanes));
}

}  // namespace ingot::codegen
