// Contractions: register tiles of row_tile rows x one panel, both operands streamed from panels, everything that was fused
// behind the matmul applied to the accumulators before they are stored. Three forms share the tile:
//   A B      forward: A is broadcast element by element along its row, B comes in vectors;
//   A^T B    weight gradient: the reduction runs over the valid rows of the batch, and the epilogue is often the optimizer;
//   A B^T    input gradient: the group transposes the panel of B it needs once, into scratch.
// Operands of 16 bits are widened (emit_widened.cpp), or go through dot products of pairs (emit_pairs.cpp).
#include "llvm/emitter.hpp"

#include <llvm/IR/Intrinsics.h>

#include <set>

namespace ingot::codegen {

using llvm::Value;

namespace {
constexpr std::size_t most_unrolled_epilogue = 6;        // instructions for each vector
constexpr std::int64_t most_private_elements = 1 << 17;  // of a thread's stack: half a megabyte of f32
}  // namespace

void KernelEmitter::emit_contraction() {
  Value* scratch = nullptr;
  const KernelNode& matmul = k_.node(k_.anchor);
  if (matmul.attr.transpose_b) {
    const Layout& b = k_.argument(k_.node(matmul.in[1]).load);
    const std::int64_t elements = b.panels() * b.width * domain_.width;
    scratch = at_entry([&] {
      auto* memory = b_.CreateAlloca(element_type(scratch_dtype()), i64(elements));
      memory->setAlignment(llvm::Align(64));
      return memory;
    });
  }
  Value *begin, *end;
  row_range(begin, end);
  for_panels([&](Value* panel) { contract_panel(panel, begin, end, scratch); });
}

/// Of the transposed panel.
DType KernelEmitter::scratch_dtype() const { return k_.pairs ? DType::bf16 : k_.node(k_.anchor).type.dtype; }

void KernelEmitter::contract_panel(Value* panel, Value* begin, Value* end, Value* scratch) {
  if (scratch != nullptr) k_.pairs ? transpose_paired_panel(panel, scratch) : transpose_panel(panel, scratch);
  loop(begin, end, k_.row_tile, [&](Value* row) { contract_tile(panel, row, scratch); });
}

void KernelEmitter::contract_tile(Value* panel, Value* row, Value* scratch) {
  const KernelNode& matmul = k_.node(k_.anchor);
  const auto vectors = static_cast<std::size_t>(domain_.vectors());
  std::vector<Value*> acc(static_cast<std::size_t>(k_.row_tile) * vectors,
                          llvm::Constant::getNullValue(vector_type(matmul.type.dtype, domain_.lanes)));
  if (matmul.attr.transpose_a) {
    prefetch_epilogue(panel, row);
    k_.pairs ? accumulate_row_pairs(acc, panel, row) : accumulate_transposed(acc, panel, row);
  } else {
    const Layout& lb = k_.argument(k_.node(matmul.in[1]).load);
    Operand b{scratch, scratch_dtype()};
    if (scratch == nullptr)
      b = {offset(argument(k_.node(matmul.in[1]).load), lb.dtype, b_.CreateMul(panel, i64(lb.panel_stride()))), lb.dtype};
    if (!k_.steps.empty())
      accumulate_blocks(acc, panel, row, b.at);
    else if (k_.pairs)
      accumulate_pairs(acc, row, b.at);
    else
      accumulate_plain(acc, row, b);
  }
  store_tile(acc, panel, row);
}

void KernelEmitter::store_tile(const std::vector<Value*>& acc, Value* panel, Value* row) {
  if (epilogue_cost() > most_unrolled_epilogue)
    store_tile_looped(acc, panel, row);
  else
    store_tile_unrolled(acc, panel, row);
}

/// Roughly the instructions of the epilogue for one vector.
std::size_t KernelEmitter::epilogue_cost() const {
  std::size_t cost = 0;
  for (const KernelNode& n : k_.nodes) {
    if (n.load >= 0 || op_family(n.op) != Family::map || at_entry_[static_cast<std::size_t>(&n - k_.nodes.data())]) continue;
    switch (n.op) {
      case Op::keep_mask:
        cost += 100;
        break;
      case Op::normal:
        cost += 250;
        break;
      case Op::exp:
      case Op::log:
      case Op::log1p:
      case Op::tanh:
      case Op::erf:
      case Op::sigmoid:
        cost += 20;
        break;
      default:
        ++cost;
    }
  }
  return cost;
}

/// The memo key under which the epilogue finds an accumulator.
std::array<int, 3> KernelEmitter::anchor_key(int row, std::size_t vector) const {
  const bool one_row = !k_.domain.batched && k_.domain.rows == 1;
  return {k_.anchor, one_row ? -1 : row, domain_.cols == 1 ? -1 : static_cast<int>(vector)};
}

void KernelEmitter::store_tile_unrolled(const std::vector<Value*>& acc, Value* panel, Value* row) {
  forget();
  const auto vectors = static_cast<std::size_t>(domain_.vectors());
  const auto rows = static_cast<int>(acc.size() / vectors);
  for (int i = 0; i < rows; ++i)
    for (std::size_t v = 0; v < vectors; ++v) memo_[anchor_key(i, v)] = acc[static_cast<std::size_t>(i) * vectors + v];
  for (int i = 0; i < rows; ++i)
    for (std::size_t v = 0; v < vectors; ++v) store_at({panel, row, i, static_cast<int>(v)});
}

/// Long epilogues (optimizer updates) run as a loop over the rows of the tile, which waits on the stack: an eighth of the code
/// to compile, for a few stores and loads beside a whole reduction.
void KernelEmitter::store_tile_looped(const std::vector<Value*>& acc, Value* panel, Value* row) {
  auto* type = acc.front()->getType();
  const auto vectors = static_cast<std::size_t>(domain_.vectors());
  Value* tile = at_entry([&] {
    auto* memory = b_.CreateAlloca(type, i64(static_cast<std::int64_t>(acc.size())));
    memory->setAlignment(llvm::Align(64));
    return memory;
  });
  for (std::size_t i = 0; i < acc.size(); ++i)
    b_.CreateAlignedStore(acc[i], b_.CreateConstInBoundsGEP1_64(type, tile, i), vector_align(domain_));
  loop(i64(0), i64(static_cast<std::int64_t>(acc.size() / vectors)), 1, [&](Value* i) {
    Value* first = b_.CreateMul(i, i64(static_cast<std::int64_t>(vectors)));
    for (std::size_t v = 0; v < vectors; ++v)
      memo_[anchor_key(0, v)] = b_.CreateAlignedLoad(
          type, b_.CreateInBoundsGEP(type, tile, b_.CreateAdd(first, i64(static_cast<std::int64_t>(v)))), vector_align(domain_));
    Value* at = b_.CreateAdd(row, i);
    for (std::size_t v = 0; v < vectors; ++v) store_at({panel, at, 0, static_cast<int>(v)});
  });
}

/// A loop of `count` turns whose accumulators live in registers. A count that is no constant must be at least 1, unless it
/// `may_be_zero`.
void KernelEmitter::accumulate_over(std::vector<Value*>& acc, Value* count, const Accumulate& body, bool may_be_zero) {
  if (const auto* n = llvm::dyn_cast<llvm::ConstantInt>(count); n != nullptr && n->getSExtValue() <= 1) {
    if (n->getSExtValue() == 1) body(i64(0), acc);
    return;
  }
  auto* before = b_.GetInsertBlock();
  auto* head = llvm::BasicBlock::Create(c_, "reduce", f_);
  auto* exit = llvm::BasicBlock::Create(c_, "reduced", f_);
  if (may_be_zero)
    b_.CreateCondBr(b_.CreateICmpSGT(count, i64(0)), head, exit);
  else
    b_.CreateBr(head);
  b_.SetInsertPoint(head);
  auto* i = b_.CreatePHI(b_.getInt64Ty(), 2);
  i->addIncoming(i64(0), before);
  std::vector<llvm::PHINode*> phis;
  std::vector<Value*> current;
  for (Value* start : acc) {
    phis.push_back(b_.CreatePHI(start->getType(), 2));
    phis.back()->addIncoming(start, before);
    current.push_back(phis.back());
  }
  forget();
  body(i, current);
  auto* next = b_.CreateAdd(i, i64(1), "", true, true);
  auto* latch = b_.GetInsertBlock();
  i->addIncoming(next, latch);
  for (std::size_t a = 0; a < acc.size(); ++a) phis[a]->addIncoming(current[a], latch);
  b_.CreateCondBr(b_.CreateICmpSLT(next, count), head, exit);
  b_.SetInsertPoint(exit);
  forget();
  if (may_be_zero) {
    for (std::size_t a = 0; a < acc.size(); ++a) {
      auto* either = b_.CreatePHI(acc[a]->getType(), 2);
      either->addIncoming(acc[a], before);
      either->addIncoming(current[a], latch);
      current[a] = either;
    }
  }
  acc = std::move(current);
}

/// acc += a[i * a_row_stride] * b[one panel row], for all rows of the tile.
void KernelEmitter::multiply_accumulate(std::vector<Value*>& acc, Operand a, std::int64_t a_row_stride, Operand b) {
  std::vector<std::int64_t> offsets;
  for (int i = 0; i < k_.row_tile; ++i) offsets.push_back(i * a_row_stride);
  add_products(acc, a, offsets, b);
}

/// acc[i] += a[offsets[i]] * b[one panel row].
void KernelEmitter::add_products(std::vector<Value*>& acc, Operand a, const std::vector<std::int64_t>& offsets, Operand b) {
  const auto vectors = static_cast<std::size_t>(domain_.vectors());
  const auto align = llvm::Align(static_cast<std::uint64_t>(domain_.lanes) * dtype_size(b.dtype));
  std::vector<Value*> columns;
  for (std::size_t v = 0; v < vectors; ++v)
    columns.push_back(widened(b_.CreateAlignedLoad(vector_type(b.dtype, domain_.lanes),
                                                   offset(b.at, b.dtype, i64(static_cast<std::int64_t>(v) * domain_.lanes)), align),
                              b.dtype));
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    Value* x = splat(widened(b_.CreateLoad(element_type(a.dtype), offset(a.at, a.dtype, i64(offsets[i]))), a.dtype), domain_.lanes);
    for (std::size_t v = 0; v < vectors; ++v) {
      Value*& sum = acc[i * vectors + v];
      sum = fma(x, columns[v], sum);
    }
  }
}

