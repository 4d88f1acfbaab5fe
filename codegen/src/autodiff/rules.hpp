// The gradient rules, one function per op, grouped by family in rules_*.cpp, and what a rule may use.
#pragma once
#include "ir/builder.hpp"

namespace ingot::codegen {

/// One reverse sweep. `b` appends nodes; adjoints grow by `accumulate`.
struct Sweep {
  Builder b;
  std::vector<ValueId> adjoint;  ///< per value, no_value: none yet
  std::vector<bool> active;      ///< depends on what is differentiated for

  [[nodiscard]] bool wants(ValueId v, std::size_t operand) const;  ///< is operand k of v active?
  /// Adds `part` to the adjoint of operand k of v. `part` has, or broadcasts to, the extents of v for elementwise ops; it is summed
  /// over the axes along which the operand was broadcast.
  void accumulate(ValueId v, std::size_t operand, ValueId part);
  /// Adds `part`, which has or broadcasts to the extents of the operand itself.
  void accumulate_exact(ValueId operand, ValueId part);
  /// `a` with exactly the extents of `like`.
  ValueId full(ValueId a, ValueId like);
};

/// `v`: the node, `dy`: its adjoint.
using GradientRule = void (*)(Sweep& s, ValueId v, ValueId dy);

[[nodiscard]] GradientRule map_rule(Op op);
[[nodiscard]] GradientRule activation_rule(Op op);
[[nodiscard]] GradientRule rows_rule(Op op);
[[nodiscard]] GradientRule matmul_rule(Op op);
[[nodiscard]] GradientRule window_rule(Op op);  ///< also flip_kernel
[[nodiscard]] GradientRule move_rule(Op op);
[[nodiscard]] GradientRule table_rule(Op op);
[[nodiscard]] GradientRule norm_rule(Op op);
[[nodiscard]] GradientRule loss_rule(Op op);
/// Whichever family has it; null: not differentiable.
[[nodiscard]] GradientRule gradient_rule(Op op);

}  // namespace ingot::codegen
