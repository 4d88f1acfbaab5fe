// Rows of a table by number, and the sums that are their gradient. A group of the gradient owns some rows of the table and goes through all
// numbers of the batch in their order, so no sum depends on the number of threads.
#include "llvm/emitter.hpp"

namespace ingot::codegen {

using llvm::Value;

KernelEmitter::TableRow KernelEmitter::find_table_row(int numbers, Value* row, std::int64_t table_rows) {
  const DType t = k_.argument(numbers).dtype;
  Value* number = b_.CreateLoad(element_type(t), offset(argument(numbers), t, row));
  Value* zero = real(number->getType(), 0);
  Value* valid =
      all_of({b_.CreateFCmpOGE(number, zero), b_.CreateFCmpOLT(number, real(number->getType(), static_cast<double>(table_rows)))});
  return {b_.CreateFPToSI(b_.CreateSelect(valid, number, zero), b_.getInt64Ty()), valid};
}

void KernelEmitter::emit_lookup() {
  const KernelNode& n = k_.node(k_.anchor);
  const int table = k_.node(n.in[0]).load, numbers = k_.node(n.in[1]).load;
  Value *begin, *end;
  row_range(begin, end);
  loop(begin, end, 1, [&](Value* row) {
    const TableRow from = find_table_row(numbers, row, k_.node(n.in[0]).type.rows);
    for_panels([&](Value* panel) {
      std::vector<Value*> found;
      for (int v = 0; v < domain_.vectors(); ++v) {
        Value* x = load_row(table, panel, from.number, v);
        found.push_back(where(from.valid, x, llvm::Constant::getNullValue(x->getType())));
      }
      forget();
      for (std::size_t v = 0; v < found.size(); ++v) memo_[anchor_key(0, v)] = found[v];
      for (std::size_t v = 0; v < found.size(); ++v) store_at({panel, row, 0, static_cast<int>(v)});
    });
  });
}

void KernelEmitter::emit_lookup_gradient() {
  const KernelNode& n = k_.node(k_.anchor);
  const int numbers = k_.node(n.in[0]).load, gradient = k_.node(n.in[1]).load, output = k_.stores.front().argument;
  const auto align = vector_align(k_.argument(output));
  Value *begin, *end;
  row_range(begin, end);
  const auto for_vectors = [&](const std::function<void(Value * panel, int vector)>& body) {
    for_panels([&](Value* panel) {
      for (int v = 0; v < domain_.vectors(); ++v) body(panel, v);
    });
  };
  loop(begin, end, 1, [&](Value* row) {
    for_vectors([&](Value* panel, int v) {
      b_.CreateAlignedStore(llvm::Constant::getNullValue(vector_type(k_.domain.dtype, domain_.lanes)), row_address(output, panel, row, v),
                            align);
    });
  });
  loop(i64(0), total_rows(k_.node(n.in[0]).type), 1, [&](Value* row) {
    const TableRow to = find_table_row(numbers, row, k_.domain.rows);
    Value* own = all_of({b_.CreateICmpSGE(to.number, begin), b_.CreateICmpSLT(to.number, end)});
    auto* add = llvm::BasicBlock::Create(c_, "add", f_);
    auto* next = llvm::BasicBlock::Create(c_, "skip", f_);
    b_.CreateCondBr(b_.CreateAnd(to.valid, own), add, next);
    b_.SetInsertPoint(add);
    for_vectors([&](Value* panel, int v) {
      Value* at = row_address(output, panel, to.number, v);
      Value* part = load_row(gradient, panel, row, v);
      b_.CreateAlignedStore(b_.CreateFAdd(b_.CreateAlignedLoad(part->getType(), at, align), part), at, align);
    });
    b_.CreateBr(next);
    b_.SetInsertPoint(next);
    forget();
  });
}

}  // namespace ingot::codegen