/// Reduction over the columns of A: panel by panel, and in each over its columns.
void KernelEmitter::accumulate_plain(std::vector<Value*>& acc, Value* row, Operand b) {
  const KernelNode& matmul = k_.node(k_.anchor);
  const int argument_a = k_.node(matmul.in[0]).load;
  const Layout& a = k_.argument(argument_a);
  const TileRows rows = is_low(a.dtype) ? widened_rows(row)
                                        : TileRows{offset(argument(argument_a), a.dtype, b_.CreateMul(row, i64(a.width))), a.dtype,
                                                   a.panel_stride(), a.width};
  const std::int64_t full = a.cols / a.width, rest = a.cols % a.width;
  const auto columns = [&](std::vector<Value*>& sums, Value* panel, std::int64_t count) {
    Value* a_panel = offset(rows.at, rows.dtype, b_.CreateMul(panel, i64(rows.panel_stride)));
    Value* b_panel = offset(b.at, b.dtype, b_.CreateMul(panel, i64(a.width * domain_.width)));
    accumulate_over(sums, i64(count), [&](Value* k, std::vector<Value*>& s) {
      const Operand left{offset(a_panel, rows.dtype, k), rows.dtype};
      multiply_accumulate(s, left, rows.row_stride, {offset(b_panel, b.dtype, b_.CreateMul(k, i64(domain_.width))), b.dtype});
    });
  };
  accumulate_over(acc, i64(full), [&](Value* panel, std::vector<Value*>& sums) { columns(sums, panel, a.width); });
  if (rest > 0) columns(acc, i64(full), rest);
}

