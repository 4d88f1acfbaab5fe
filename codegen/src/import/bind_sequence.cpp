// Layers that read token numbers.
#include "import/binder.hpp"

#include <array>

namespace ingot::codegen {

/// The rows of the table at the whole parts of the tokens' numbers. A number outside the vocabulary yields zeros.
ValueId Binder::embedding(int i) {
  const ValueId tokens = source(i);
  b_.set_name(name(i, "token"));
  const ValueId column = b_.reshape(tokens, shape_before(i).elements(), 1);
  b_.set_name(layer_name(d_, i));
  return b_.node(Op::lookup, std::array{kernel(i), column}, {}, {});
}

}  // namespace ingot::codegen
