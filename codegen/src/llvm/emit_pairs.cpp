// Contractions of bf16 operands in dot products of pairs (vdpbf16ps): a pair of one operand is broadcast, sixteen pairs of the other
// come as a vector, and each lane of the sum gets both products. Pairs lie side by side in a row of A, or in paired rows (layout.hpp).
#include "llvm/emitter.hpp"

#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/IntrinsicsX86.h>

namespace ingot::codegen {

using llvm::Value;

namespace {
constexpr std::uint32_t first_of_pair = 0xffff;
constexpr int lanes = 16;  // of f32, and of pairs
}  // namespace

/// acc[i] += pair at a[i * a_row_stride] . one pair of panel rows at b. `half`: the second of each pair counts as 0, whatever is there.
void KernelEmitter::add_pairs(std::vector<Value*>& acc, Value* a, std::int64_t a_row_stride, Value* b, bool half) {
  auto* words = llvm::FixedVectorType::get(b_.getInt32Ty(), lanes);
  auto* pairs = llvm::FixedVectorType::get(b_.getBFloatTy(), 2 * lanes);
  const auto vectors = static_cast<std::size_t>(domain_.vectors());
  std::vector<Value*> columns;
  for (std::size_t v = 0; v < vectors; ++v) {
    Value* x = b_.CreateAlignedLoad(words, offset(b, DType::bf16, i64(static_cast<std::int64_t>(v) * 2 * lanes)), llvm::Align(4 * lanes));
    if (half) x = b_.CreateAnd(x, llvm::ConstantInt::get(words, first_of_pair));
    columns.push_back(b_.CreateBitCast(x, pairs));
  }
  for (int i = 0; i < k_.row_tile; ++i) {
    Value* x = b_.CreateAlignedLoad(b_.getInt32Ty(), offset(a, DType::bf16, i64(i * a_row_stride)), llvm::Align(4));
    if (half) x = b_.CreateAnd(x, b_.getInt32(first_of_pair));
    Value* both = b_.CreateBitCast(splat(x, lanes), pairs);
    for (std::size_t v = 0; v < vectors; ++v) {
      Value*& sum = acc[static_cast<std::size_t>(i) * vectors + v];
      sum = b_.CreateIntrinsic(llvm::Intrinsic::x86_avx512bf16_dpbf16ps_512, {}, {sum, both, columns[v]});
    }
  }
}

/// Reduction over the columns of A, panel by panel; `b`: the paired panel of the second operand.
void KernelEmitter::accumulate_pairs(std::vector<Value*>& acc, Value* row, Value* b) {
  const int argument_a = k_.node(k_.node(k_.anchor).in[0]).load;
  const Layout& a = k_.argument(argument_a);
  Value* a_row = offset(argument(argument_a), a.dtype, b_.CreateMul(row, i64(a.width)));
  const std::int64_t full = a.cols / a.width, rest = a.cols % a.width;
  const auto columns = [&](std::vector<Value*>& sums, Value* panel, std::int64_t count) {
    Value* a_panel = offset(a_row, a.dtype, b_.CreateMul(panel, i64(a.panel_stride())));
    Value* b_panel = offset(b, a.dtype, b_.CreateMul(panel, i64(a.width * domain_.width)));
    accumulate_over(sums, i64(count / 2), [&](Value* k, std::vector<Value*>& s) {
      Value* left = offset(a_panel, a.dtype, b_.CreateMul(k, i64(2)));
      add_pairs(s, left, a.width, offset(b_panel, a.dtype, b_.CreateMul(k, i64(2 * domain_.width))), false);
    });
    if (count % 2 != 0) {
      Value* left = offset(a_panel, a.dtype, i64(count - 1));
      add_pairs(sums, left, a.width, offset(b_panel, a.dtype, i64((count - 1) * domain_.width)), true);
    }
  };
  accumulate_over(acc, i64(full), [&](Value* panel, std::vector<Value*>& sums) { columns(sums, panel, a.width); });
  if (rest > 0) columns(acc, i64(full), rest);
}

/// Reduction over the valid rows of A and B, which lie in pairs in both.
void KernelEmitter::accumulate_row_pairs(std::vector<Value*>& acc, Value* panel, Value* row) {
  const KernelNode& matmul = k_.node(k_.anchor);
  const int argument_a = k_.node(matmul.in[0]).load, argument_b = k_.node(matmul.in[1]).load;
  const Layout &a = k_.argument(argument_a), &lb = k_.argument(argument_b);
  Value* a_panel = b_.CreateMul(b_.CreateUDiv(row, i64(a.width)), i64(a.panel_stride()));
  Value* a_column = offset(argument(argument_a), a.dtype, b_.CreateAdd(a_panel, b_.CreateMul(b_.CreateURem(row, i64(a.width)), i64(2))));
  Value* b = offset(argument(argument_b), lb.dtype, b_.CreateMul(panel, i64(lb.panel_stride())));
  const auto add = [&](Value* pair, std::vector<Value*>& sums, bool half) {
    Value* left = offset(a_column, a.dtype, b_.CreateMul(pair, i64(2 * a.width)));
    add_pairs(sums, left, 2, offset(b, lb.dtype, b_.CreateMul(pair, i64(2 * lb.width))), half);
  };
  Value* rows = total_rows(k_.node(matmul.in[0]).type);
  Value* pairs = b_.CreateLShr(rows, i64(1));
  accumulate_over(acc, pairs, [&](Value* i, std::vector<Value*>& sums) { add(i, sums, false); }, true);
  const auto one_more = [&](Value*, std::vector<Value*>& sums) { add(pairs, sums, true); };
  accumulate_over(acc, b_.CreateAnd(rows, i64(1)), one_more, true);
}

/// scratch: the panel of B^T, its rows in pairs: [columns / 2][width][2]. Squares of 16 x 16 pairs are transposed, which gives rows of B^T
/// of 32 elements; two of these are interleaved.
void KernelEmitter::transpose_paired_panel(Value* panel, Value* scratch) {
  const int argument_b = k_.node(k_.node(k_.anchor).in[1]).load;
  const Layout& b = k_.argument(argument_b);
  auto* words = llvm::FixedVectorType::get(b_.getInt32Ty(), lanes);
  auto* halves = llvm::FixedVectorType::get(b_.getInt16Ty(), 2 * lanes);
  const auto place = [&](Value* at, std::int64_t elements) { return offset(at, b.dtype, i64(elements)); };
  // a panel narrower than 32 rows of B: what is behind its 16 columns goes nowhere
  const auto parts = static_cast<int>(domain_.vectors());
  Value* base = offset(argument(argument_b), b.dtype, b_.CreateMul(b_.CreateMul(panel, i64(domain_.width)), i64(b.width)));
  loop(i64(0), i64(b.panels() * b.vectors()), 1, [&](Value* n) {
    Value* from = offset(base, b.dtype,
                         add({b_.CreateMul(b_.CreateUDiv(n, i64(b.vectors())), i64(b.panel_stride())),
                              b_.CreateMul(b_.CreateURem(n, i64(b.vectors())), i64(2 * lanes))}));
    Value* to = offset(scratch, b.dtype, b_.CreateMul(n, i64(lanes * domain_.width)));
    std::vector<Value*> rows;
    for (int i = 0; i < lanes; ++i) {
      const bool there = i < parts * lanes / 2;
      rows.push_back(there ? static_cast<Value*>(b_.CreateAlignedLoad(words, place(from, 2 * i * b.width), llvm::Align(4 * lanes)))
                           : llvm::Constant::getNullValue(words));
    }
    transpose_square(rows);
    for (int i = 0; i < lanes; i += 2) {
      Value* even = b_.CreateBitCast(rows[static_cast<std::size_t>(i)], halves);
      Value* odd = b_.CreateBitCast(rows[static_cast<std::size_t>(i) + 1], halves);
      for (int part = 0; part < parts; ++part) {
        std::vector<int> interleaved;
        for (int k = part * lanes; k < (part + 1) * lanes; ++k) {
          interleaved.push_back(k);
          interleaved.push_back(2 * lanes + k);
        }
        Value* pairs = b_.CreateShuffleVector(even, odd, interleaved);
        b_.CreateAlignedStore(pairs, place(to, i * domain_.width + part * 2 * lanes), llvm::Align(4 * lanes));
      }
    }
  });
}

/// One vector of a paired layout: every second element from its place on; the row beside it, which another thread may write, stays.
void KernelEmitter::store_paired(Value* bits, Value* at) {
  auto* halves = llvm::FixedVectorType::get(b_.getInt16Ty(), 2 * lanes);
  std::vector<llvm::Constant*> mask;
  for (int i = 0; i < 2 * lanes; ++i) mask.push_back(b_.getInt1(i % 2 == 0));
  Value* spread = b_.CreateBitCast(b_.CreateZExt(bits, llvm::FixedVectorType::get(b_.getInt32Ty(), lanes)), halves);
  b_.CreateMaskedStore(spread, at, llvm::Align(2), llvm::ConstantVector::get(mask));
}

}  // namespace ingot::codegen
