#include "pass/simplify.hpp"

#include "ir/op_info.hpp"
#include "pass/rewrite.hpp"

#include <cmath>

namespace ingot::codegen {
namespace {

/// Rewrites one node; operands are looked up in the new graph, so that rules see what earlier rules made.
class Simplifier {
 public:
  Simplifier(Graph& g, Rewriter& rewriter, ValueId v) : g_(g), rewriter_(rewriter), v_(v), n_(rewriter.old(v)) {}

  /// The value that stands for the node, or no_value: keep it.
  ValueId run() {
    switch (n_.op) {
      case Op::cast:
        return cast();
      case Op::neg:
        return node(0).op == Op::neg ? node(0).in[0] : no_value;
      case Op::add:
        return is(0, 0) && whole(1) ? in(1) : is(1, 0) && whole(0) ? in(0) : no_value;
      case Op::sub:
        return is(1, 0) && whole(0) ? in(0) : no_value;
      case Op::mul:
        return product();
      case Op::div:
        return quotient();
      case Op::select:
        return in(1) == in(2) && whole(1) ? in(1) : no_value;
      case Op::row_sum:
      case Op::row_max:
      case Op::row_min:
        return node(0).type.cols == 1 ? in(0) : no_value;
      case Op::reshape:
        return reshape();
      case Op::slice:
        return whole(0) ? in(0) : no_value;
      default:
        return no_value;
    }
  }

 private:
  [[nodiscard]] ValueId in(std::size_t k) const { return rewriter_.at(n_.in[k]); }
  [[nodiscard]] const Node& node(std::size_t k) const { return g_.node(in(k)); }
  /// Operand k has the result's type.
  [[nodiscard]] bool whole(std::size_t k) const { return node(k).type == n_.type; }
  [[nodiscard]] bool is(std::size_t k, double value) const { return node(k).op == Op::constant && node(k).attr.value == value; }

  ValueId cast() {
    if (whole(0)) return in(0);
    const Node& inner = node(0);
    if (inner.op != Op::cast) return no_value;
    const Type& origin = g_.type(inner.in[0]);
    const bool widened = (origin.dtype == DType::f32 && inner.type.dtype == DType::f64) ||
                         (is_low(origin.dtype) && (inner.type.dtype == DType::f32 || inner.type.dtype == DType::f64));
    return widened && origin == n_.type ? inner.in[0] : no_value;
  }

  ValueId product() {
    for (const std::size_t k : {std::size_t{0}, std::size_t{1}}) {
      if (is(k, 1) && whole(1 - k)) return in(1 - k);
      if (is(k, -1) && whole(1 - k)) return rewriter_.builder_for(v_).unary(Op::neg, in(1 - k));
    }
    return no_value;
  }

  ValueId quotient() {
    if (is(1, 1) && whole(0)) return in(0);
    if (node(1).op != Op::constant) return no_value;
    int exponent = 0;
    const double c = node(1).attr.value, fraction = std::frexp(c, &exponent);
    // a power of two whose reciprocal is a normal number in every dtype: the product rounds as the quotient does
    if (std::abs(fraction) != 0.5 || std::abs(exponent) > 13) return no_value;
    return rewriter_.builder_for(v_).mul(in(0), 1 / c);
  }

  ValueId reshape() {
    if (whole(0)) return in(0);
    if (node(0).op != Op::reshape) return no_value;
    const ValueId origin = node(0).in[0];
    return rewriter_.builder_for(v_).reshape(origin, n_.type.rows, n_.type.cols);
  }

  Graph& g_;
  Rewriter& rewriter_;
  ValueId v_;
  const Node& n_;
};

}  // namespace

bool simplify(Graph& g) {
  Rewriter rewriter(g);
  bool changed = false;
  for (ValueId v = 0; v < rewriter.old_size(); ++v) {
    const ValueId by = Simplifier(g, rewriter, v).run();
    if (by == no_value) {
      rewriter.keep(v);
    } else {
      rewriter.replace(v, by);
      changed = true;
    }
  }
  rewriter.finish();
  return changed;
}

}  // namespace ingot::codegen
