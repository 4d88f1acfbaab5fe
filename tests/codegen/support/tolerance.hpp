// How far a kernel may be from the reference interpreter, which computes in double without rounding to the graph's dtype.
//
// A sum of n products, each rounded to unit roundoff u, is off by at most n * u and, as the signs of rounding errors are as good
// as random, typically by sqrt(n) * u (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 2.8). Errors
// here are relative to the norm of a whole tensor, so single cancellations do not show. The constant covers the elementwise work
// around the sum: vector functions of a few units in the last place, and a chain of such kernels from input to result.
#pragma once
#include "ir/graph.hpp"

#include <cmath>

namespace ingot::test {

inline double unit_roundoff(codegen::DType t) {
  switch (t) {
    case codegen::DType::f64:
      return 0x1p-53;
    case codegen::DType::f16:
      return 0x1p-11;
    case codegen::DType::bf16:
      return 0x1p-8;
    default:
      return 0x1p-24;
  }
}

/// For `relative_distance` of two tensors; `length` is the longest sum that one element went through.
inline double tolerance(codegen::DType t, std::int64_t length) {
  return unit_roundoff(t) * (32 + 8 * std::sqrt(static_cast<double>(length)));
}

}  // namespace ingot::test