/// Reduction over the valid rows of A and B; rows of the result are columns of A.
void KernelEmitter::accumulate_transposed(std::vector<Value*>& acc, Value* panel, Value* row) {
  const KernelNode& matmul = k_.node(k_.anchor);
  const int argument_a = k_.node(matmul.in[0]).load, argument_b = k_.node(matmul.in[1]).load;
  const Layout& a = k_.argument(argument_a);
  const Layout& lb = k_.argument(argument_b);
  Value* a_panel = b_.CreateMul(b_.CreateUDiv(row, i64(a.width)), i64(a.panel_stride()));
  Value* a_column = offset(argument(argument_a), a.dtype, b_.CreateAdd(a_panel, b_.CreateURem(row, i64(a.width))));
  Value* b = offset(argument(argument_b), lb.dtype, b_.CreateMul(panel, i64(lb.panel_stride())));
  Value* rows = total_rows(k_.node(matmul.in[0]).type);
  const bool low = is_low(a.dtype) && a.rows * k_.row_tile <= most_private_elements;
  const Operand columns = low ? widened_columns(a_column, rows) : Operand{a_column, a.dtype};
  const std::int64_t step = low ? k_.row_tile : a.width;
  accumulate_over(acc, rows, [&](Value* r, std::vector<Value*>& sums) {
    const Operand left{offset(columns.at, columns.dtype, b_.CreateMul(r, i64(step))), columns.dtype};
    const Operand right{offset(b, lb.dtype, b_.CreateMul(r, i64(lb.width))), lb.dtype};
    multiply_accumulate(sums, left, 1, right);
  });
}

