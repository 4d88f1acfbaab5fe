// Kernels at the border of a program: gather (the caller's rows into panels, bytes converted on the way), write (panels into
// the caller's canonical tensors), and moves of elements between values of different extents.
#include "llvm/emitter.hpp"

#include <ingot_abi.h>

#include <cstddef>

namespace ingot::codegen {

using llvm::Value;

// ---- gather

void KernelEmitter::emit_gather() {
  if (k_.node(k_.anchor).op == Op::target) return gather_rows(false);
  auto* pointer = llvm::PointerType::get(c_, 0);
  Value* dtypes = call_field(offsetof(ingot_call, input_dtypes), pointer);
  Value* dtype =
      b_.CreateLoad(b_.getInt32Ty(), b_.CreateConstInBoundsGEP1_64(b_.getInt32Ty(), dtypes, static_cast<std::uint64_t>(k_.port)));
  auto* bytes = llvm::BasicBlock::Create(c_, "bytes", f_);
  auto* reals = llvm::BasicBlock::Create(c_, "reals", f_);
  auto* done = llvm::BasicBlock::Create(c_, "done", f_);
  b_.CreateCondBr(b_.CreateICmpEQ(dtype, b_.getInt32(INGOT_U8)), bytes, reals);
  for (const bool is_bytes : {true, false}) {
    b_.SetInsertPoint(is_bytes ? bytes : reals);
    forget();
    gather_rows(is_bytes);
    b_.CreateBr(done);
  }
  b_.SetInsertPoint(done);
}

void KernelEmitter::gather_rows(bool bytes) {
  auto* pointer = llvm::PointerType::get(c_, 0);
  const bool target = k_.node(k_.anchor).op == Op::target;
  Value* table = call_field(target ? offsetof(ingot_call, targets) : offsetof(ingot_call, inputs), pointer);
  Value* base = b_.CreateLoad(pointer, b_.CreateConstInBoundsGEP1_64(pointer, table, static_cast<std::uint64_t>(k_.port)));
  Value* index = call_field(offsetof(ingot_call, index), pointer);
  Value* has_index = b_.CreateICmpNE(index, llvm::ConstantPointerNull::get(pointer));
  const DType source_type = bytes ? DType::u8 : k_.port_dtype;
  const std::int64_t features = k_.domain.cols * k_.domain.rows;
  Value *begin, *end;
  row_range(begin, end);
  loop(begin, end, 1, [&](Value* row) {
    // Without an index row r is row r; the load goes to a place that is always readable.
    Value* sample = k_.domain.rows == 1 ? row : b_.CreateUDiv(row, i64(k_.domain.rows));
    Value* slot = b_.CreateSelect(has_index, b_.CreateInBoundsGEP(b_.getInt32Ty(), index, sample), call_);
    Value* chosen =
        b_.CreateSelect(has_index, b_.CreateZExt(b_.CreateAlignedLoad(b_.getInt32Ty(), slot, llvm::Align(4)), b_.getInt64Ty()), sample);
    Value* from = b_.CreateMul(chosen, i64(features));
    if (k_.domain.rows != 1) from = b_.CreateAdd(from, b_.CreateMul(b_.CreateURem(row, i64(k_.domain.rows)), i64(k_.domain.cols)));
    Value* source = offset(base, source_type, from);
    const auto vector = [&](Value* panel, std::int64_t v, std::int64_t valid) {
      const Position p{panel, row, 0, static_cast<int>(v)};
      Value* column = i64(v * domain_.lanes);
      if (panel != nullptr) column = b_.CreateAdd(b_.CreateMul(panel, i64(domain_.width)), column);
      memo_[{k_.anchor, 0, domain_.cols == 1 ? -1 : static_cast<int>(v)}] = load_source(source, column, domain_.lanes, valid, bytes);
      store_at(p);
    };
    const std::int64_t full = domain_.cols / domain_.width;
    loop(i64(0), i64(full), 1, [&](Value* panel) {
      for (std::int64_t v = 0; v < domain_.vectors(); ++v) vector(panel, v, domain_.lanes);
    });
    forget();
    for (std::int64_t v = 0; v * domain_.lanes < domain_.cols % domain_.width; ++v)
      vector(i64(full), v, std::min(domain_.lanes, domain_.cols % domain_.width - v * domain_.lanes));
  });
}

/// `lanes` elements from `column` on, of which `valid` exist in the row; converted to the dtype of computation.
Value* KernelEmitter::load_source(Value* source, Value* column, std::int64_t lanes, std::int64_t valid, bool bytes) {
  const DType from = bytes ? DType::u8 : k_.port_dtype;
  auto* to = vector_type(k_.domain.dtype, lanes);
  const auto align = llvm::Align(dtype_size(from));
  Value* raw;
  if (valid == lanes) {
    raw = b_.CreateAlignedLoad(vector_type(from, lanes), offset(source, from, column), align);
  } else {
    raw = llvm::Constant::getNullValue(vector_type(from, lanes));
    for (std::int64_t i = 0; i < valid; ++i)
      raw = b_.CreateInsertElement(raw, b_.CreateAlignedLoad(element_type(from), offset(source, from, b_.CreateAdd(column, i64(i))), align),
                                   i64(i));
  }
  if (from == DType::u8) return b_.CreateUIToFP(raw, to);
  if (from == DType::i32) return b_.CreateSIToFP(raw, to);
  return b_.CreateFPCast(raw, to);
}

// ---- move

void KernelEmitter::emit_move() {
  Value *begin, *end;
  row_range(begin, end);
  if (const KernelNode& n = k_.node(k_.anchor);
      n.op == Op::reshape && k_.domain.cols % lanes_ == 0 && k_.node(n.in[0]).type.cols % lanes_ == 0) {
    loop(begin, end, 1, [&](Value* row) { loop(i64(0), i64(k_.domain.cols), lanes_, [&](Value* column) { move_vector(row, column); }); });
    return;
  }
  loop(begin, end, 1, [&](Value* row) { loop(i64(0), i64(k_.domain.cols), 1, [&](Value* column) { move_element(row, column); }); });
}

Value* KernelEmitter::matrix_address(int a, Value* row, Value* column) {
  const Layout& l = k_.argument(a);
  if (l.cols == 1) return offset(argument(a), l.dtype, row);
  Value* panel = b_.CreateMul(b_.CreateUDiv(column, i64(l.width)), i64(l.panel_stride()));
  if (l.paired) {
    Value* before = b_.CreateAdd(panel, in_pair(row, l));
    return offset(argument(a), l.dtype, b_.CreateAdd(before, b_.CreateMul(b_.CreateURem(column, i64(l.width)), i64(2))));
  }
  return offset(argument(a), l.dtype, add({b_.CreateAdd(panel, b_.CreateMul(row, i64(l.width))), b_.CreateURem(column, i64(l.width))}));
}

/// A reshape whose rows are whole vectors on both sides.
void KernelEmitter::move_vector(Value* row, Value* column) {
  const int from = k_.node(k_.node(k_.anchor).in[0]).load;
  const std::int64_t cols = k_.argument(from).cols;
  Value* linear = b_.CreateAdd(b_.CreateMul(row, i64(k_.domain.cols)), column);
  Value *from_row = b_.CreateUDiv(linear, i64(cols)), *from_column = b_.CreateURem(linear, i64(cols));
  Value* x = b_.CreateAlignedLoad(vector_type(k_.domain.dtype, lanes_), matrix_address(from, from_row, from_column),
                                  vector_align(k_.argument(from)));
  for (const KernelStore& s : k_.stores) {
    const Layout& l = k_.argument(s.argument);
    Value* to = matrix_address(s.argument, row, column);
    if (l.paired)
      store_paired(x, to);
    else
      b_.CreateAlignedStore(x, to, vector_align(l));
  }
}

void KernelEmitter::move_element(Value* row, Value* column) {
  const KernelNode& n = k_.node(k_.anchor);
  const auto address = [&](int a, Value* r, Value* c) { return matrix_address(a, r, c); };
  const int first = k_.node(n.in[0]).load;
  Value* from = nullptr;
  if (n.op == Op::reshape) {
    const Type& t = k_.node(n.in[0]).type;
    Value* linear = b_.CreateAdd(b_.CreateMul(row, i64(k_.domain.cols)), column);  // rows of a sample are consecutive on both sides
    Value* from_row = b_.CreateUDiv(linear, i64(t.cols));
    from = address(first, from_row, b_.CreateURem(linear, i64(t.cols)));
  } else if (n.op == Op::flip_kernel) {
    const std::int64_t filters = k_.node(n.in[0]).type.cols;
    Value* cell = b_.CreateSub(i64(n.attr.window.cells() - 1), b_.CreateUDiv(row, i64(filters)));
    Value* from_row = b_.CreateAdd(b_.CreateMul(cell, i64(k_.domain.cols)), column);
    from = address(first, from_row, b_.CreateURem(row, i64(filters)));
  } else if (n.op == Op::slice) {
    from = address(first, row, b_.CreateAdd(column, i64(n.attr.begin)));
  } else {
    const std::int64_t left = k_.node(n.in[0]).type.cols;
    Value* in_left = b_.CreateICmpSLT(column, i64(left));
    Value* zero = i64(0);
    Value* from_left = address(first, row, b_.CreateSelect(in_left, column, zero));
    Value* right_column = b_.CreateSelect(in_left, zero, b_.CreateSub(column, i64(left)));
    from = b_.CreateSelect(in_left, from_left, address(k_.node(n.in[1]).load, row, right_column));
  }
  Value* x = b_.CreateLoad(element_type(k_.domain.dtype), from);
  for (const KernelStore& s : k_.stores) b_.CreateStore(x, address(s.argument, row, column));
}

// ---- write

void KernelEmitter::emit_write() {
  auto* pointer = llvm::PointerType::get(c_, 0);
  const auto port = static_cast<std::uint64_t>(k_.port);
  if (k_.is_metric) {
    Value* x = b_.CreateLoad(element_type(k_.argument(0).dtype), argument(0));
    Value* metrics = call_field(offsetof(ingot_call, metrics), pointer);
    Value* value = b_.CreateFPCast(x, b_.getDoubleTy());
    b_.CreateStore(value, b_.CreateConstInBoundsGEP1_64(b_.getDoubleTy(), metrics, port));
    return;
  }
  Value* table = call_field(offsetof(ingot_call, outputs), pointer);
  Value* base = b_.CreateLoad(pointer, b_.CreateConstInBoundsGEP1_64(pointer, table, port));
  Value *begin, *end;
  row_range(begin, end);
  const Layout& l = k_.argument(0);
  const auto align = llvm::Align(dtype_size(l.dtype));
  loop(begin, end, 1, [&](Value* row) {
    Value* to = offset(base, l.dtype, b_.CreateMul(row, i64(l.cols)));
    const auto vector = [&](Value* panel, std::int64_t v, std::int64_t valid) {
      Value* x = load(0, {panel, row, 0, static_cast<int>(v)});
      Value* at = offset(to, l.dtype, b_.CreateAdd(b_.CreateMul(panel, i64(l.width)), i64(v * l.lanes)));
      if (valid == l.lanes)
        b_.CreateAlignedStore(x, at, align);
      else
        for (std::int64_t i = 0; i < valid; ++i) {
          Value* element = b_.CreateExtractElement(x, i64(i));
          b_.CreateAlignedStore(element, offset(at, l.dtype, i64(i)), align);
        }
    };
    const std::int64_t full = l.cols / l.width;
    loop(i64(0), i64(full), 1, [&](Value* panel) {
      for (std::int64_t v = 0; v < l.vectors(); ++v) vector(panel, v, l.lanes);
    });
    forget();
    for (std::int64_t v = 0; v * l.lanes < l.cols % l.width; ++v) vector(i64(full), v, std::min(l.lanes, l.cols % l.width - v * l.lanes));
  });
}

}  // namespace ingot::codegen
