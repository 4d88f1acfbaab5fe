// Expressions of a device kernel: what a node is worth at a place. Values of columns and scalars are LLVM scalars, all others have
// as many lanes as the place. Numbers of 16 bits are integers (low_types.hpp), and computed with in float32.
#include "ir/error.hpp"
#include "ir/philox.hpp"
#include "ir/rounding.hpp"
#include "llvm/nvptx/part_emitter.hpp"

namespace ingot::codegen {

using llvm::Value;

Value* PartEmitter::evaluate(int node, const Place& p) {
  if (at_entry_[static_cast<std::size_t>(node)]) return entry_value(node);
  const auto key = std::pair(node, k().node(node).type.cols == 1 ? -1 : p.step);
  if (const auto known = memo_.find(key); known != memo_.end()) return known->second;
  Value* v = compute(node, p);
  memo_[key] = v;
  return v;
}

Value* PartEmitter::compute(int node, const Place& p) {
  const KernelNode& n = k().node(node);
  const std::int64_t lanes = lanes_of(n.type, p);
  if (n.load >= 0) return load(node, p);
  switch (n.op) {
    case Op::iota: {
      auto* t = element_type(accumulated(n.type.dtype));
      Value* number = splat(b_.CreateUIToFP(p.col, t), lanes);
      if (lanes > 1) {
        std::vector<llvm::Constant*> lane;
        for (std::int64_t i = 0; i < lanes; ++i) lane.push_back(llvm::ConstantFP::get(t, static_cast<double>(i)));
        number = b_.CreateFAdd(number, llvm::ConstantVector::get(lane));
      }
      return narrowed(number, n.type.dtype);
    }
    case Op::keep_mask: {
      Value*& threshold = thresholds_[n.in[0]];
      if (threshold == nullptr) {
        Value* rate = widened_entry_value(n.in[0]);
        threshold = at_entry([&] { return keep_threshold(rate); });
      }
      Value* word = random_word(n.attr.layer, random_place(n.type, p));
      return b_.CreateICmpUGE(word, splat(threshold, lanes));
    }
    case Op::normal: {
      const Place at = random_place(n.type, p);
      const DType t = accumulated(n.type.dtype);
      Value* radius_word = random_word(n.attr.layer, at);
      Value* standard = normal_of_words(radius_word, random_word(n.attr.layer + second_stream, at), t);
      return narrowed(b_.CreateFMul(standard, splat(b_.CreateFPCast(widened_entry_value(n.in[0]), element_type(t)), lanes)), n.type.dtype);
    }
    default:
      break;
  }
  if (op_family(n.op) != Family::map)
    throw InternalError("emit for a device: " + std::string(op_name(n.op)) + " is not available where it is used in a " +
                        std::string(kind_name(k().kind)) + " kernel");
  std::vector<Value*> operands;
  for (const int in : n.in) operands.push_back(widened(evaluate(in, p), k().node(in).type.dtype));
  return narrowed(compute_map(n, std::move(operands), lanes), n.type.dtype);
}

Value* PartEmitter::entry_value(int node) {
  if (const auto known = entry_memo_.find(node); known != entry_memo_.end()) return known->second;
  const KernelNode& n = k().node(node);
  std::vector<Value*> operands;
  if (n.load < 0)
    for (const int in : n.in) operands.push_back(widened_entry_value(in));
  Value* v = at_entry([&]() -> Value* {
    if (n.load >= 0) return load_from(argument(n.load), n.type.dtype, i32(0), 1);
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

Value* PartEmitter::widened_entry_value(int node) {
  Value* v = entry_value(node);
  return at_entry([&] { return widened(v, k().node(node).type.dtype); });
}

// ---- memory

/// The element of a matrix of type `t` at a place; extents of 1 are the same everywhere.
Value* PartEmitter::index_in(const Type& t, const Place& p) {
  const bool one_row = !t.batched && t.rows == 1;
  if (t.cols == 1) return one_row ? i32(0) : p.row;
  return one_row ? p.col : b_.CreateAdd(b_.CreateMul(p.row, i32(t.cols)), p.col);
}

Value* PartEmitter::load_from(Value* base, DType t, Value* index, std::int64_t lanes) {
  Value* address = b_.CreateInBoundsGEP(element_type(t), base, b_.CreateZExt(index, b_.getInt64Ty()));
  return b_.CreateAlignedLoad(vector_type(t, lanes), address, llvm::Align(dtype_size(t) * static_cast<std::uint64_t>(lanes)));
}

Value* PartEmitter::load(int node, const Place& p) {
  const KernelNode& n = k().node(node);
  return load_from(argument(n.load), n.type.dtype, index_in(n.type, p), lanes_of(n.type, p));
}

void PartEmitter::store_to(Value* base, DType t, Value* index, Value* v, std::int64_t lanes) {
  Value* address = b_.CreateInBoundsGEP(element_type(t), base, b_.CreateZExt(index, b_.getInt64Ty()));
  b_.CreateAlignedStore(splat(v, lanes), address, llvm::Align(dtype_size(t) * static_cast<std::uint64_t>(lanes)));
}

void PartEmitter::store_node(const KernelStore& s, const Place& p) {
  const Type& t = k().node(s.node).type;
  Value* index = index_in(t, p);
  store_to(argument(s.argument), t.dtype, index, evaluate(s.node, p), lanes_of(t, p));
}

void PartEmitter::store_all(const Place& p) {
  for (const KernelStore& s : k().stores) store_node(s, p);
}

Value* PartEmitter::scalar_slot(int slot) {
  const std::uint64_t offset = frame_.call.scalars_offset + static_cast<std::uint64_t>(slot) * sizeof(double);
  return b_.CreateAlignedLoad(b_.getDoubleTy(), b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), frame_.operands[0], offset), llvm::Align(8));
}

// ---- randomness (philox.hpp says which word decides about which element)

/// The low 32 bits of a scalar slot that holds a whole number.
Value* PartEmitter::scalar_bits(int slot) {
  Value*& bits = entry_bits_[slot];
  if (bits == nullptr)
    bits = at_entry([&] { return b_.CreateTrunc(b_.CreateFPToUI(scalar_slot(slot), b_.getInt64Ty()), b_.getInt32Ty()); });
  return bits;
}

/// Values of one column are the same at all columns of the domain.
Place PartEmitter::random_place(const Type& t, const Place& p) { return t.cols == 1 ? Place{p.row, i32(0), 1, p.step} : p; }

Value* PartEmitter::random_word(std::int32_t layer, const Place& p) {
  const std::int64_t lanes = p.lanes;
  // Columns of one place share the number of their word: places begin at multiples of their lanes, which divide 16.
  Value* counter = splat(add({b_.CreateShl(b_.CreateLShr(p.col, 6), 4), b_.CreateAnd(p.col, 15)}), lanes);
  if (lanes > 1) {
    std::vector<std::uint32_t> lane;
    for (std::uint32_t i = 0; i < lanes; ++i) lane.push_back(i);
    counter = b_.CreateAdd(counter, llvm::ConstantDataVector::get(c_, lane));
  }
  const std::array<Value*, 4> numbers{counter, splat(p.row, lanes), splat(scalar_bits(k().scalar_step), lanes), splat(i32(layer), lanes)};
  const std::array<Value*, 2> key{splat(scalar_bits(k().scalar_seed_low), lanes), splat(scalar_bits(k().scalar_seed_high), lanes)};
  const auto words = philox_rounds_of(numbers, key);
  Value* which = b_.CreateAnd(b_.CreateLShr(p.col, 4), 3);
  Value* word = words[0];
  for (unsigned w = 1; w < 4; ++w) word = b_.CreateSelect(b_.CreateICmpEQ(which, i32(w)), words[w], word);
  return word;
}

}  // namespace ingot::codegen
