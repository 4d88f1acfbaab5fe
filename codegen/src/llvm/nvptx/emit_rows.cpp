// Kernels that reduce along rows (softmax, cross-entropy, accuracy): some lanes of a warp for each row, which meet by shuffles in a
// fixed tree. Lane l has columns l, l + lanes, ...; short rows stay in registers from the first reduction to the last store, long
// ones are swept once for each reduction, elementwise work being redone in each sweep.
#include "llvm/nvptx/part_emitter.hpp"

#include <llvm/IR/IntrinsicsNVPTX.h>

#include <limits>

namespace ingot::codegen {

using llvm::Value;

namespace {

constexpr std::int64_t most_unrolled_steps = 4;

bool is_row_reduction(Op op) { return op == Op::row_sum || op == Op::row_max || op == Op::row_min; }

double neutral_element(Op op) {
  if (op == Op::row_sum) return 0;
  const double infinity = std::numeric_limits<double>::infinity();
  return op == Op::row_max ? -infinity : infinity;
}

Value* combine(llvm::IRBuilder<>& b, Op op, Value* x, Value* y) {
  if (op == Op::row_sum) return b.CreateFAdd(x, y);
  return b.CreateSelect(op == Op::row_max ? b.CreateFCmpOGT(x, y) : b.CreateFCmpOLT(x, y), x, y);
}

}  // namespace

void PartEmitter::emit_rows() {
  Value* lane = b_.CreateURem(frame_.thread, i32(part_.lanes));
  Value* number = add({b_.CreateMul(block_, i32(block_threads / part_.lanes)), b_.CreateUDiv(frame_.thread, i32(part_.lanes))});
  Value* total = total_rows(k().domain);
  // Lanes behind the last row take part in the shuffles of their warp: they work on the last row and store nothing.
  Value* row = smaller(number, b_.CreateSub(total, i32(1)));
  for (std::size_t i = 0; i < k().nodes.size(); ++i) {
    const KernelNode& n = k().nodes[i];
    if (n.load < 0 && is_row_reduction(n.op)) reduce_row(static_cast<int>(i), row, lane);
  }
  store_row(row, lane, b_.CreateICmpULT(number, total));
}

/// Column lane + step * lanes, or the last one.
Place PartEmitter::row_place(Value* row, Value* lane, Value* step, int number) {
  Value* col = b_.CreateAdd(lane, b_.CreateMul(step, i32(part_.lanes)));
  return {row, smaller(col, i32(k().domain.cols - 1)), 1, number};
}

void PartEmitter::reduce_row(int node, Value* row, Value* lane) {
  const KernelNode& n = k().node(node);
  const std::int64_t cols = k().domain.cols, steps = (cols + part_.lanes - 1) / part_.lanes;
  if (k().node(n.in[0]).type.cols == 1) {
    memo_[{node, -1}] = evaluate(n.in[0], {row, i32(0), 1, 0});
    return;
  }
  Value* neutral = real(element_type(n.type.dtype), neutral_element(n.op));
  const auto add_step = [&](Value* step, int number, Value* acc) {
    Value* v = evaluate(n.in[0], row_place(row, lane, step, number));
    Value* valid = b_.CreateICmpULT(b_.CreateAdd(lane, b_.CreateMul(step, i32(part_.lanes))), i32(cols));
    return combine(b_, n.op, acc, b_.CreateSelect(valid, v, neutral));
  };
  Sums acc{neutral};
  if (steps <= most_unrolled_steps) {
    for (int s = 0; s < steps; ++s) acc[0] = add_step(i32(s), s, acc[0]);
  } else {
    auto kept = memo_;  // values of the whole row stay valid in the sweep; those of single columns do not
    std::erase_if(kept, [](const auto& entry) { return entry.first.second != -1; });
    loop(i32(0), i32(steps), i32(1), acc, [&](Value* step, Sums& a) {
      memo_ = kept;
      a[0] = add_step(step, 0, a[0]);
    });
    memo_ = kept;
  }
  memo_[{node, -1}] = combine_lanes(n.op, acc[0]);
}

/// Over the lanes of a row, the same in all of them.
Value* PartEmitter::combine_lanes(Op op, Value* x) {
  for (int distance = part_.lanes / 2; distance > 0; distance /= 2) {
    Value* other = b_.CreateIntrinsic(llvm::Intrinsic::nvvm_shfl_sync_bfly_f32, {}, {i32(-1), x, i32(distance), i32(warp_threads - 1)});
    x = combine(b_, op, x, other);
  }
  return x;
}

void PartEmitter::store_row(Value* row, Value* lane, Value* valid) {
  const auto store = [&](const Place& p, bool columns) {
    for (const KernelStore& s : k().stores)
      if ((k().node(s.node).type.cols == 1) == columns) store_node(s, p);
  };
  const std::int64_t cols = k().domain.cols, steps = (cols + part_.lanes - 1) / part_.lanes;
  when(b_.CreateAnd(valid, b_.CreateICmpEQ(lane, i32(0))), [&] { store({row, i32(0), 1, 0}, true); });
  if (cols == 1) return;
  const auto store_step = [&](Value* step, int number) {
    Value* inside = b_.CreateICmpULT(b_.CreateAdd(lane, b_.CreateMul(step, i32(part_.lanes))), i32(cols));
    when(b_.CreateAnd(valid, inside), [&] { store(row_place(row, lane, step, number), false); });
  };
  if (steps <= most_unrolled_steps) {
    for (int s = 0; s < steps; ++s) store_step(i32(s), s);
    return;
  }
  const auto kept = memo_;
  Sums none;
  loop(i32(0), i32(steps), i32(1), none, [&](Value* step, Sums&) {
    for (const auto& [key, value] : kept)
      if (key.second == -1) memo_[key] = value;
    store_step(step, 0);
  });
}

}  // namespace ingot::codegen
