// The moments of a batch as nodes: the forward pass, its gradient and the moving statistics ask for the same ones and share them.
#pragma once
#include "ir/builder.hpp"

namespace ingot::codegen {

struct BatchMoments {
  ValueId count = no_value;     ///< [1,1]: valid rows
  ValueId mean = no_value;      ///< [1,C]
  ValueId centred = no_value;   ///< x - mean
  ValueId variance = no_value;  ///< [1,C], population variance: mean of centred squared
};

/// `x`: batched [R,C].
[[nodiscard]] BatchMoments batch_moments(Builder& b, ValueId x);

}  // namespace ingot::codegen