/// What the epilogue reads beside the accumulators (weights, optimizer state), and copies of weights that it only writes, are fetched
/// while the reduction runs: above the last-level cache the update is only worth its fusion with this.
void KernelEmitter::prefetch_epilogue(Value* panel, Value* row) {
  std::set<int> wanted;
  for (const KernelNode& n : k_.nodes)
    if (n.load >= 0) wanted.insert(n.load);
  for (const KernelStore& s : k_.stores)
    if (k_.argument(s.argument).paired) wanted.insert(s.argument);
  auto* flag = b_.getInt32Ty();
  for (const int a : wanted) {
    const Layout& l = k_.argument(a);
    if (l.batched || l.valid_rows != k_.domain.rows || l.cols != k_.domain.cols || l.cols == 1) continue;
    const std::int64_t line = 64 / static_cast<std::int64_t>(dtype_size(l.dtype));
    Value* base = offset(argument(a), l.dtype, add({b_.CreateMul(panel, i64(l.panel_stride())), b_.CreateMul(row, i64(l.width))}));
    for (std::int64_t e = 0; e < k_.row_tile * l.width; e += line)
      b_.CreateIntrinsic(llvm::Intrinsic::prefetch, {base->getType()},
                         {offset(base, l.dtype, i64(e)), llvm::ConstantInt::get(flag, 1), llvm::ConstantInt::get(flag, 3),
                          llvm::ConstantInt::get(flag, 1)});
  }
}

// ---- transposition of a panel of B: scratch[n][k] = B[panel * width + k][n]

