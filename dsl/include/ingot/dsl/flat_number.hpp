// Numbers of the flat definition: each is a constant, or follows a hyper-parameter.
#pragma once
#include <ingot/dsl/text.hpp>

namespace ingot {

/// A size: k + hp * mul / div (integer arithmetic, in this order); hp < 0: the constant k.
struct dim {
  std::int32_t k = 0, mul = 1, div = 1, hp = -1;
};
/// A real number: k, or the value of a hyper-parameter when hp >= 0.
struct num {
  double k = 0;
  std::int32_t hp = -1;
  std::int32_t pad = 0;
};

}  // namespace ingot
