#include "autodiff/total.hpp"

namespace ingot::codegen {

ValueId total(Builder& b, ValueId v) { return b.unary(Op::row_sum, b.unary(Op::column_sum, v)); }

ValueId total(Builder& b, std::span<const ValueId> tensors) {
  ValueId all = total(b, tensors.front());
  for (const ValueId v : tensors.subspan(1)) all = b.add(all, total(b, v));
  return all;
}

}  // namespace ingot::codegen
