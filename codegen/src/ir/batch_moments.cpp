#include "ir/batch_moments.hpp"

namespace ingot::codegen {

BatchMoments batch_moments(Builder& b, ValueId x) {
  BatchMoments m;
  m.count = b.cast(b.mul(b.rows(), static_cast<double>(b.type(x).rows)), b.type(x).dtype);
  m.mean = b.div(b.unary(Op::column_sum, x), m.count);
  m.centred = b.sub(x, m.mean);
  m.variance = b.div(b.unary(Op::column_sum, b.mul(m.centred, m.centred)), m.count);
  return m;
}

}  // namespace ingot::codegen
