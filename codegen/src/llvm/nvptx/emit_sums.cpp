// Sums over rows: a block for some columns and one partial sum. Threads of a column add up every so many rows, then meet in shared
// memory in a fixed tree, so that results are the same from run to run; no atomics.
#include "llvm/nvptx/part_emitter.hpp"

#include <llvm/IR/IntrinsicsNVPTX.h>

#include <algorithm>

namespace ingot::codegen {

using llvm::Value;

namespace {

std::vector<int> sums_of(const Kernel& k) {
  std::vector<int> sums;
  for (std::size_t i = 0; i < k.nodes.size(); ++i)
    if (k.nodes[i].op == Op::column_sum && k.nodes[i].load < 0) sums.push_back(static_cast<int>(i));
  return sums;
}

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

}  // namespace

void PartEmitter::emit_sums() {
  const std::vector<int> sums = sums_of(k());
  const std::int64_t cols = k().domain.cols, runs = ceil_div(cols, part_.lanes), block = k().node(sums[0]).attr.block;
  Value* part = part_.parts == 1 ? i32(0) : b_.CreateUDiv(block_, i32(runs));
  Value* col = add({b_.CreateMul(b_.CreateURem(block_, i32(runs)), i32(part_.lanes)), b_.CreateURem(frame_.thread, i32(part_.lanes))});
  Value* valid = b_.CreateICmpULT(col, i32(cols));
  Place p{nullptr, smaller(col, i32(cols - 1)), 1, 0};
  Value *begin = i32(0), *end = total_rows(k().domain);
  if (part_.parts > 1) {
    begin = smaller(b_.CreateMul(part, i32(block * k().domain.rows)), end);
    end = smaller(b_.CreateAdd(begin, i32(block * k().domain.rows)), end);
  }
  Sums acc(sums.size());
  for (std::size_t s = 0; s < sums.size(); ++s) acc[s] = real(element_type(k().node(sums[s]).type.dtype), 0);
  sum_rows(acc, begin, end, p, valid);
  acc = add_up(acc);
  when(b_.CreateAnd(valid, b_.CreateICmpULT(frame_.thread, i32(part_.lanes))), [&] {
    p.row = part;
    for (std::size_t s = 0; s < sums.size(); ++s) memo_[{sums[s], k().node(sums[s]).type.cols == 1 ? -1 : 0}] = acc[s];
    for (const KernelStore& s : k().stores)
      if (is_sum(k().node(s.node).type)) store_node(s, p);
  });
}

/// What this thread adds up, and on the way what has the rows of the domain.
void PartEmitter::sum_rows(Sums& acc, Value* begin, Value* end, const Place& at, Value* column_valid) {
  const std::vector<int> sums = sums_of(k());
  Value* first = b_.CreateAdd(begin, b_.CreateUDiv(frame_.thread, i32(part_.lanes)));
  loop(first, end, i32(block_threads / part_.lanes), acc, [&](Value* row, Sums& a) {
    const Place p{row, at.col, 1, 0};
    for (std::size_t s = 0; s < sums.size(); ++s) a[s] = b_.CreateFAdd(a[s], evaluate(k().node(sums[s]).in[0], p));
    const bool stores_rows =
        std::any_of(k().stores.begin(), k().stores.end(), [&](const KernelStore& s) { return !is_sum(k().node(s.node).type); });
    if (!stores_rows) return;
    when(column_valid, [&] {
      for (const KernelStore& s : k().stores)
        if (!is_sum(k().node(s.node).type)) store_node(s, p);
    });
  });
}

/// The sums of all threads of a column, valid in the first `lanes` threads of the block.
PartEmitter::Sums PartEmitter::add_up(const Sums& own) {
  const auto slot = [&](std::size_t s, Value* thread) {
    return shared_address(b_.CreateAdd(thread, i32(static_cast<std::int64_t>(s) * block_threads)));
  };
  for (std::size_t s = 0; s < own.size(); ++s) b_.CreateStore(own[s], slot(s, frame_.thread));
  barrier();
  for (int distance = block_threads / 2; distance >= part_.lanes; distance /= 2) {
    when(b_.CreateICmpULT(frame_.thread, i32(distance)), [&] {
      for (std::size_t s = 0; s < own.size(); ++s) {
        Value* mine = slot(s, frame_.thread);
        Value* other = b_.CreateLoad(own[s]->getType(), slot(s, b_.CreateAdd(frame_.thread, i32(distance))));
        b_.CreateStore(b_.CreateFAdd(b_.CreateLoad(own[s]->getType(), mine), other), mine);
      }
    });
    if (distance > part_.lanes) barrier();  // the last sums stay with the threads that made them
  }
  Sums total;
  for (std::size_t s = 0; s < own.size(); ++s) total.push_back(b_.CreateLoad(own[s]->getType(), slot(s, frame_.thread)));
  return total;
}

/// Gradient of a depthwise kernel: one sum over the pixels of some samples for each cell and channel.
void PartEmitter::emit_depthwise_gradient() {
  const KernelNode& n = k().node(k().anchor);
  const Window& w = n.attr.window;
  const std::int64_t cols = k().domain.cols, runs = ceil_div(cols, part_.lanes), cells = w.cells();
  Value* rest = b_.CreateUDiv(block_, i32(runs));
  Value *cell = b_.CreateURem(rest, i32(cells)), *part = b_.CreateUDiv(rest, i32(cells));
  Value* col = add({b_.CreateMul(b_.CreateURem(block_, i32(runs)), i32(part_.lanes)), b_.CreateURem(frame_.thread, i32(part_.lanes))});
  Value* valid = b_.CreateICmpULT(col, i32(cols));
  const Place p{nullptr, smaller(col, i32(cols - 1)), 1, 0};
  Value *begin = i32(0), *end = b_.CreateMul(samples_, i32(w.out_pixels()));
  if (n.attr.block > 0) {
    begin = smaller(b_.CreateMul(part, i32(n.attr.block * w.out_pixels())), end);
    end = smaller(b_.CreateAdd(begin, i32(n.attr.block * w.out_pixels())), end);
  }
  const PlaceInWindow place = place_in(w, cell);
  Sums acc{real(element_type(n.type.dtype), 0)};
  Value* first = b_.CreateAdd(begin, b_.CreateUDiv(frame_.thread, i32(part_.lanes)));
  loop(first, end, i32(block_threads / part_.lanes), acc, [&](Value* row, Sums& a) {
    const Cell under = cell_under(w, pixel_of(row, w.out_h, w.out_w), place);
    Value* image = b_.CreateSelect(under.valid, load_operand(0, under.row, p), real(element_type(n.type.dtype), 0));
    a[0] = fma(image, load_operand(1, row, p), a[0]);
  });
  acc = add_up(acc);
  when(b_.CreateAnd(valid, b_.CreateICmpULT(frame_.thread, i32(part_.lanes))), [&] {
    memo_[{k().anchor, cols == 1 ? -1 : 0}] = acc[0];
    store_all({b_.CreateAdd(b_.CreateMul(part, i32(cells)), cell), p.col, 1, 0});
  });
}

}  // namespace ingot::codegen
