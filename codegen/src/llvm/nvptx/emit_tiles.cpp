// Contractions: matrix products in their three forms, convolutions and gradients of their kernels as the same product with an image
// in the place of A (implicit GEMM). A block brings slices of both operands into shared memory, transposed so that the reduction is
// the slow index; each thread fetches the next slice into registers while it multiplies this one.
#include "llvm/nvptx/part_emitter.hpp"

namespace ingot::codegen {

using llvm::Value;

namespace {

constexpr std::int64_t unrolled_steps = 8;  // of the reduction; divides every tile's depth
constexpr std::int64_t run_length = 4;      // what a thread fetches of a slice

bool is_convolution(const KernelNode& n) { return n.op == Op::conv; }
bool is_kernel_gradient(const KernelNode& n) { return n.op == Op::conv_kernel_gradient; }

}  // namespace

void PartEmitter::emit_tiles() {
  const ContractionTile& t = part_.tile;
  const std::int64_t col_blocks = (k().domain.cols + t.cols - 1) / t.cols, row_blocks = part_.blocks / (col_blocks * part_.parts);
  Value* rest = b_.CreateUDiv(block_, i32(col_blocks));
  Value* first_col = b_.CreateMul(b_.CreateURem(block_, i32(col_blocks)), i32(t.cols));
  Value* first_row = b_.CreateMul(b_.CreateURem(rest, i32(row_blocks)), i32(t.rows));
  Value* part = b_.CreateUDiv(rest, i32(row_blocks));
  Value* row_end = part_.parts == 1 ? total_rows(k().domain) : i32(k().domain.rows / part_.parts);
  // The same for all threads of a block, so barriers may stand in there.
  when(b_.CreateICmpULT(first_row, row_end), [&] { contract(part, first_row, first_col, row_end); });
}

void PartEmitter::contract(Value* part, Value* first_row, Value* first_col, Value* row_end) {
  const ContractionTile& t = part_.tile;
  Value *k_begin, *k_end;
  k_range(part, k_begin, k_end);
  const Operand a = left_operand(row_end, k_end), b = right_operand(k_end);
  const auto runs = static_cast<std::size_t>(t.thread_rows * (t.thread_cols / t.run()));
  Sums carried(runs, llvm::Constant::getNullValue(vector_type(DType::f32, t.run())));
  carried.push_back(fetch(a, first_row, k_begin));
  carried.push_back(fetch(b, first_col, k_begin));
  loop(k_begin, k_end, i32(t.depth), carried, [&](Value* k0, Sums& c) {
    bring(a, c[runs]);
    bring(b, c[runs + 1]);
    barrier();
    Value* next = b_.CreateAdd(k0, i32(t.depth));
    c[runs] = fetch(a, first_row, next);
    c[runs + 1] = fetch(b, first_col, next);
    multiply(a, b, c);
    barrier();
  });
  carried.resize(runs);
  store_tile(carried, part, first_row, first_col, row_end);
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

// ---- operands

PartEmitter::Operand PartEmitter::left_operand(Value* row_end, Value* k_end) {
  const KernelNode& n = k().node(k().anchor);
  Operand o;
  o.extent = part_.tile.rows;
  o.stride = part_.tile.a_stride();
  if (is_convolution(n) || is_kernel_gradient(n)) {
    o.along_k = is_convolution(n);
    o.load = [this, row_end, k_end](Value* outer, Value* at) { return load_image(outer, at, row_end, k_end); };
  } else {
    o.along_k = !n.attr.transpose_a;
    o.load = [this, row_end, k_end, node = n.in[0], along = o.along_k](Value* outer, Value* at) {
      return load_matrix(node, outer, at, row_end, k_end, along);
    };
  }
  return o;
}

PartEmitter::Operand PartEmitter::right_operand(Value* k_end) {
  const KernelNode& n = k().node(k().anchor);
  Operand o;
  o.extent = part_.tile.cols;
  o.stride = part_.tile.b_stride();
  o.base = static_cast<std::int64_t>(part_.tile.depth) * part_.tile.a_stride();
  o.along_k = n.attr.transpose_b;
  o.load = [this, k_end, node = n.in[1], along = o.along_k](Value* outer, Value* at) {
    return load_matrix(node, outer, at, i32(k().domain.cols), k_end, along);
  };
  return o;
}

/// Four elements of `node`, number i at index `at(i).first` where `at(i).second` holds, else 0. `unit`: extent in whose multiples
/// neighbours stay together; a multiple of four lets one load bring them all.
Value* PartEmitter::load_run(int node, std::int64_t unit, const std::function<std::pair<Value*, Value*>(int)>& at) {
  const KernelNode& n = k().node(node);
  auto* type = vector_type(n.type.dtype, run_length);
  Value* zero = llvm::Constant::getNullValue(type);
  if (unit % run_length == 0) {
    const auto [index, valid] = at(0);
    return b_.CreateSelect(valid, load_from(argument(n.load), n.type.dtype, b_.CreateSelect(valid, index, i32(0)), run_length), zero);
  }
  Value* run = zero;
  for (int i = 0; i < run_length; ++i) {
    const auto [index, valid] = at(i);
    Value* x = load_from(argument(n.load), n.type.dtype, b_.CreateSelect(valid, index, i32(0)), 1);
    run = b_.CreateInsertElement(run, b_.CreateSelect(valid, x, real(x->getType(), 0)), static_cast<std::uint64_t>(i));
  }
  return run;
}

Value* PartEmitter::load_matrix(int node, Value* outer, Value* at_k, Value* outer_end, Value* k_end, bool along_k) {
  const std::int64_t cols = k().node(node).type.cols;
  return load_run(node, cols, [&](int i) {
    Value* o = along_k ? outer : b_.CreateAdd(outer, i32(i));
    Value* q = along_k ? b_.CreateAdd(at_k, i32(i)) : at_k;
    Value* index = along_k ? b_.CreateAdd(b_.CreateMul(o, i32(cols)), q) : b_.CreateAdd(b_.CreateMul(q, i32(cols)), o);
    return std::pair(index, b_.CreateAnd(b_.CreateICmpULT(o, outer_end), b_.CreateICmpULT(q, k_end)));
  });
}

/// The image under a window: of a convolution, `outer` is a pixel of the result and k a cell and channel; of a kernel gradient the
/// other way round.
Value* PartEmitter::load_image(Value* outer, Value* at_k, Value* outer_end, Value* k_end) {
  const KernelNode& n = k().node(k().anchor);
  const Window& w = n.attr.window;
  const std::int64_t channels = k().node(n.in[0]).type.cols;
  const bool convolution = is_convolution(n);
  return load_run(n.in[0], channels, [&](int i) {
    Value* cell_channel = b_.CreateAdd(convolution ? at_k : outer, i32(i));
    Value* cell = b_.CreateUDiv(cell_channel, i32(channels));
    const Pixel pixel = pixel_of(convolution ? outer : at_k, w.out_h, w.out_w);
    const Cell under = cell_under(w, pixel, b_.CreateUDiv(cell, i32(w.kernel_w)), b_.CreateURem(cell, i32(w.kernel_w)));
    Value* inside = convolution ? b_.CreateAnd(b_.CreateICmpULT(outer, outer_end), b_.CreateICmpULT(cell_channel, k_end))
                                : b_.CreateAnd(b_.CreateICmpULT(cell_channel, outer_end), b_.CreateICmpULT(at_k, k_end));
    Value* index = b_.CreateAdd(b_.CreateMul(under.row, i32(channels)), b_.CreateURem(cell_channel, i32(channels)));
    return std::pair(index, b_.CreateAnd(under.valid, inside));
  });
}

// ---- slices

/// This thread's run of the slice that begins at (first_outer, first_k).
Value* PartEmitter::fetch(const Operand& o, Value* first_outer, Value* first_k) {
  const std::int64_t runs = (o.along_k ? part_.tile.depth : o.extent) / run_length;
  Value* run = b_.CreateMul(b_.CreateURem(frame_.thread, i32(runs)), i32(run_length));
  Value* line = b_.CreateUDiv(frame_.thread, i32(runs));
  return o.along_k ? o.load(b_.CreateAdd(first_outer, line), b_.CreateAdd(first_k, run))
                   : o.load(b_.CreateAdd(first_outer, run), b_.CreateAdd(first_k, line));
}

/// ... and into shared memory.
void PartEmitter::bring(const Operand& o, Value* values) {
  const std::int64_t runs = (o.along_k ? part_.tile.depth : o.extent) / run_length;
  Value* run = b_.CreateMul(b_.CreateURem(frame_.thread, i32(runs)), i32(run_length));
  Value* line = b_.CreateUDiv(frame_.thread, i32(runs));
  if (!o.along_k) {
    Value* at = b_.CreateAdd(b_.CreateAdd(b_.CreateMul(line, i32(o.stride)), run), i32(o.base));
    b_.CreateAlignedStore(values, shared_address(at), llvm::Align(16));
    return;
  }
  for (int i = 0; i < run_length; ++i) {
    Value* at = b_.CreateAdd(b_.CreateAdd(b_.CreateMul(b_.CreateAdd(run, i32(i)), i32(o.stride)), line), i32(o.base));
    b_.CreateStore(b_.CreateExtractElement(values, static_cast<std::uint64_t>(i)), shared_address(at));
  }
}

/// `count` floats of shared memory in runs of up to four, `distance` from run to run.
PartEmitter::Sums PartEmitter::shared_runs(Value* first, std::int64_t count, std::int64_t distance) {
  const std::int64_t run = std::min(count, run_length);
  Sums runs;
  for (std::int64_t i = 0; i * run < count; ++i)
    runs.push_back(b_.CreateAlignedLoad(vector_type(DType::f32, run), shared_address(b_.CreateAdd(first, i32(i * distance))),
                                        llvm::Align(static_cast<std::uint64_t>(run) * sizeof(float))));
  return runs;
}

/// acc += the product of the slices in shared memory.
void PartEmitter::multiply(const Operand& a, const Operand& b, Sums& acc) {
  const ContractionTile& t = part_.tile;
  Value *row = b_.CreateMul(row_thread(), i32(t.thread_rows)), *col = b_.CreateMul(column_thread(), i32(t.run()));
  Sums sums(acc.begin(), acc.end() - 2);
  loop(i32(0), i32(t.depth), i32(unrolled_steps), sums, [&](Value* k0, Sums& s) {
    for (std::int64_t step = 0; step < unrolled_steps; ++step) {
      Value* at = b_.CreateAdd(k0, i32(step));
      const Sums x = shared_runs(b_.CreateAdd(b_.CreateMul(at, i32(a.stride)), row), t.thread_rows, run_length);
      Value* b_first = b_.CreateAdd(b_.CreateAdd(b_.CreateMul(at, i32(b.stride)), col), i32(b.base));
      const Sums y = shared_runs(b_first, t.thread_cols, std::int64_t{t.col_threads()} * t.run());
      for (int r = 0; r < t.thread_rows; ++r) {
        Value* run = x[static_cast<std::size_t>(r / run_length)];
        Value* one = run->getType()->isVectorTy() ? b_.CreateExtractElement(run, static_cast<std::uint64_t>(r % run_length)) : run;
        for (std::size_t j = 0; j < y.size(); ++j) {
          Value*& sum = s[static_cast<std::size_t>(r) * y.size() + j];
          sum = fma(splat(one, t.run()), y[j], sum);
        }
      }
    }
  });
  std::copy(sums.begin(), sums.end(), acc.begin());
}

// ---- results

void PartEmitter::store_tile(const Sums& acc, Value* part, Value* first_row, Value* first_col, Value* row_end) {
  const ContractionTile& t = part_.tile;
  Value* row = b_.CreateAdd(first_row, b_.CreateMul(row_thread(), i32(t.thread_rows)));
  Value* col = b_.CreateAdd(first_col, b_.CreateMul(column_thread(), i32(t.run())));
  const auto runs = static_cast<std::size_t>(t.thread_cols / t.run());
  Value* rows_before = part_.parts == 1 ? i32(0) : b_.CreateMul(part, i32(k().domain.rows / part_.parts));
  for (int r = 0; r < t.thread_rows; ++r)
    for (std::size_t j = 0; j < runs; ++j) {
      Value* at_row = b_.CreateAdd(row, i32(r));
      Value* at_col = b_.CreateAdd(col, i32(static_cast<std::int64_t>(j) * t.col_threads() * t.run()));
      when(b_.CreateICmpULT(at_row, row_end),
           [&] { store_run(acc[static_cast<std::size_t>(r) * runs + j], b_.CreateAdd(at_row, rows_before), at_col, 0); });
    }
}

/// A run of the result from (row, col) on, through the epilogue; columns behind the last are left out.
void PartEmitter::store_run(Value* acc, Value* row, Value* col, int step) {
  const std::int64_t cols = k().domain.cols;
  const int run = part_.tile.run();
  const auto store = [&](Value* v, Value* at, std::int64_t lanes) {
    when(b_.CreateICmpULT(at, i32(cols)), [&] {
      memo_[{k().anchor, cols == 1 ? -1 : step}] = v;
      store_all({row, at, lanes, step});
    });
  };
  if (cols % run == 0) return store(acc, col, run);
  for (int i = 0; i < run; ++i) store(b_.CreateExtractElement(acc, static_cast<std::uint64_t>(i)), b_.CreateAdd(col, i32(i)), 1);
}

}  // namespace ingot::codegen
