// Rounding of numbers to the floating-point types of 16 bits.
#pragma once
#include "ir/graph.hpp"

#include <span>

namespace ingot::codegen {

/// The nearest number of f16 (11 significant bits, 2^-24 .. 65504) or bf16 (8 bits, the range of f32), ties to even, subnormal numbers
/// included; infinity beyond the largest. Other dtypes: `x` itself. Source: IEEE 754-2019, section 4.3.1.
[[nodiscard]] double round_to(DType t, double x);
/// All of `values`, in place.
void round_to(DType t, std::span<double> values);

}  // namespace ingot::codegen
