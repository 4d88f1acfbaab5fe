// Adds nodes to a graph with inferred types. Operands must exist already; a broken type rule is an InternalError.
#pragma once
#include "ir/graph.hpp"

#include <span>

namespace ingot::codegen {

class Builder {
 public:
  explicit Builder(Graph& graph) : g_(graph) {}
  [[nodiscard]] Graph& graph() const { return g_; }
  [[nodiscard]] const Type& type(ValueId v) const { return g_.type(v); }

  /// Name of the nodes that follow, until set again; a node may also be given its own. Must outlive its use.
  void set_name(std::string name) { name_ = std::move(name); }
  [[nodiscard]] const std::string& name() const { return name_; }

  ValueId unary(Op op, ValueId a, const Attr& attr = {});
  ValueId binary(Op op, ValueId a, ValueId b, const Attr& attr = {});
  ValueId node(Op op, std::span<const ValueId> in, const Attr& attr, const Type& asked);

  ValueId constant(double value, DType dtype);
  ValueId scalar(std::int32_t index);  ///< [1,1] f64
  ValueId rows();                      ///< [1,1] f64
  ValueId iota(std::int64_t cols, DType dtype);
  ValueId state(std::int32_t index);
  ValueId cast(ValueId a, DType dtype);  ///< `a` itself when it has that dtype
  ValueId select(ValueId condition, ValueId a, ValueId b);
  ValueId matmul(ValueId a, ValueId b, bool transpose_a = false, bool transpose_b = false);
  ValueId reshape(ValueId a, std::int64_t rows, std::int64_t cols);  ///< `a` itself when it has these extents
  ValueId window(Op op, std::span<const ValueId> in, const Window& w);
  ValueId slice(ValueId a, std::int64_t begin, std::int64_t cols);
  ValueId first_maximum(ValueId a);  ///< [R,1]: index of the first column that attains the maximum of the row
  ValueId keep_mask(ValueId rate, const Type& extents, std::int32_t layer);
  ValueId normal(ValueId deviation, const Type& type, std::int32_t layer);

  ValueId add(ValueId a, ValueId b) { return binary(Op::add, a, b); }
  ValueId sub(ValueId a, ValueId b) { return binary(Op::sub, a, b); }
  ValueId mul(ValueId a, ValueId b) { return binary(Op::mul, a, b); }
  ValueId div(ValueId a, ValueId b) { return binary(Op::div, a, b); }
  /// With a constant of a's dtype.
  ValueId add(ValueId a, double b) { return add(a, constant(b, type(a).dtype)); }
  ValueId sub(ValueId a, double b) { return sub(a, constant(b, type(a).dtype)); }
  ValueId mul(ValueId a, double b) { return mul(a, constant(b, type(a).dtype)); }
  ValueId greater(ValueId a, double b) { return binary(Op::greater, a, constant(b, type(a).dtype)); }
  ValueId sub_from(double a, ValueId b) { return sub(constant(a, type(b).dtype), b); }  ///< a - b

 private:
  Graph& g_;
  std::string name_;
};

}  // namespace ingot::codegen
