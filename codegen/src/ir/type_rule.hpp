// The type rules of the ops: one function that says what type a node has, used when nodes are made and when they are verified.
#pragma once
#include "ir/graph.hpp"

#include <span>

namespace ingot::codegen {

/// A sentence about the first broken rule: extents that do not broadcast, a dtype that does not fit, inner extents that differ.
struct TypeProblem {
  std::string text;
};

/// `a` and `b` as operands of one elementwise op: the broadcast extents, with a's dtype. Throws TypeProblem.
[[nodiscard]] Type broadcast(const Type& a, const Type& b);
[[nodiscard]] bool broadcasts_to(const Type& from, const Type& to);  ///< extents only

/// Type of `op` on `operands`. `asked` gives what operands do not decide: everything for leaves; dtype for cast; rows and cols
/// for reshape; cols for slice; extents for keep_mask and normal. Throws TypeProblem.
[[nodiscard]] Type result_type(Op op, std::span<const Type> operands, const Attr& attr, const Type& asked);

}  // namespace ingot::codegen
