// Layers that read token numbers.
#include "import/binder.hpp"

namespace ingot::codegen {

/// A product with rows that have a single 1, at the whole part of the token's number: exact, with a gradient that sums in the order of
/// the rows. A number outside the vocabulary has no 1, and yields zeros.
ValueId Binder::embedding(int i) {
  const ValueId table = kernel(i), tokens = source(i);
  const std::int64_t vocabulary = b_.type(table).rows;
  const DType dtype = bound_.graph.dtype;
  b_.set_name(name(i, "token"));
  const ValueId column = b_.reshape(tokens, shape_before(i).elements(), 1), number = b_.iota(vocabulary, dtype);
  const ValueId below = b_.cast(b_.binary(Op::greater, b_.add(number, 1.0), column), dtype);
  const ValueId single = b_.select(b_.binary(Op::greater_equal, column, number), below, b_.constant(0, dtype));
  b_.set_name(layer_name(d_, i));
  return b_.matmul(single, table);
}

}  // namespace ingot::codegen
