#include "autodiff/total.hpp"

namespace ingot::codegen {

ValueId total(Builder& b, ValueId v) {
  const Type& t = b.type(v);
  return b.unary(Op::row_sum, t.rows == 1 && !t.batched ? v : b.unary(Op::column_sum, v));
}

ValueId total(Builder& b, std::span<const ValueId> tensors) {
  ValueId all = total(b, tensors.back());
  for (std::size_t i = tensors.size() - 1; i-- > 0;) all = b.add(all, total(b, tensors[i]));
  return all;
}

}  // namespace ingot::codegen
