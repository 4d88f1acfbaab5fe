// Contractions of numbers of 16 bits on tensor cores, summed in float32. Slices of both operands lie in shared memory as rows of 16-byte
// chunks, in the order of memory, whichever that is: ldmatrix transposes on the way into registers. Copies of the slices to come are
// under way while one is multiplied (cp.async, a ring of stages, one barrier for each slice). Results meet in shared memory, so that the
// epilogue has runs of columns as wide as 128 bits.
#include "llvm/nvptx/matrix_instructions.hpp"
#include "llvm/nvptx/part_emitter.hpp"

#include <algorithm>

namespace ingot::codegen {

using llvm::Value;

namespace {

constexpr std::int64_t chunk_bytes = 16, chunk_elements = 8;
constexpr std::int64_t fragment_rows = 16, fragment_cols = 8, fragment_depth = 16;  // of an mma
constexpr std::int64_t loaded_cols = 16;                                            // of B, by one ldmatrix

}  // namespace

void PartEmitter::emit_matrix_tiles() {
  for_tile(part_.matrix.rows, part_.matrix.cols, [&](const TilePlace& at) {
    const MatrixTile& t = part_.matrix;
    Operand a = left_operand(at), b = right_operand(at);
    a.extent = t.rows, a.left = true;
    b.extent = t.cols, b.base = std::int64_t{t.rows} * t.depth / chunk_elements;
    Sums acc(static_cast<std::size_t>(t.warp_rows / fragment_rows * (t.warp_cols / fragment_cols) * 4), real(b_.getFloatTy(), 0));
    multiply_slices(a, b, at, acc);
    store_fragments(acc, at);
  });
}

/// The ring: slice s lies in stage s % stages. A stage is written again behind the barrier that all threads reach when they have read it.
/// In the end no copy is under way: groups behind the last slice are empty.
void PartEmitter::multiply_slices(const Operand& a, const Operand& b, const TilePlace& at, Sums& acc) {
  const MatrixTile& t = part_.matrix;
  const auto issue = [&](Value* k0, Value* stage) {
    when(b_.CreateICmpULT(k0, at.k_end), [&] {
      copy_slice(a, at.row, k0, stage);
      copy_slice(b, at.col, k0, stage);
    });
    commit_copies(b_);
  };
  constexpr int ahead = MatrixTile::stages - 1;
  for (int s = 0; s < ahead; ++s) issue(b_.CreateAdd(at.k_begin, i32(std::int64_t{s} * t.depth)), i32(s));
  const auto next = [&](Value* stage) {
    Value* last = b_.CreateICmpEQ(stage, i32(ahead));
    return b_.CreateSelect(last, i32(0), b_.CreateAdd(stage, i32(1)));
  };
  Sums carried = acc;
  carried.push_back(i32(0));      // the stage to multiply
  carried.push_back(i32(ahead));  // the stage to fill
  loop(at.k_begin, at.k_end, i32(t.depth), carried, [&](Value* k0, Sums& c) {
    Value *full = c[acc.size()], *empty = c[acc.size() + 1];
    wait_for_copies(b_, ahead - 1);
    barrier();
    issue(b_.CreateAdd(k0, i32(std::int64_t{ahead} * t.depth)), empty);
    multiply_slice(a, b, full, c);
    c[acc.size()] = next(full);
    c[acc.size() + 1] = next(empty);
  });
  std::copy_n(carried.begin(), acc.size(), acc.begin());
}

// ---- shared memory

/// Chunks in a line of an operand's slice; a line is a run of memory.
std::int64_t PartEmitter::line_chunks(const Operand& o) const { return (o.along_k ? part_.matrix.depth : o.extent) / chunk_elements; }

/// Where a chunk of a line lies. Eight lines at one chunk, which ldmatrix reads together, are spread over all banks.
Value* PartEmitter::chunk_address(const Operand& o, Value* stage, Value* line, Value* chunk) {
  const std::int64_t chunks = line_chunks(o);
  Value* turn = chunks >= 8 ? b_.CreateAnd(line, i32(7)) : b_.CreateAnd(b_.CreateUDiv(line, i32(8 / chunks)), i32(chunks - 1));
  Value* slot = add({b_.CreateMul(line, i32(chunks)), b_.CreateXor(chunk, turn)});
  Value* first = b_.CreateAdd(b_.CreateMul(stage, i32(part_.matrix.slice_bytes() / chunk_bytes)), i32(o.base));
  return shared_address(b_.CreateMul(b_.CreateAdd(first, slot), i32(chunk_bytes / 4)));
}

/// This thread's chunks of the slice that begins at (first_outer, first_k).
void PartEmitter::copy_slice(const Operand& o, Value* first_outer, Value* first_k, Value* stage) {
  const std::int64_t chunks = line_chunks(o), all = o.extent * part_.matrix.depth / chunk_elements;
  for (std::int64_t i = 0; i < all; i += block_threads) {
    Value* number = b_.CreateAdd(frame_.thread, i32(i));
    const auto copy = [&] {
      Value *line = b_.CreateUDiv(number, i32(chunks)), *chunk = b_.CreateURem(number, i32(chunks));
      Value* run = b_.CreateMul(chunk, i32(chunk_elements));
      Value* outer = b_.CreateAdd(first_outer, o.along_k ? line : run);
      Value* at_k = b_.CreateAdd(first_k, o.along_k ? run : line);
      copy_chunk(o, outer, at_k, chunk_address(o, stage, line, chunk));
    };
    if (i + block_threads <= all)
      copy();
    else
      when(b_.CreateICmpULT(number, i32(all)), copy);
  }
}

/// Eight elements from there on, 0 outside of the table: in as few copies as the alignment of lines in memory allows. Lines of odd length
/// go through registers.
void PartEmitter::copy_chunk(const Operand& o, Value* outer, Value* at_k, Value* to) {
  const KernelNode& n = k().node(o.node);
  const auto element = [&](std::int64_t i) {
    const auto [index, valid] = o.along_k ? o.at(outer, b_.CreateAdd(at_k, i32(i))) : o.at(b_.CreateAdd(outer, i32(i)), at_k);
    return std::pair(b_.CreateSelect(valid, index, i32(0)), valid);
  };
  if (o.unit % 2 != 0) {
    Value* run = llvm::Constant::getNullValue(vector_type(n.type.dtype, chunk_elements));
    for (std::int64_t i = 0; i < chunk_elements; ++i) {
      const auto [index, valid] = element(i);
      Value* x = load_from(argument(n.load), n.type.dtype, index, 1);
      run = b_.CreateInsertElement(run, b_.CreateSelect(valid, x, b_.getInt16(0)), static_cast<std::uint64_t>(i));
    }
    b_.CreateAlignedStore(run, to, llvm::Align(chunk_bytes));
    return;
  }
  const std::int64_t elements = o.unit % 8 == 0 ? 8 : o.unit % 4 == 0 ? 4 : 2, bytes = 2 * elements;
  for (std::int64_t i = 0; i < chunk_elements; i += elements) {
    const auto [index, valid] = element(i);
    Value* from = b_.CreateInBoundsGEP(b_.getInt16Ty(), argument(n.load), b_.CreateZExt(index, b_.getInt64Ty()));
    Value* shared = b_.CreateConstInBoundsGEP1_64(b_.getInt16Ty(), to, static_cast<std::uint64_t>(i));
    copy_async(b_, shared, from, static_cast<int>(bytes), b_.CreateSelect(valid, i32(bytes), i32(0)));
  }
}

// ---- products

/// Of the warps of a block, those of one place in the tile share the reduction.
PartEmitter::WarpPlace PartEmitter::warp_place() {
  const MatrixTile& t = part_.matrix;
  Value* warp = b_.CreateUDiv(frame_.thread, i32(warp_threads));
  WarpPlace w;
  w.lane = b_.CreateURem(frame_.thread, i32(warp_threads));
  w.warp = warp;
  w.k_warp = b_.CreateURem(warp, i32(t.k_warps));
  Value* rest = b_.CreateUDiv(warp, i32(t.k_warps));
  w.col = b_.CreateMul(b_.CreateURem(rest, i32(t.col_warps())), i32(t.warp_cols));
  w.row = b_.CreateMul(b_.CreateUDiv(rest, i32(t.col_warps())), i32(t.warp_rows));
  return w;
}

/// 16 rows of A, or 16 columns of B, at 16 steps of the reduction (matrix_instructions.hpp).
std::array<Value*, 4> PartEmitter::load_fragment(const Operand& o, Value* stage, Value* outer, Value* step) {
  Value* lane = b_.CreateURem(frame_.thread, i32(warp_threads));
  Value *eighth = b_.CreateURem(lane, i32(8)), *quarter = b_.CreateUDiv(lane, i32(8));
  // Of the four matrices the second lies below the first in A and beside it in B; transposed ones are the other way round.
  const bool below = o.left == o.along_k;
  Value *low = b_.CreateURem(quarter, i32(2)), *high = b_.CreateUDiv(quarter, i32(2));
  Value* line = b_.CreateAdd(b_.CreateMul(below ? low : high, i32(8)), eighth);
  Value* chunk = below ? high : low;
  Value *outer_chunks = b_.CreateUDiv(outer, i32(chunk_elements)), *step_chunks = b_.CreateUDiv(step, i32(chunk_elements));
  line = b_.CreateAdd(line, o.along_k ? outer : step);
  chunk = b_.CreateAdd(chunk, o.along_k ? step_chunks : outer_chunks);
  return load_matrices(b_, chunk_address(o, stage, line, chunk), !o.along_k);
}

void PartEmitter::multiply_slice(const Operand& a, const Operand& b, Value* stage, Sums& acc) {
  const MatrixTile& t = part_.matrix;
  const DType dtype = k().node(a.node).type.dtype;
  const WarpPlace w = warp_place();
  const std::int64_t own = t.depth / t.k_warps;
  for (std::int64_t s = 0; s < own; s += fragment_depth) {
    Value* step = b_.CreateAdd(b_.CreateMul(w.k_warp, i32(own)), i32(s));
    std::vector<std::array<Value*, 4>> left, right;
    for (std::int64_t r = 0; r < t.warp_rows; r += fragment_rows)
      left.push_back(load_fragment(a, stage, b_.CreateAdd(w.row, i32(r)), step));
    for (std::int64_t c = 0; c < t.warp_cols; c += loaded_cols) right.push_back(load_fragment(b, stage, b_.CreateAdd(w.col, i32(c)), step));
    std::size_t at = 0;
    for (const auto& rows : left)
      for (const auto& cols : right)
        for (std::size_t side = 0; side < 2; ++side, at += 4) {
          const SumFragment sum{acc[at], acc[at + 1], acc[at + 2], acc[at + 3]};
          const SumFragment d = multiply_add(b_, dtype, rows, {cols[2 * side], cols[2 * side + 1]}, sum);
          std::copy(d.begin(), d.end(), acc.begin() + static_cast<std::ptrdiff_t>(at));
        }
  }
}

// ---- results

/// Sixteen rows of each warp at a time go through shared memory; warps that share the reduction are added up there, in their order.
void PartEmitter::store_fragments(const Sums& acc, const TilePlace& at) {
  const MatrixTile& t = part_.matrix;
  const WarpPlace w = warp_place();
  const std::int64_t block = fragment_rows * t.staging_pitch(), run = epilogue_run();
  const auto fragments = static_cast<std::size_t>(t.warp_cols / fragment_cols);
  Value *group = b_.CreateUDiv(w.lane, i32(4)), *pair = b_.CreateMul(b_.CreateURem(w.lane, i32(4)), i32(2));
  Value* own = add({b_.CreateMul(w.warp, i32(block)), b_.CreateAdd(b_.CreateMul(group, i32(t.staging_pitch())), pair)});
  for (std::int64_t r = 0; r < t.warp_rows; r += fragment_rows) {
    barrier();
    for (std::size_t f = 0; f < fragments; ++f)
      for (std::size_t half = 0; half < 2; ++half) {
        const std::size_t first = (static_cast<std::size_t>(r / fragment_rows) * fragments + f) * 4 + 2 * half;
        Value* two = llvm::PoisonValue::get(vector_type(DType::f32, 2));
        for (std::size_t i = 0; i < 2; ++i) two = b_.CreateInsertElement(two, acc[first + i], i);
        const std::int64_t distance =
            static_cast<std::int64_t>(half) * 8 * t.staging_pitch() + static_cast<std::int64_t>(f) * fragment_cols;
        b_.CreateAlignedStore(two, shared_address(b_.CreateAdd(own, i32(distance))), llvm::Align(8));
      }
    barrier();
    store_rows(w, b_.CreateAdd(at.row, b_.CreateAdd(w.row, i32(r))), run, at);
  }
}

/// The sixteen rows that lie in shared memory, which begin at `row` of the part.
void PartEmitter::store_rows(const WarpPlace& w, Value* row, std::int64_t run, const TilePlace& at) {
  const MatrixTile& t = part_.matrix;
  const std::int64_t block = fragment_rows * t.staging_pitch(), line = t.warp_cols / run, runs = fragment_rows * line;
  const std::int64_t sharers = std::int64_t{warp_threads} * t.k_warps;
  Value* first_block = b_.CreateMul(b_.CreateSub(w.warp, w.k_warp), i32(block));
  for (std::int64_t i = 0; i < runs; i += sharers) {
    Value* number = b_.CreateAdd(b_.CreateAdd(b_.CreateMul(w.k_warp, i32(warp_threads)), w.lane), i32(i));
    when(b_.CreateICmpULT(number, i32(runs)), [&] {
      Value *inner_row = b_.CreateUDiv(number, i32(line)), *inner_col = b_.CreateMul(b_.CreateURem(number, i32(line)), i32(run));
      Value* from = b_.CreateAdd(first_block, b_.CreateAdd(b_.CreateMul(inner_row, i32(t.staging_pitch())), inner_col));
      Value* sum = nullptr;
      for (std::int64_t other = 0; other < t.k_warps; ++other) {
        Value* address = shared_address(b_.CreateAdd(from, i32(other * block)));
        Value* x = b_.CreateAlignedLoad(vector_type(DType::f32, run), address, llvm::Align(16));
        sum = sum == nullptr ? x : b_.CreateFAdd(sum, x);
      }
      Value* to_row = b_.CreateAdd(row, inner_row);
      store_run(sum, run, to_row, b_.CreateAdd(b_.CreateAdd(at.col, w.col), inner_col), at);
    });
  }
}

/// Columns that a thread takes through the epilogue: 128 bits of the narrowest that it reads or writes.
std::int64_t PartEmitter::epilogue_run() const {
  const auto& stores = k().stores;
  return std::any_of(stores.begin(), stores.end(), [&](const KernelStore& s) { return is_low(k().node(s.node).type.dtype); }) ? 8 : 4;
}

}  // namespace ingot::codegen
