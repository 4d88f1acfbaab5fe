// What contractions have in common, whoever multiplies: which tile of the result a block makes, where the elements of both operands lie,
// and the way of a result through the epilogue. Matrix products in their three forms, convolutions and gradients of their kernels are one
// product, with an image in the place of A in the latter two (implicit GEMM).
#include "llvm/nvptx/part_emitter.hpp"

namespace ingot::codegen {

using llvm::Value;

namespace {

bool is_convolution(const KernelNode& n) { return n.op == Op::conv; }
bool is_kernel_gradient(const KernelNode& n) { return n.op == Op::conv_kernel_gradient; }

}  // namespace

/// `body` for the tile of this block. All threads take the same way, so barriers may stand in there.
void PartEmitter::for_tile(std::int64_t rows, std::int64_t cols, const std::function<void(const TilePlace&)>& body) {
  const std::int64_t col_blocks = (k().domain.cols + cols - 1) / cols, row_blocks = part_.blocks / (col_blocks * part_.parts);
  Value* rest = b_.CreateUDiv(block_, i32(col_blocks));
  Value* part = b_.CreateUDiv(rest, i32(row_blocks));
  TilePlace at;
  at.col = b_.CreateMul(b_.CreateURem(block_, i32(col_blocks)), i32(cols));
  at.row = b_.CreateMul(b_.CreateURem(rest, i32(row_blocks)), i32(rows));
  at.row_end = part_.parts == 1 ? total_rows(k().domain) : i32(k().domain.rows / part_.parts);
  at.rows_before = part_.parts == 1 ? i32(0) : b_.CreateMul(part, i32(k().domain.rows / part_.parts));
  when(b_.CreateICmpULT(at.row, at.row_end), [&] {
    k_range(part, at.k_begin, at.k_end);
    body(at);
  });
}

/// What the reduction of a partial sum runs over.
void PartEmitter::k_range(Value* part, Value*& begin, Value*& end) {
  const KernelNode& n = k().node(k().anchor);
  const Type& a = k().node(n.in[0]).type;
  begin = i32(0);
  if (is_convolution(n)) {
    end = i32(n.attr.window.cells() * a.cols);
  } else if (is_kernel_gradient(n)) {
    end = b_.CreateMul(samples_, i32(n.attr.window.out_pixels()));
    if (n.attr.block == 0) return;
    const std::int64_t pixels = n.attr.block * n.attr.window.out_pixels();
    begin = smaller(b_.CreateMul(part, i32(pixels)), end);
    end = smaller(b_.CreateAdd(begin, i32(pixels)), end);
  } else {
    end = n.attr.transpose_a ? total_rows(a) : i32(a.cols);
  }
}

PartEmitter::Operand PartEmitter::left_operand(const TilePlace& t) {
  const KernelNode& n = k().node(k().anchor);
  if (!is_convolution(n) && !is_kernel_gradient(n)) return matrix_operand(n.in[0], !n.attr.transpose_a, t.row_end, t.k_end);
  Operand o;
  o.node = n.in[0];
  o.along_k = is_convolution(n);
  o.unit = k().node(n.in[0]).type.cols;
  o.at = [this, end = t.row_end, k_end = t.k_end](Value* outer, Value* at_k) { return image_element(outer, at_k, end, k_end); };
  return o;
}

PartEmitter::Operand PartEmitter::right_operand(const TilePlace& t) {
  const KernelNode& n = k().node(k().anchor);
  return matrix_operand(n.in[1], n.attr.transpose_b, i32(k().domain.cols), t.k_end);
}

PartEmitter::Operand PartEmitter::matrix_operand(int node, bool along_k, Value* outer_end, Value* k_end) {
  Operand o;
  o.node = node;
  o.along_k = along_k;
  o.unit = k().node(node).type.cols;
  o.at = [this, along_k, cols = o.unit, outer_end, k_end](Value* outer, Value* at_k) {
    Value* index = along_k ? b_.CreateAdd(b_.CreateMul(outer, i32(cols)), at_k) : b_.CreateAdd(b_.CreateMul(at_k, i32(cols)), outer);
    return std::pair(index, all_of({b_.CreateICmpULT(outer, outer_end), b_.CreateICmpULT(at_k, k_end)}));
  };
  return o;
}

/// The image under a window: of a convolution, `outer` is a pixel of the result and k a cell and channel; of a kernel gradient the
/// other way round.
std::pair<Value*, Value*> PartEmitter::image_element(Value* outer, Value* at_k, Value* outer_end, Value* k_end) {
  const KernelNode& n = k().node(k().anchor);
  const Window& w = n.attr.window;
  const std::int64_t channels = k().node(n.in[0]).type.cols;
  Value* cell_channel = is_convolution(n) ? at_k : outer;
  Value* cell = b_.CreateUDiv(cell_channel, i32(channels));
  const Pixel pixel = pixel_of(is_convolution(n) ? outer : at_k, w.out_h, w.out_w);
  const Cell under = cell_under(w, pixel, place_in(w, cell));
  Value* inside = all_of({b_.CreateICmpULT(outer, outer_end), b_.CreateICmpULT(at_k, k_end)});
  Value* index = add({b_.CreateMul(under.row, i32(channels)), b_.CreateURem(cell_channel, i32(channels))});
  return {index, b_.CreateAnd(under.valid, inside)};
}

/// `run` columns of the result from (row, col) of the part on, through the epilogue; what lies behind its last row or column is left out.
void PartEmitter::store_run(Value* acc, std::int64_t run, Value* row, Value* col, const TilePlace& t) {
  const std::int64_t cols = k().domain.cols;
  Value* at_row = b_.CreateAdd(row, t.rows_before);
  const auto store = [&](Value* v, Value* at, std::int64_t lanes) {
    when(b_.CreateICmpULT(at, i32(cols)), [&] {
      memo_[{k().anchor, cols == 1 ? -1 : 0}] = v;
      store_all({at_row, at, lanes, 0});
    });
  };
  when(b_.CreateICmpULT(row, t.row_end), [&] {
    if (cols % run == 0) return store(acc, col, run);
    for (std::int64_t i = 0; i < run; ++i) {
      Value* v = run == 1 ? acc : b_.CreateExtractElement(acc, static_cast<std::uint64_t>(i));
      store(v, b_.CreateAdd(col, i32(i)), 1);
    }
  });
}

}  // namespace ingot::codegen
