// Rows of a table by number, and the sums that are their gradient: a thread owns some neighbouring elements of the table's gradient and
// goes through all numbers of the batch in their order, so sums are the same from run to run, and those of the CPU's kernel.
#include "llvm/nvptx/part_emitter.hpp"

namespace ingot::codegen {

using llvm::Value;

PartEmitter::TableRow PartEmitter::table_row(int numbers, Value* at, std::int64_t table_rows) {
  const KernelNode& n = k().node(numbers);
  Value* number = load_from(argument(n.load), n.type.dtype, at, 1);
  Value* zero = real(number->getType(), 0);
  Value* valid =
      all_of({b_.CreateFCmpOGE(number, zero), b_.CreateFCmpOLT(number, real(number->getType(), static_cast<double>(table_rows)))});
  return {b_.CreateFPToSI(b_.CreateSelect(valid, number, zero), b_.getInt32Ty()), valid};
}

Value* PartEmitter::lookup(const Place& p) {
  const KernelNode& n = k().node(k().anchor);
  const KernelNode& table = k().node(n.in[0]);
  const TableRow from = table_row(n.in[1], p.row, table.type.rows);
  Value* found =
      load_from(argument(table.load), table.type.dtype, index_in(table.type, {from.number, p.col, p.lanes, 0}), lanes_of(table.type, p));
  return b_.CreateSelect(from.valid, found, llvm::Constant::getNullValue(found->getType()));
}

Value* PartEmitter::lookup_gradient(const Place& p) {
  const KernelNode& n = k().node(k().anchor);
  const KernelNode& gradient = k().node(n.in[1]);
  Sums sum{llvm::Constant::getNullValue(vector_type(k().domain.dtype, p.lanes))};
  loop(i32(0), total_rows(gradient.type), i32(1), sum, [&](Value* row, Sums& s) {
    const TableRow to = table_row(n.in[0], row, k().domain.rows);
    auto *before = b_.GetInsertBlock(), *add = new_block("add"), *next = new_block("skip");
    b_.CreateCondBr(b_.CreateAnd(to.valid, b_.CreateICmpEQ(to.number, p.row)), add, next);
    b_.SetInsertPoint(add);
    Value* more = b_.CreateFAdd(s[0], load_operand(n.in[1], row, p));
    b_.CreateBr(next);
    b_.SetInsertPoint(next);
    auto* either = b_.CreatePHI(more->getType(), 2);
    either->addIncoming(s[0], before);
    either->addIncoming(more, add);
    s[0] = either;
  });
  return sum[0];
}

}  // namespace ingot::codegen
