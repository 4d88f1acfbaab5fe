// Kernels with one thread for each run of neighbouring elements: elementwise work, rows of the caller, sums of a few matrices,
// moves, results; windows are in emit_windows.cpp, tables in emit_lookup.cpp. What the kernel is about becomes the value of its anchor, and
// everything fused behind it is evaluated there.
#include "ir/error.hpp"
#include "llvm/nvptx/part_emitter.hpp"

#include <ingot_abi.h>
#include <ingot_device.h>

namespace ingot::codegen {

using llvm::Value;

void PartEmitter::emit_points() {
  const std::int64_t runs = k().domain.cols / part_.run;
  Value* number = b_.CreateAdd(b_.CreateMul(block_, i32(block_threads)), frame_.thread);
  Value* total = b_.CreateMul(total_rows(k().domain), i32(runs));
  when(b_.CreateICmpULT(number, total), [&] {
    Place p;
    p.lanes = part_.run;
    p.row = runs == 1 ? number : b_.CreateUDiv(number, i32(runs));
    Value* run = runs == 1 ? i32(0) : b_.CreateURem(number, i32(runs));
    p.col = part_.run == 1 ? run : b_.CreateMul(run, i32(part_.run));
    if (k().kind == KernelKind::write) return write(p);
    if (k().anchor >= 0) set_anchor(p);
    store_all(p);
  });
}

void PartEmitter::set_anchor(const Place& p) {
  Value* v = nullptr;
  switch (k().kind) {
    case KernelKind::gather:
      v = gather(p);
      break;
    case KernelKind::fold:
      v = fold(p);
      break;
    case KernelKind::move:
      v = move(p);
      break;
    case KernelKind::pool:
      v = narrowed(pool(p), k().domain.dtype);
      break;
    case KernelKind::pool_gradient:
      v = narrowed(k().node(k().anchor).op == Op::max_pool_gradient ? max_pool_gradient(p) : avg_pool_gradient(p), k().domain.dtype);
      break;
    case KernelKind::lookup:
      v = lookup(p);
      break;
    case KernelKind::lookup_gradient:
      v = lookup_gradient(p);
      break;
    default:
      throw InternalError("emit for a device: a " + std::string(kind_name(k().kind)) + " kernel is not one of points");
  }
  memo_[{k().anchor, k().node(k().anchor).type.cols == 1 ? -1 : p.step}] = v;
}

/// Elements of the caller's row, converted. The dtype of an input is known at run time only, and is the same for all threads.
Value* PartEmitter::gather(const Place& p) {
  const Type& t = k().domain;
  Value* sample = t.rows == 1 ? p.row : b_.CreateUDiv(p.row, i32(t.rows));
  Value* chosen =
      b_.CreateZExt(load_from(frame_.operands[static_cast<std::size_t>(part_.index_operand)], DType::i32, sample, 1), b_.getInt64Ty());
  Value* inside = p.col;
  if (t.rows != 1) inside = b_.CreateAdd(b_.CreateMul(b_.CreateURem(p.row, i32(t.rows)), i32(t.cols)), p.col);
  // A whole data set may lie here: more than 32 bits of elements.
  Value* from = add({b_.CreateMul(chosen, i64(t.rows * t.cols)), b_.CreateZExt(inside, b_.getInt64Ty())});
  if (k().node(k().anchor).op == Op::target) return gather_as(p, from, k().port_dtype);
  Value* dtype = load_from(frame_.operands[0], DType::i32, i32(INGOT_CALL_DTYPES_OFFSET / 4 + k().port), 1);
  auto *bytes = new_block("bytes"), *reals = new_block("reals"), *done = new_block("gathered");
  b_.CreateCondBr(b_.CreateICmpEQ(dtype, i32(INGOT_U8)), bytes, reals);
  b_.SetInsertPoint(bytes);
  Value* of_bytes = gather_as(p, from, DType::u8);
  b_.CreateBr(done);
  b_.SetInsertPoint(reals);
  Value* of_reals = gather_as(p, from, k().port_dtype);
  b_.CreateBr(done);
  b_.SetInsertPoint(done);
  auto* v = b_.CreatePHI(of_bytes->getType(), 2);
  v->addIncoming(of_bytes, bytes);
  v->addIncoming(of_reals, reals);
  return v;
}

Value* PartEmitter::gather_as(const Place& p, Value* from, DType t) {
  Value* address = b_.CreateInBoundsGEP(element_type(t), frame_.operands[static_cast<std::size_t>(part_.port_operand)], from);
  Value* raw = b_.CreateAlignedLoad(vector_type(t, p.lanes), address, llvm::Align(dtype_size(t) * static_cast<std::uint64_t>(p.lanes)));
  auto* to = vector_type(k().domain.dtype, p.lanes);
  if (t == DType::u8) return b_.CreateUIToFP(raw, to);
  if (t == DType::i32) return b_.CreateSIToFP(raw, to);
  return b_.CreateFPCast(raw, to);
}

/// Sum of the matrices of a stack, in their order.
Value* PartEmitter::fold(const Place& p) {
  const KernelNode& stack = k().node(k().node(k().anchor).in[0]);
  const std::int64_t parts = stack.type.rows / k().domain.rows;
  const auto part = [&](std::int64_t i) {
    Value* row = b_.CreateAdd(p.row, i32(i * k().domain.rows));
    return load_from(argument(stack.load), stack.type.dtype, index_in(stack.type, {row, p.col, p.lanes, 0}), p.lanes);
  };
  Value* sum = part(0);
  for (std::int64_t i = 1; i < parts; ++i) sum = b_.CreateFAdd(sum, part(i));
  return sum;
}

Value* PartEmitter::move(const Place& p) {
  const KernelNode& n = k().node(k().anchor);
  const KernelNode& first = k().node(n.in[0]);
  const std::int64_t cols = k().domain.cols;
  const auto element = [&](const KernelNode& from, Value* row, Value* col) {
    return load_from(argument(from.load), from.type.dtype, index_in(from.type, {row, col, 1, 0}), 1);
  };
  switch (n.op) {
    case Op::reshape:  // rows of a sample are consecutive on both sides
      return load_from(argument(first.load), first.type.dtype, b_.CreateAdd(b_.CreateMul(p.row, i32(cols)), p.col), 1);
    case Op::flip_kernel: {
      const std::int64_t filters = first.type.cols;
      Value* cell = b_.CreateSub(i32(n.attr.window.cells() - 1), b_.CreateUDiv(p.row, i32(filters)));
      Value* row = b_.CreateAdd(b_.CreateMul(cell, i32(cols)), p.col);
      return element(first, row, b_.CreateURem(p.row, i32(filters)));
    }
    case Op::slice:
      return element(first, p.row, b_.CreateAdd(p.col, i32(n.attr.begin)));
    default: {  // concat: both are read, each at a column that it has
      const KernelNode& second = k().node(n.in[1]);
      Value* left = b_.CreateICmpULT(p.col, i32(first.type.cols));
      Value* a = element(first, p.row, b_.CreateSelect(left, p.col, i32(0)));
      Value* b = element(second, p.row, b_.CreateSelect(left, i32(0), b_.CreateSub(p.col, i32(first.type.cols))));
      return b_.CreateSelect(left, a, b);
    }
  }
}

void PartEmitter::write(const Place& p) {
  Value* to = frame_.operands[static_cast<std::size_t>(part_.port_operand)];
  Value* v = b_.CreateFPCast(widened(load(0, p), k().domain.dtype), vector_type(k().port_dtype, lanes_of(k().domain, p)));
  store_to(to, k().port_dtype, index_in(k().domain, p), v, lanes_of(k().domain, p));
}

}  // namespace ingot::codegen
