// Contractions of operands of 16 bits without dot products of pairs: the elements of A that a register tile broadcasts, one by one and
// for every vector of B, are widened to f32 once for each tile, in vectors. Those of B are widened as they are loaded.
#include "llvm/emitter.hpp"

namespace ingot::codegen {

using llvm::Value;

/// The rows of a tile, from `row` on, in panels of f32.
KernelEmitter::TileRows KernelEmitter::widened_rows(Value* row) {
  const int argument_a = k_.node(k_.node(k_.anchor).in[0]).load;
  const Layout& a = k_.argument(argument_a);
  const std::int64_t tile = k_.row_tile * a.width;
  Value* memory = private_memory(a.panels() * tile);
  Value* from = offset(argument(argument_a), a.dtype, b_.CreateMul(row, i64(a.width)));
  nested_loop(a.panels(), [&](Value* panel) {
    Value* source = offset(from, a.dtype, b_.CreateMul(panel, i64(a.panel_stride())));
    Value* target = offset(memory, DType::f32, b_.CreateMul(panel, i64(tile)));
    for (std::int64_t e = 0; e < tile; e += a.lanes) {
      Value* bits = b_.CreateAlignedLoad(vector_type(a.dtype, a.lanes), offset(source, a.dtype, i64(e)), vector_align(a));
      Value* x = widened(bits, a.dtype);
      b_.CreateAlignedStore(x, offset(target, DType::f32, i64(e)), llvm::Align(4));
    }
  });
  return {memory, DType::f32, tile, a.width};
}

/// The columns of a transposed tile, from `column` on, of all valid rows: [rows][row_tile] of f32.
KernelEmitter::Operand KernelEmitter::widened_columns(Value* column, Value* rows) {
  const Layout& a = k_.argument(k_.node(k_.node(k_.anchor).in[0]).load);
  Value* memory = private_memory(a.rows * k_.row_tile);
  loop(i64(0), rows, 1, [&](Value* r) {
    Value* from = offset(column, a.dtype, b_.CreateMul(r, i64(a.width)));
    Value* bits = b_.CreateAlignedLoad(vector_type(a.dtype, k_.row_tile), from, llvm::Align(2));
    Value* x = widened(bits, a.dtype);
    b_.CreateAlignedStore(x, offset(memory, DType::f32, b_.CreateMul(r, i64(k_.row_tile))), llvm::Align(4));
  });
  return {memory, DType::f32};
}

}  // namespace ingot::codegen
