// Contractions with weights that have blocks of zeros: the lists of runs that are left are constants of the kernel, so the reduction goes
// through them alone. Weights lie as for the dense contraction, whose tile, epilogue and stores these share.
#include "llvm/emitter.hpp"

namespace ingot::codegen {

using llvm::Value;

namespace {

constexpr std::size_t independent_sums = 8;  // as many as two multipliers with a latency of four keep busy

llvm::GlobalVariable* constant_table(llvm::Module& module, const std::vector<std::int32_t>& numbers, const std::string& name) {
  auto* data = llvm::ConstantDataArray::get(module.getContext(), numbers);
  return new llvm::GlobalVariable(module, data->getType(), true, llvm::GlobalValue::PrivateLinkage, data, name);
}

}  // namespace

/// Each column of vectors of the panel by itself, since each has its own list.
void KernelEmitter::accumulate_blocks(std::vector<Value*>& acc, Value* panel, Value* row, Value* b) {
  const auto vectors = static_cast<std::size_t>(domain_.vectors()), step = static_cast<std::size_t>(k_.steps.vectors);
  if (block_begin_ == nullptr) {
    block_begin_ = constant_table(module_, k_.steps.begin, std::string(f_->getName()) + "_begin");
    block_rows_ = constant_table(module_, k_.steps.first, std::string(f_->getName()) + "_rows");
  }
  for (std::size_t v = 0; v < vectors; v += step) {
    Value* column = b_.CreateAdd(b_.CreateMul(panel, i64(static_cast<std::int64_t>(vectors / step))), i64(static_cast<std::int64_t>(v / step)));
    std::vector<Value*> sums = accumulate_column(column, v, row, b);
    for (std::size_t i = 0; i < sums.size(); ++i) acc[i / step * vectors + v + i % step] = sums[i];
  }
}

/// The sums of the tile in the vectors from `vector` on. Small tiles have several sums for each element, which are added at the end.
std::vector<Value*> KernelEmitter::accumulate_column(Value* column, std::size_t vector, Value* row, Value* b) {
  const KernelNode& matmul = k_.node(k_.anchor);
  const int argument_a = k_.node(matmul.in[0]).load;
  const Layout& a = k_.argument(argument_a);
  const DType t = matmul.type.dtype;
  const auto tile = static_cast<std::size_t>(k_.row_tile) * static_cast<std::size_t>(k_.steps.vectors);
  const std::size_t ways = std::max<std::size_t>(1, std::min<std::size_t>(4, independent_sums / tile));
  const auto entry = [&](llvm::GlobalVariable* table, Value* i) {
    return b_.CreateSExt(b_.CreateLoad(b_.getInt32Ty(), b_.CreateInBoundsGEP(b_.getInt32Ty(), table, i)), b_.getInt64Ty());
  };
  Value* first = entry(block_begin_, column);
  Value* count = b_.CreateSub(entry(block_begin_, b_.CreateAdd(column, i64(1))), first);
  Value* a_row = offset(argument(argument_a), a.dtype, b_.CreateMul(row, i64(a.width)));
  std::vector<Value*> sums(tile * ways, llvm::Constant::getNullValue(vector_type(t, domain_.lanes)));
  accumulate_over(
      sums, count,
      [&](Value* i, std::vector<Value*>& s) {
        Value* k = entry(block_rows_, b_.CreateAdd(first, i));
        Value* in_panel = b_.CreateMul(b_.CreateUDiv(k, i64(a.width)), i64(a.panel_stride()));
        Value* x = offset(a_row, t, b_.CreateAdd(in_panel, b_.CreateURem(k, i64(a.width))));
        Value* w = offset(b, t, b_.CreateAdd(b_.CreateMul(k, i64(domain_.width)), i64(static_cast<std::int64_t>(vector) * domain_.lanes)));
        multiply_run(s, x, w, ways);
      },
      true);
  for (std::size_t way = 1; way < ways; ++way)
    for (std::size_t i = 0; i < tile; ++i) sums[i] = b_.CreateFAdd(sums[i], sums[way * tile + i]);
  sums.resize(tile);
  return sums;
}

/// One run: x from its first column on, w from its first row on. Row k adds to the sums of way k % ways.
void KernelEmitter::multiply_run(std::vector<Value*>& sums, Value* x, Value* w, std::size_t ways) {
  const DType t = k_.node(k_.anchor).type.dtype;
  const Layout& a = k_.argument(k_.node(k_.node(k_.anchor).in[0]).load);
  const auto step = static_cast<std::size_t>(k_.steps.vectors), tile = sums.size() / ways;
  for (std::int64_t k = 0; k < k_.steps.length; ++k) {
    const std::size_t way = static_cast<std::size_t>(k) % ways * tile;
    std::vector<Value*> columns;
    for (std::size_t v = 0; v < step; ++v)
      columns.push_back(b_.CreateAlignedLoad(vector_type(t, domain_.lanes),
                                             offset(w, t, i64(k * domain_.width + static_cast<std::int64_t>(v) * domain_.lanes)),
                                             vector_align(domain_)));
    for (std::size_t i = 0; i < tile / step; ++i) {
      Value* element = b_.CreateLoad(element_type(t), offset(x, t, i64(static_cast<std::int64_t>(i) * a.width + k)));
      for (std::size_t v = 0; v < step; ++v) {
        Value*& sum = sums[way + i * step + v];
        sum = fma(splat(element, domain_.lanes), columns[v], sum);
      }
    }
  }
}

}  // namespace ingot::codegen
