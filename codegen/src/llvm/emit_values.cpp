// Expressions: what a node is worth at a position. Values of columns and scalars are LLVM scalars, all others vectors.
#include "llvm/emitter.hpp"

#include "ir/error.hpp"
#include "ir/philox.hpp"
#include "ir/rounding.hpp"

#include <ingot_abi.h>

#include <algorithm>

namespace ingot::codegen {

using llvm::Value;

Value* KernelEmitter::evaluate(int node, const Position& p) {
  if (at_entry_[static_cast<std::size_t>(node)]) return entry_value(node);
  const Type& t = k_.node(node).type;
  const bool all_rows = !t.batched && t.rows == 1;
  const std::array<int, 3> key{node, all_rows ? -1 : p.row, t.cols == 1 ? -1 : p.vector};
  if (const auto known = memo_.find(key); known != memo_.end()) return known->second;
  Value* v = compute(node, p);
  memo_[key] = v;
  return v;
}

Value* KernelEmitter::compute(int node, const Position& p) {
  const KernelNode& n = k_.node(node);
  if (n.load >= 0) return load(n.load, p);
  if (n.op == Op::iota) return narrowed(iota(n, p), n.type.dtype);
  if (n.op == Op::keep_mask) return keep_mask(n, p);
  if (n.op == Op::normal) return narrowed(normal(n, p), n.type.dtype);
  if (op_family(n.op) != Family::map)
    throw InternalError("emit: " + std::string(op_name(n.op)) + " is not available where it is used in a " +
                        std::string(kind_name(k_.kind)) + " kernel");
  std::vector<Value*> operands;
  for (int in : n.in) operands.push_back(widened(evaluate(in, p), k_.node(in).type.dtype));
  return narrowed(compute_map(n, std::move(operands), lanes_of(n.type)), n.type.dtype);
}

Value* KernelEmitter::widened_at_entry(int node) {
  Value* v = entry_value(node);
  return at_entry([&] { return widened(v, k_.node(node).type.dtype); });
}

Value* KernelEmitter::entry_value(int node) {
  if (const auto known = entry_memo_.find(node); known != entry_memo_.end()) return known->second;
  const KernelNode& n = k_.node(node);
  std::vector<Value*> operands;
  if (n.load < 0)
    for (int in : n.in) operands.push_back(widened_at_entry(in));
  Value* v = at_entry([&]() -> Value* {
    if (n.load >= 0) return b_.CreateLoad(element_type(k_.argument(n.load).dtype), argument(n.load));
    switch (n.op) {
      case Op::scalar:
        return scalar_slot(n.attr.index);
      case Op::constant:
        return narrowed(real(element_type(accumulated(n.type.dtype)), round_to(n.type.dtype, n.attr.value)), n.type.dtype);
      case Op::rows:
        return b_.CreateUIToFP(samples_, b_.getDoubleTy());
      case Op::iota:
        return narrowed(real(element_type(accumulated(n.type.dtype)), 0), n.type.dtype);
      default:
        return narrowed(compute_map(n, operands, 1), n.type.dtype);
    }
  });
  entry_memo_[node] = v;
  return v;
}

Value* KernelEmitter::compute_map(const KernelNode& n, std::vector<Value*> x, std::int64_t lanes) {
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

// ---- memory

void KernelEmitter::store(int node, int a, const Position& p) {
  const Layout& l = k_.argument(a);
  Value* v = evaluate(node, p);
  if (l.lanes > 1) v = splat(v, l.lanes);
  if (l.paired) return store_paired(v, paired_address(a, p));
  b_.CreateAlignedStore(v, element_address(a, p), vector_align(l));
}

/// Elements before row r of a paired panel: it begins in the pair of rows that starts at r & ~1, at its first or second element.
Value* KernelEmitter::in_pair(Value* row, const Layout& l) {
  return b_.CreateAdd(b_.CreateMul(b_.CreateAnd(row, i64(-2)), i64(l.width)), b_.CreateAnd(row, i64(1)));
}

Value* KernelEmitter::paired_address(int a, const Position& p) {
  const Layout& l = k_.argument(a);
  Value* row = p.base_row == nullptr ? i64(p.row) : b_.CreateAdd(p.base_row, i64(p.row));
  Value* at = b_.CreateAdd(in_pair(row, l), i64(2 * p.vector * l.lanes));
  if (p.panel != nullptr) at = b_.CreateAdd(at, b_.CreateMul(p.panel, i64(l.panel_stride())));
  return offset(argument(a), l.dtype, at);
}

/// Address of a position in an argument; positions of one unrolled block share the computed part.
Value* KernelEmitter::element_address(int a, const Position& p) {
  const Layout& l = k_.argument(a);
  const bool one_row = !l.batched && l.valid_rows == 1;
  Value*& base = bases_[a];
  if (base == nullptr) {
    base = argument(a);
    if (l.cols > 1 && p.panel != nullptr) base = offset(base, l.dtype, b_.CreateMul(p.panel, i64(l.panel_stride())));
    if (!one_row && p.base_row != nullptr) base = offset(base, l.dtype, b_.CreateMul(p.base_row, i64(l.width)));
  }
  const std::int64_t rest = (one_row ? 0 : p.row * l.width) + (l.cols > 1 ? p.vector * l.lanes : 0);
  return rest == 0 ? base : offset(base, l.dtype, i64(rest));
}

Value* KernelEmitter::load(int a, const Position& p) {
  const Layout& l = k_.argument(a);
  return b_.CreateAlignedLoad(vector_type(l.dtype, l.lanes), element_address(a, p), vector_align(l));
}

Value* KernelEmitter::iota(const KernelNode& n, const Position& p) {
  std::vector<llvm::Constant*> lane;
  auto* e = element_type(accumulated(n.type.dtype));
  for (std::int64_t i = 0; i < lanes_of(n.type); ++i)
    lane.push_back(llvm::ConstantFP::get(e, static_cast<double>(i + p.vector * domain_.lanes)));
  Value* first = lane.size() == 1 ? static_cast<Value*>(lane[0]) : llvm::ConstantVector::get(lane);
  if (p.panel == nullptr) return first;
  Value* column = b_.CreateSIToFP(b_.CreateMul(p.panel, i64(domain_.width)), e);
  return b_.CreateFAdd(first, splat(column, lanes_of(n.type)));
}

// ---- randomness (philox.hpp says which word decides about which element)

Value* KernelEmitter::keep_mask(const KernelNode& n, const Position& p) {
  Value*& threshold = thresholds_[n.in[0]];
  if (threshold == nullptr) {
    Value* rate = evaluate(n.in[0], p);
    threshold = at_entry([&] {
      auto* wide =
          b_.CreateFPToUI(b_.CreateFMul(b_.CreateFPExt(rate, b_.getDoubleTy()), real(b_.getDoubleTy(), 4294967296.0)), b_.getInt64Ty());
      return b_.CreateTrunc(wide, b_.getInt32Ty());
    });
  }
  const std::int64_t lanes = lanes_of(n.type);
  return b_.CreateICmpUGE(random_word(n.attr.layer, p, lanes), splat(threshold, lanes));
}

Value* KernelEmitter::normal(const KernelNode& n, const Position& p) {
  const std::int64_t lanes = lanes_of(n.type);
  auto* t = vector_type(accumulated(n.type.dtype), lanes);
  const auto unit = [&](std::int32_t layer) {
    Value* word = random_word(layer, p, lanes);
    Value* whole = b_.CreateUIToFP(b_.CreateLShr(word, llvm::ConstantInt::get(word->getType(), 9)), t);
    return b_.CreateFMul(b_.CreateFAdd(whole, real(t, 0.5)), real(t, 0x1p-23));
  };
  Value* radius = b_.CreateUnaryIntrinsic(llvm::Intrinsic::sqrt, b_.CreateFMul(log(unit(n.attr.layer)), real(t, -2)));
  Value* standard = b_.CreateFMul(radius, cosine_of_turns(unit(n.attr.layer + second_stream)));
  return b_.CreateFMul(standard, splat(b_.CreateFPCast(evaluate(n.in[0], p), t->getScalarType()), lanes));
}

Value* KernelEmitter::random_word(std::int32_t layer, const Position& p, std::int64_t lanes) {
  Value* column = i64(p.vector * domain_.lanes);
  if (p.panel != nullptr) column = b_.CreateAdd(b_.CreateMul(p.panel, i64(domain_.width)), column);
  // Two vectors of 16 in a panel of 32 are two words of the same counters.
  const bool shared = domain_.width == 32 && domain_.lanes == 16;
  std::array<Value*, 4>& words = random_memo_[{layer, shared ? p.row : -1 - p.row * 2 - p.vector}];
  if (words[0] == nullptr) {
    Value* first = b_.CreateAdd(b_.CreateShl(b_.CreateLShr(column, 6), 4), b_.CreateAnd(column, 15));
    Value* counter = splat(b_.CreateTrunc(first, b_.getInt32Ty()), lanes);
    if (lanes > 1) {
      std::vector<std::uint32_t> lane;
      for (std::uint32_t i = 0; i < lanes; ++i) lane.push_back(i);
      counter = b_.CreateAdd(counter, llvm::ConstantDataVector::get(c_, lane));
    }
    Value* row = i64(p.row);
    if (p.base_row != nullptr) row = b_.CreateAdd(p.base_row, row);
    words = philox_words(counter, b_.CreateTrunc(row, b_.getInt32Ty()), b_.getInt32(static_cast<std::uint32_t>(layer)));
  }
  Value* which = b_.CreateAnd(b_.CreateLShr(column, 4), 3);
  Value* word = words[0];
  for (unsigned w = 1; w < 4; ++w) word = b_.CreateSelect(b_.CreateICmpEQ(which, i64(w)), words[w], word);
  return word;
}

/// The low 32 bits of a scalar slot that holds a whole number.
Value* KernelEmitter::scalar_bits(int slot) {
  Value*& bits = entry_bits_[slot];
  if (bits == nullptr)
    bits = at_entry([&] { return b_.CreateTrunc(b_.CreateFPToUI(scalar_slot(slot), b_.getInt64Ty()), b_.getInt32Ty()); });
  return bits;
}

std::array<Value*, 4> KernelEmitter::philox_words(Value* counter, Value* row, Value* layer) {
  auto* type = counter->getType();
  auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(type);
  const std::int64_t lanes = vector ? vector->getNumElements() : 1;
  auto* wide = vector ? static_cast<llvm::Type*>(llvm::FixedVectorType::get(b_.getInt64Ty(), vector->getNumElements())) : b_.getInt64Ty();
  std::array<Value*, 4> c{counter, splat(row, lanes), splat(scalar_bits(k_.scalar_step), lanes), splat(layer, lanes)};
  Value* k0 = splat(scalar_bits(k_.scalar_seed_low), lanes);
  Value* k1 = splat(scalar_bits(k_.scalar_seed_high), lanes);
  const auto constant = [](llvm::Type* t, std::uint64_t v) { return llvm::ConstantInt::get(t, v); };
  const auto high = [&](Value* v) { return b_.CreateTrunc(b_.CreateLShr(v, constant(wide, 32)), type); };
  for (int r = 0; r < philox_rounds; ++r) {
    Value* p0 = b_.CreateMul(b_.CreateZExt(c[0], wide), constant(wide, philox_m0));
    Value* p1 = b_.CreateMul(b_.CreateZExt(c[2], wide), constant(wide, philox_m1));
    c = {b_.CreateXor(b_.CreateXor(high(p1), c[1]), k0), b_.CreateTrunc(p1, type), b_.CreateXor(b_.CreateXor(high(p0), c[3]), k1),
         b_.CreateTrunc(p0, type)};
    k0 = b_.CreateAdd(k0, constant(type, philox_w0));
    k1 = b_.CreateAdd(k1, constant(type, philox_w1));
  }
  return c;
}

}  // namespace ingot::codegen
