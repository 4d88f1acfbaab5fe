// Expressions: what a node is worth at a position. Values of columns and scalars are LLVM scalars, all others vectors.
#include "ir/error.hpp"
#include "ir/philox.hpp"
#include "ir/rounding.hpp"
#include "llvm/emitter.hpp"

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
  return add({b_.CreateMul(b_.CreateAnd(row, i64(-2)), i64(l.width)), b_.CreateAnd(row, i64(1))});
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
    threshold = at_entry([&] { return keep_threshold(rate); });
  }
  const std::int64_t lanes = lanes_of(n.type);
  Value* word = random_word(n.attr.layer, p, lanes);
  return b_.CreateICmpUGE(word, splat(threshold, lanes));
}

Value* KernelEmitter::normal(const KernelNode& n, const Position& p) {
  const std::int64_t lanes = lanes_of(n.type);
  const DType wide = accumulated(n.type.dtype);
  Value* radius_word = random_word(n.attr.layer, p, lanes);
  Value* standard = normal_of_words(radius_word, random_word(n.attr.layer + second_stream, p, lanes), wide);
  return b_.CreateFMul(standard, splat(b_.CreateFPCast(evaluate(n.in[0], p), element_type(wide)), lanes));
}

Value* KernelEmitter::random_word(std::int32_t layer, const Position& p, std::int64_t lanes) {
  const bool one_column = lanes == 1;  // broadcast over the columns of the domain
  Value* column = i64(one_column ? 0 : p.vector * domain_.lanes);
  if (p.panel != nullptr && !one_column) column = b_.CreateAdd(b_.CreateMul(p.panel, i64(domain_.width)), column);
  // Two vectors of 16 in a panel of 32 are two words of the same counters.
  const bool shared = domain_.width == 32 && domain_.lanes == 16;
  std::array<Value*, 4>& words = random_memo_[{layer, shared ? p.row : -1 - p.row * 2 - p.vector}];
  if (words[0] == nullptr) {
    Value* first = add({b_.CreateShl(b_.CreateLShr(column, 6), 4), b_.CreateAnd(column, 15)});
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
  auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(counter->getType());
  const std::int64_t lanes = vector ? vector->getNumElements() : 1;
  const std::array<Value*, 4> numbers{counter, splat(row, lanes), splat(scalar_bits(k_.scalar_step), lanes), splat(layer, lanes)};
  const std::array<Value*, 2> key{splat(scalar_bits(k_.scalar_seed_low), lanes), splat(scalar_bits(k_.scalar_seed_high), lanes)};
  return philox_rounds_of(numbers, key);
}

}  // namespace ingot::codegen
