// Chains of narrow layers on tensor cores: a warp keeps sixteen rows in registers. The sums of a product, put through the epilogue and
// rounded, are in the very lanes that hold them as the left operand of the next product (matrix_instructions.hpp). Weights lie in shared
// memory as they lie in memory, rounded on the way there, one layer after the other; what pads a width to sixteen is 0.
#include "llvm/nvptx/matrix_instructions.hpp"
#include "llvm/nvptx/part_emitter.hpp"
#include "schedule/device/chain.hpp"

#include <algorithm>

namespace ingot::codegen {

using llvm::Value;

namespace {

constexpr std::int64_t tile_cols = 8, half_rows = 8;  // of the sums of an mma; of the two rows of a lane the second lies that far below
constexpr std::int64_t run_length = 4;                // weights that a thread brings at a time

std::int64_t padded(std::int64_t cols) { return (cols + chain_step - 1) / chain_step * chain_step; }

}  // namespace

void PartEmitter::emit_chain() {
  const ChainWarp w = chain_warp();
  Sums rows;
  for (const int product : chain_products()) rows = chain_layer(product, std::move(rows), w);
}

std::vector<int> PartEmitter::chain_products() const {
  std::vector<int> products;
  for (std::size_t i = 0; i < k().nodes.size(); ++i)
    if (k().nodes[i].load < 0 && k().nodes[i].op == Op::matmul) products.push_back(static_cast<int>(i));
  return products;
}

/// What of the stores is made of `product` and of none behind it: nodes are in the order of the layers.
std::vector<int> PartEmitter::chain_stores(int product) const {
  std::vector<int> last(k().nodes.size(), -1), stores;
  for (std::size_t i = 0; i < last.size(); ++i) {
    const KernelNode& n = k().nodes[i];
    if (n.load >= 0) continue;
    for (const int in : n.in) last[i] = std::max(last[i], last[static_cast<std::size_t>(in)]);
    if (n.op == Op::matmul) last[i] = static_cast<int>(i);
  }
  for (std::size_t s = 0; s < k().stores.size(); ++s)
    if (last[static_cast<std::size_t>(k().stores[s].node)] == product) stores.push_back(static_cast<int>(s));
  return stores;
}

PartEmitter::ChainWarp PartEmitter::chain_warp() {
  ChainWarp w;
  Value *warp = b_.CreateUDiv(frame_.thread, i32(warp_threads)), *total = total_rows(k().domain);
  w.lane = b_.CreateURem(frame_.thread, i32(warp_threads));
  w.pair = b_.CreateMul(b_.CreateURem(w.lane, i32(4)), i32(2));
  Value* first = add({b_.CreateMul(block_, i32(part_.chain_rows)), b_.CreateMul(warp, i32(chain_step))});
  w.works = all_of({b_.CreateICmpULT(warp, i32(part_.chain_rows / chain_step)), b_.CreateICmpULT(first, total)});
  for (std::size_t half = 0; half < 2; ++half) {
    Value* row = b_.CreateAdd(first, b_.CreateAdd(b_.CreateUDiv(w.lane, i32(4)), i32(static_cast<std::int64_t>(half) * half_rows)));
    w.valid[half] = b_.CreateICmpULT(row, total);
    w.row[half] = smaller(row, b_.CreateSub(total, i32(1)));
  }
  return w;
}

/// One layer: from the rows that the one before it left (none: from memory) to those that the next one multiplies.
PartEmitter::Sums PartEmitter::chain_layer(int product, Sums left, const ChainWarp& w) {
  const KernelNode& n = k().node(product);
  const std::int64_t inner = k().node(n.in[0]).type.cols, depth = chain_depth(inner);
  Sums acc(static_cast<std::size_t>(padded(n.type.cols) / tile_cols * 4), real(b_.getFloatTy(), 0));
  const auto multiply = [&](Value* first_step, Sums& sums) {
    barrier();
    bring_weights(product, first_step);
    barrier();
    when(w.works, sums, [&](Sums& s) { multiply_layer(product, left.empty() ? chain_input(n.in[0], first_step, depth, w) : left, s, w); });
  };
  if (inner <= depth)
    multiply(i32(0), acc);
  else
    loop(i32(0), i32(inner), i32(depth), acc, multiply);
  forget();
  Sums rows(static_cast<std::size_t>(padded(n.type.cols) / chain_step * 4), i32(0));
  when(w.works, rows, [&](Sums& words) { words = chain_epilogue(product, acc, w); });
  return rows;
}

// ---- weights

/// The steps of the reduction from `first_step` on into shared memory, line by line as in memory.
void PartEmitter::bring_weights(int product, Value* first_step) {
  const KernelNode& n = k().node(product);
  const std::int64_t depth = chain_depth(k().node(n.in[0]).type.cols), cols = padded(n.type.cols);
  const bool by_columns = n.attr.transpose_b;
  const std::int64_t lines = by_columns ? cols : depth, runs = (by_columns ? depth : cols) / run_length;
  Sums none;
  loop(frame_.thread, i32(lines * runs), i32(block_threads), none, [&](Value* number, Sums&) {
    Value *line = b_.CreateUDiv(number, i32(runs)), *run = b_.CreateMul(b_.CreateURem(number, i32(runs)), i32(run_length));
    Value* row = by_columns ? line : b_.CreateAdd(line, first_step);
    Value* v = weights_run(n.in[1], row, by_columns ? b_.CreateAdd(run, first_step) : run);
    Value* at = add({b_.CreateMul(line, i32(chain_pitch(runs * run_length) / 2)), b_.CreateUDiv(run, i32(2))});
    b_.CreateAlignedStore(v, shared_address(at), llvm::Align(2 * run_length));
  });
}

/// Neighbouring weights of a row, 0 outside of the matrix.
Value* PartEmitter::weights_run(int node, Value* row, Value* col) {
  const Type& t = k().node(node).type;
  Value *row_inside = b_.CreateICmpULT(row, i32(t.rows)), *some_row = smaller(row, i32(t.rows - 1));
  const auto element = [&](Value* at, std::int64_t lanes, int step) {
    Value* v = evaluate(node, {some_row, smaller(at, i32(t.cols - lanes)), lanes, step});
    return b_.CreateSelect(b_.CreateAnd(row_inside, b_.CreateICmpULT(at, i32(t.cols))), v, llvm::Constant::getNullValue(v->getType()));
  };
  if (t.cols % run_length == 0) return element(col, run_length, 0);
  Value* run = llvm::Constant::getNullValue(vector_type(t.dtype, run_length));
  for (int i = 0; i < run_length; ++i)
    run = b_.CreateInsertElement(run, element(b_.CreateAdd(col, i32(i)), 1, i), static_cast<std::uint64_t>(i));
  return run;
}

// ---- products

/// The words of the left operand that lie in memory: 16 columns for each four words.
PartEmitter::Sums PartEmitter::chain_input(int node, Value* first_step, std::int64_t depth, const ChainWarp& w) {
  const KernelNode& n = k().node(node);
  const std::int64_t run = n.type.cols % 2 == 0 ? 2 : 1;
  Sums words;
  for (std::int64_t tile = 0; tile < depth / tile_cols; ++tile)
    for (Value* const row : w.row) {
      Value* two = llvm::Constant::getNullValue(vector_type(n.type.dtype, 2));
      for (std::int64_t i = 0; i < 2; i += run) {
        Value* col = b_.CreateAdd(b_.CreateAdd(first_step, w.pair), i32(tile * tile_cols + i));
        const Place p{row, smaller(col, i32(n.type.cols - run)), run, 0};
        Value* x = load_from(argument(n.load), n.type.dtype, index_in(n.type, p), run);
        x = b_.CreateSelect(b_.CreateICmpULT(col, i32(n.type.cols)), x, llvm::Constant::getNullValue(x->getType()));
        two = run == 2 ? x : b_.CreateInsertElement(two, x, static_cast<std::uint64_t>(i));
      }
      words.push_back(b_.CreateBitCast(two, b_.getInt32Ty()));
    }
  return words;
}

/// acc += the rows times what lies in shared memory.
void PartEmitter::multiply_layer(int product, const Sums& left, Sums& acc, const ChainWarp& w) {
  const KernelNode& n = k().node(product);
  const std::int64_t depth = static_cast<std::int64_t>(left.size()) / 4 * chain_step, cols = padded(n.type.cols);
  const bool by_columns = n.attr.transpose_b;
  const std::int64_t pitch = chain_pitch(by_columns ? depth : cols) / 2;  // in words
  // Of the four matrices of a load the second has the lower steps of the reduction, the third the next columns.
  Value *quarter = b_.CreateUDiv(w.lane, i32(8)), *low = b_.CreateURem(quarter, i32(2)), *high = b_.CreateUDiv(quarter, i32(2));
  Value* line = add({b_.CreateURem(w.lane, i32(8)), b_.CreateMul(by_columns ? high : low, i32(8))});
  Value* own = add({b_.CreateMul(line, i32(pitch)), b_.CreateMul(by_columns ? low : high, i32(4))});
  const DType dtype = k().node(n.in[0]).type.dtype;
  for (std::int64_t step = 0; step < depth; step += chain_step) {
    const auto word = static_cast<std::size_t>(step / chain_step * 4);
    const LeftFragment rows{left[word], left[word + 1], left[word + 2], left[word + 3]};
    for (std::int64_t col = 0; col < cols; col += chain_step) {
      const std::int64_t first = by_columns ? col * pitch + step / 2 : step * pitch + col / 2;
      const auto right = load_matrices(b_, shared_address(b_.CreateAdd(own, i32(first))), !by_columns);
      for (std::size_t side = 0; side < 2; ++side) {
        if (col + static_cast<std::int64_t>(side) * tile_cols >= n.type.cols) break;  // padding alone
        const auto at = static_cast<std::size_t>(col / tile_cols * 4) + 4 * side;
        const SumFragment d =
            multiply_add(b_, dtype, rows, {right[2 * side], right[2 * side + 1]}, {acc[at], acc[at + 1], acc[at + 2], acc[at + 3]});
        std::copy(d.begin(), d.end(), acc.begin() + static_cast<std::ptrdiff_t>(at));
      }
    }
  }
}

// ---- epilogues

/// Stores what others read, and gives the words of the left operand of the next product; none behind the last layer: zeros.
PartEmitter::Sums PartEmitter::chain_epilogue(int product, const Sums& acc, const ChainWarp& w) {
  const std::int64_t cols = k().node(product).type.cols;
  const std::vector<int> products = chain_products();
  const auto following = std::find(products.begin(), products.end(), product) + 1;
  const int next = following == products.end() ? -1 : k().node(*following).in[0];
  const std::int64_t run = cols % 2 == 0 ? 2 : 1;
  Sums words(acc.size() / 2, i32(0));
  for (std::size_t half = 0; half < 2; ++half) {
    std::erase_if(memo_, [](const auto& entry) { return entry.first.second == -1; });  // of the row before
    for (std::int64_t tile = 0; tile * tile_cols < cols; ++tile) {
      const std::size_t first = static_cast<std::size_t>(tile) * 4 + 2 * half;
      Value* two = nullptr;
      for (std::int64_t i = 0; i < 2; i += run) {
        Value* sums = acc[first + static_cast<std::size_t>(i)];
        if (run == 2) {
          sums = llvm::PoisonValue::get(vector_type(DType::f32, 2));
          for (std::size_t e = 0; e < 2; ++e) sums = b_.CreateInsertElement(sums, acc[first + e], e);
        }
        Value* col = b_.CreateAdd(w.pair, i32(tile * tile_cols + i));
        const bool whole = (tile + 1) * tile_cols <= cols;
        Value* inside = whole ? b_.getTrue() : b_.CreateICmpULT(col, i32(cols));
        const int step = static_cast<int>(((static_cast<std::size_t>(tile) * 2 + half) * 2) + static_cast<std::size_t>(i));
        const Place p{w.row[half], whole ? col : smaller(col, i32(cols - run)), run, step};
        Value* v = chain_place(product, sums, p, b_.CreateAnd(w.valid[half], inside), next);
        if (next < 0) continue;
        v = b_.CreateSelect(inside, v, llvm::Constant::getNullValue(v->getType()));
        if (two == nullptr) two = llvm::Constant::getNullValue(vector_type(k().node(next).type.dtype, 2));
        two = run == 2 ? v : b_.CreateInsertElement(two, v, static_cast<std::uint64_t>(i));
      }
      // Tiles are the halves of sixteen columns of the operand, rows within them.
      if (two != nullptr) words[static_cast<std::size_t>(tile) * 2 + half] = b_.CreateBitCast(two, b_.getInt32Ty());
    }
  }
  return words;
}

/// The epilogue at one place: stores, and the value of `next` there.
Value* PartEmitter::chain_place(int product, Value* sums, const Place& p, Value* valid, int next) {
  memo_[{product, p.step}] = sums;
  const std::vector<int> stores = chain_stores(product);
  for (const int s : stores) evaluate(k().stores[static_cast<std::size_t>(s)].node, p);
  Value* v = next < 0 ? nullptr : evaluate(next, p);
  if (!stores.empty())
    when(valid, [&] {
      for (const int s : stores) store_node(k().stores[static_cast<std::size_t>(s)], p);
    });
  return v;
}

}  // namespace ingot::codegen
