// The reference interpreter: double precision, naive loops. It defines what every op means; kernels are compared with it.
// Values of f16 and bf16 are rounded to it, to nearest even, one op at a time; those of f32 are not rounded. Cast to i32 and u8
// truncates, to boolean compares with 0.
//
// What the names of the op table leave open: maximum(a, b) is a > b ? a : b and minimum(a, b) is a < b ? a : b, so b where one is NaN
// (as maxps and minps); sign keeps zeros and NaN; a comparison with NaN is false; a class number outside the columns picks nothing.
#pragma once
#include "ir/graph.hpp"

namespace ingot::codegen {

using Values = std::vector<double>;  ///< a matrix, dense, row-major

struct InterpreterInputs {
  std::vector<Values> inputs, targets;  ///< per port: rows x elements of one row
  std::vector<Values> states;           ///< per state tensor, canonical
  Values scalars;                       ///< one for each of graph.scalars
  std::int64_t rows = 1;                ///< samples of this call
};
struct InterpreterOutputs {
  std::vector<Values> results;  ///< per graph.results, in that order
  std::vector<Values> states;   ///< after the assignments
};

/// Throws UserError when an input, target, state or scalar is missing or has a wrong size.
[[nodiscard]] InterpreterOutputs interpret(const Graph& g, const InterpreterInputs& in);
/// As `interpret`, but returns the value of every node.
[[nodiscard]] std::vector<Values> interpret_all(const Graph& g, const InterpreterInputs& in);

}  // namespace ingot::codegen
