// Kernels that reduce along rows (softmax, cross-entropy, accuracy). Rows of a few vectors stay in registers from the first
// reduction to the last store; longer rows are swept once for each reduction, elementwise work being redone in each sweep.
#include "llvm/emitter.hpp"

#include <limits>

namespace ingot::codegen {

using llvm::Value;

namespace {

constexpr std::int64_t most_unrolled_vectors = 4;

bool is_row_reduction(Op op) { return op == Op::row_sum || op == Op::row_max || op == Op::row_min; }

/// Where evaluate() looks for the value of a reduction: results for all rows have no row in their key.
std::array<int, 3> reduction_key(const Kernel& k, int node) {
  const Type& t = k.node(node).type;
  return {node, !t.batched && t.rows == 1 ? -1 : 0, -1};
}

double neutral_element(Op op) {
  if (op == Op::row_sum) return 0;
  const double infinity = std::numeric_limits<double>::infinity();
  return op == Op::row_max ? -infinity : infinity;
}

}  // namespace

void KernelEmitter::emit_rows() {
  Value *begin, *end;
  row_range(begin, end);
  loop(begin, end, 1, [&](Value* row) { emit_row(row); });
}

void KernelEmitter::emit_row(Value* row) {
  const std::int64_t vectors = domain_.panels() * domain_.vectors();
  const bool unrolled = domain_.panels() == 1 && vectors <= most_unrolled_vectors;
  const Position p{nullptr, row, 0, 0};
  for (std::size_t i = 0; i < k_.nodes.size(); ++i) {
    const KernelNode& n = k_.nodes[i];
    if (n.load >= 0 || !is_row_reduction(n.op)) continue;
    if (k_.node(n.in[0]).type.cols == 1)
      memo_[reduction_key(k_, static_cast<int>(i))] = evaluate(n.in[0], p);
    else if (unrolled)
      reduce_unrolled(static_cast<int>(i), p);
    else
      reduce_looped(static_cast<int>(i), p);
  }
  const auto store_row = [&](const Position& at, bool columns) {
    for (const KernelStore& s : k_.stores) {
      if ((k_.argument(s.argument).cols == 1) != columns) continue;
      store(s.node, s.argument, at);
    }
  };
  store_row(p, true);
  if (domain_.cols == 1) return;
  if (unrolled) {
    for (int v = 0; v < vectors; ++v) store_row({nullptr, row, 0, v}, false);
    return;
  }
  // Values of the whole row (sums, maxima) stay valid in the sweep; those of single vectors do not.
  const auto kept = memo_;
  loop(i64(0), i64(domain_.panels()), 1, [&](Value* panel) {
    for (const auto& [key, value] : kept)
      if (key[2] == -1) memo_[key] = value;
    for (int v = 0; v < domain_.vectors(); ++v) store_row({panel, row, 0, v}, false);
  });
}

/// The value with the lanes behind the last column replaced.
Value* KernelEmitter::masked(Value* v, int, const Position& p, double neutral) {
  const std::int64_t tail = domain_.cols % domain_.width;
  if (tail == 0) return v;
  std::vector<llvm::Constant*> lane;
  for (std::int64_t i = 0; i < domain_.lanes; ++i) lane.push_back(b_.getInt64(static_cast<std::uint64_t>(p.vector * domain_.lanes + i)));
  Value* column = llvm::ConstantVector::get(lane);
  if (p.panel != nullptr) column = b_.CreateAdd(column, splat(b_.CreateMul(p.panel, i64(domain_.width)), domain_.lanes));
  return b_.CreateSelect(b_.CreateICmpSLT(column, splat(i64(domain_.cols), domain_.lanes)), v, real(v->getType(), neutral));
}

Value* KernelEmitter::finish_reduction(Op op, Value* v) {
  llvm::IRBuilderBase::FastMathFlagGuard guard(b_);
  llvm::FastMathFlags flags;
  if (op == Op::row_sum) {
    flags.setAllowReassoc();  // a fixed tree over the lanes instead of a chain
    b_.setFastMathFlags(flags);
    return b_.CreateFAddReduce(real(v->getType()->getScalarType(), -0.0), v);
  }
  flags.setNoNaNs();
  b_.setFastMathFlags(flags);
  return op == Op::row_max ? b_.CreateFPMaxReduce(v) : b_.CreateFPMinReduce(v);
}

namespace {
Value* combine(llvm::IRBuilder<>& b, Op op, Value* x, Value* y) {
  if (op == Op::row_sum) return b.CreateFAdd(x, y);
  return b.CreateSelect(op == Op::row_max ? b.CreateFCmpOGT(x, y) : b.CreateFCmpOLT(x, y), x, y);
}
}  // namespace

void KernelEmitter::reduce_unrolled(int node, const Position& row) {
  const KernelNode& n = k_.node(node);
  Value* acc = nullptr;
  for (int v = 0; v < domain_.vectors(); ++v) {
    const Position p{nullptr, row.base_row, 0, v};
    Value* x = masked(splat(evaluate(n.in[0], p), domain_.lanes), node, p, neutral_element(n.op));
    acc = acc == nullptr ? x : combine(b_, n.op, acc, x);
  }
  memo_[reduction_key(k_, node)] = finish_reduction(n.op, acc);
}

void KernelEmitter::reduce_looped(int node, const Position& row) {
  const KernelNode& n = k_.node(node);
  auto kept = memo_;
  std::erase_if(kept, [](const auto& entry) { return entry.first[2] != -1; });
  std::vector<Value*> acc(static_cast<std::size_t>(domain_.vectors()),
                          real(vector_type(n.type.dtype, domain_.lanes), neutral_element(n.op)));
  accumulate_over(acc, i64(domain_.panels()), [&](Value* panel, std::vector<Value*>& a) {
    for (const auto& [key, value] : kept) memo_[key] = value;
    for (std::size_t v = 0; v < a.size(); ++v) {
      const Position p{panel, row.base_row, 0, static_cast<int>(v)};
      a[v] = combine(b_, n.op, a[v], masked(splat(evaluate(n.in[0], p), domain_.lanes), node, p, neutral_element(n.op)));
    }
  });
  memo_ = kept;
  for (std::size_t v = 1; v < acc.size(); ++v) acc[0] = combine(b_, n.op, acc[0], acc[v]);
  memo_[reduction_key(k_, node)] = finish_reduction(n.op, acc[0]);
}

}  // namespace ingot::codegen