void KernelEmitter::transpose_panel(Value* panel, Value* scratch) {
  const Layout& b = k_.argument(k_.node(k_.node(k_.anchor).in[1]).load);
  Value* first = b_.CreateMul(panel, i64(domain_.width));
  Value* base = offset(argument(k_.node(k_.node(k_.anchor).in[1]).load), b.dtype, b_.CreateMul(first, i64(b.width)));
  const DType t = scratch_dtype();
  if (b.lanes == 1 || domain_.lanes == 1) {  // one column on either side: element by element
    loop(i64(0), i64(b.cols), 1, [&](Value* n) {
      Value* from =
          offset(base, b.dtype, add({b_.CreateMul(b_.CreateUDiv(n, i64(b.width)), i64(b.panel_stride())), b_.CreateURem(n, i64(b.width))}));
      Value* to = offset(scratch, t, b_.CreateMul(n, i64(domain_.width)));
      loop(i64(0), i64(domain_.width), 1, [&](Value* k) {
        Value* bits = b_.CreateLoad(element_type(b.dtype), offset(from, b.dtype, b_.CreateMul(k, i64(b.width))));
        Value* x = widened(bits, b.dtype);
        b_.CreateStore(x, offset(to, t, k));
      });
    });
    return;
  }
  // One square of code, in loops: unrolled squares cost more compile time than everything else in a kernel.
  loop(i64(0), i64(b.panels() * b.vectors()), 1, [&](Value* n) {
    Value* p = b_.CreateUDiv(n, i64(b.vectors()));
    Value* v = b_.CreateURem(n, i64(b.vectors()));
    Value* from = offset(base, b.dtype, add({b_.CreateMul(p, i64(b.panel_stride())), b_.CreateMul(v, i64(b.lanes))}));
    Value* to = offset(scratch, t, b_.CreateMul(n, i64(b.lanes * domain_.width)));
    loop(i64(0), i64(domain_.vectors()), 1, [&](Value* k) {
      const Operand block{offset(from, b.dtype, b_.CreateMul(k, i64(b.lanes * b.width))), b.dtype};
      transpose_block(block, b.width, offset(to, t, b_.CreateMul(k, i64(b.lanes))), domain_.width);
    });
  });
}

/// A square of lanes x lanes elements.
void KernelEmitter::transpose_block(Operand from, std::int64_t from_stride, Value* to, std::int64_t to_stride) {
  const auto lanes = domain_.lanes;
  const DType t = scratch_dtype();
  const auto align = llvm::Align(static_cast<std::uint64_t>(lanes) * dtype_size(from.dtype));
  std::vector<Value*> rows;
  for (std::int64_t i = 0; i < lanes; ++i)
    rows.push_back(widened(b_.CreateAlignedLoad(vector_type(from.dtype, lanes), offset(from.at, from.dtype, i64(i * from_stride)), align),
                           from.dtype));
  transpose_square(rows);
  for (std::int64_t i = 0; i < lanes; ++i)
    b_.CreateAlignedStore(rows[static_cast<std::size_t>(i)], offset(to, t, i64(i * to_stride)), vector_align(domain_));
}

/// As many vectors as each has lanes, by rounds of interleaving.
void KernelEmitter::transpose_square(std::vector<Value*>& rows) {
  const auto lanes = static_cast<int>(rows.size());
  for (int step = 1; step < lanes; step *= 2) {  // exchange the off-diagonal squares of `step` lanes
    std::vector<int> even, odd;
    for (int i = 0; i < lanes; ++i) {
      even.push_back((i & step) == 0 ? i : lanes + i - step);
      odd.push_back((i & step) == 0 ? i + step : lanes + i);
    }
    for (int i = 0; i < lanes; ++i) {
      if ((i & step) != 0) continue;
      const auto low = static_cast<std::size_t>(i), high = static_cast<std::size_t>(i + step);
      Value* a = rows[low];
      Value* b = rows[high];
      rows[low] = b_.CreateShuffleVector(a, b, even);
      rows[high] = b_.CreateShuffleVector(a, b, odd);
    }
  }
}

}  // namespace ingot::codegen
