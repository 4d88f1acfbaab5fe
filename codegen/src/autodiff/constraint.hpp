// Constraints on parameters as primitive nodes. Source: keras/src/constraints/constraints.py, with its epsilon of 1e-7 beside norms.
#pragma once
#include "ir/builder.hpp"

#include <ingot/dsl/flat_craft.hpp>

namespace ingot::codegen {

/// A constraint and its numbers, as [1,1] f64 values.
struct ConstraintNumbers {
  constraint_kind kind = constraint_kind::none;
  ValueId low = no_value, high = no_value, rate = no_value;  ///< max_norm: high; min_max_norm: all
  bool whole = false;                                        ///< a bias: one norm of all elements; else one for each column
};

/// `w` [R,C] as the constraint wants it; `w` itself where there is none. Names the nodes as the builder's name says.
[[nodiscard]] ValueId constrained(Builder& b, const ConstraintNumbers& c, ValueId w);

}  // namespace ingot::codegen
