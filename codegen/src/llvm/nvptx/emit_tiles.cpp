// Contractions in float32 (emit_operands.cpp says of what). A block brings slices of both operands into shared memory, transposed so that
// the reduction is the slow index; each thread fetches the next slice into registers while it multiplies this one.
#include "llvm/nvptx/part_emitter.hpp"

namespace ingot::codegen {

using llvm::Value;

namespace {

constexpr std::int64_t unrolled_steps = 8;  // of the reduction; divides every tile's depth
constexpr std::int64_t run_length = 4;      // what a thread fetches of a slice

}  // namespace

void PartEmitter::emit_tiles() {
  for_tile(part_.tile.rows, part_.tile.cols, [&](const TilePlace& at) { contract(at); });
}

void PartEmitter::contract(const TilePlace& at) {
  const ContractionTile& t = part_.tile;
  Operand a = left_operand(at), b = right_operand(at);
  a.extent = t.rows, a.stride = t.a_stride();
  b.extent = t.cols, b.stride = t.b_stride(), b.base = static_cast<std::int64_t>(t.depth) * t.a_stride();
  const std::size_t runs = static_cast<std::size_t>(t.thread_rows) * static_cast<std::size_t>(t.thread_cols / t.run());
  Sums carried(runs, llvm::Constant::getNullValue(vector_type(DType::f32, t.run())));
  carried.push_back(fetch(a, at.row, at.k_begin));
  carried.push_back(fetch(b, at.col, at.k_begin));
  loop(at.k_begin, at.k_end, i32(t.depth), carried, [&](Value* k0, Sums& c) {
    bring(a, c[runs]);
    bring(b, c[runs + 1]);
    barrier();
    Value* next = b_.CreateAdd(k0, i32(t.depth));
    c[runs] = fetch(a, at.row, next);
    c[runs + 1] = fetch(b, at.col, next);
    multiply(a, b, c);
    barrier();
  });
  carried.resize(runs);
  store_tile(carried, at);
}

// ---- slices

/// This thread's run of the slice that begins at (first_outer, first_k).
Value* PartEmitter::fetch(const Operand& o, Value* first_outer, Value* first_k) {
  const std::int64_t runs = (o.along_k ? part_.tile.depth : o.extent) / run_length;
  Value* run = b_.CreateMul(b_.CreateURem(frame_.thread, i32(runs)), i32(run_length));
  Value* line = b_.CreateUDiv(frame_.thread, i32(runs));
  Value* outer = b_.CreateAdd(first_outer, o.along_k ? line : run);
  return load_run(o, outer, b_.CreateAdd(first_k, o.along_k ? run : line));
}

/// <4 x float> from there on, along the rows of memory; 0 outside of the table.
Value* PartEmitter::load_run(const Operand& o, Value* outer, Value* at_k) {
  const KernelNode& n = k().node(o.node);
  auto* type = vector_type(n.type.dtype, run_length);
  const auto element = [&](int i) {
    const auto [index, valid] = o.along_k ? o.at(outer, b_.CreateAdd(at_k, i32(i))) : o.at(b_.CreateAdd(outer, i32(i)), at_k);
    return std::pair(b_.CreateSelect(valid, index, i32(0)), valid);
  };
  Value* run = llvm::Constant::getNullValue(type);
  if (o.unit % run_length == 0) {
    const auto [index, valid] = element(0);
    return b_.CreateSelect(valid, load_from(argument(n.load), n.type.dtype, index, run_length), run);
  }
  for (int i = 0; i < run_length; ++i) {
    const auto [index, valid] = element(i);
    Value* x = load_from(argument(n.load), n.type.dtype, index, 1);
    run = b_.CreateInsertElement(run, b_.CreateSelect(valid, x, real(x->getType(), 0)), static_cast<std::uint64_t>(i));
  }
  return run;
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
    Value* element = b_.CreateExtractElement(values, static_cast<std::uint64_t>(i));
    b_.CreateStore(element, shared_address(at));
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

void PartEmitter::store_tile(const Sums& acc, const TilePlace& at) {
  const ContractionTile& t = part_.tile;
  Value* row = b_.CreateAdd(at.row, b_.CreateMul(row_thread(), i32(t.thread_rows)));
  Value* col = b_.CreateAdd(at.col, b_.CreateMul(column_thread(), i32(t.run())));
  const auto runs = static_cast<std::size_t>(t.thread_cols / t.run());
  for (int r = 0; r < t.thread_rows; ++r)
    for (std::size_t j = 0; j < runs; ++j) {
      Value* at_col = b_.CreateAdd(col, i32(static_cast<std::int64_t>(j) * t.col_threads() * t.run()));
      store_run(acc[static_cast<std::size_t>(r) * runs + j], t.run(), b_.CreateAdd(row, i32(r)), at_col, at);
    }
}

}  // namespace ingot::codegen
