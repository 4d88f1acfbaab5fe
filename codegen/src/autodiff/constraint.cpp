#include "autodiff/constraint.hpp"

namespace ingot::codegen {
namespace {

constexpr double epsilon = 1e-7;  // keras.backend.epsilon()

ValueId norms_of(Builder& b, const ConstraintNumbers& c, ValueId w) {
  return b.unary(Op::sqrt, b.unary(c.whole ? Op::row_sum : Op::column_sum, b.mul(w, w)));
}

/// What the norms are to become.
ValueId wanted(Builder& b, const ConstraintNumbers& c, ValueId norms) {
  const auto number = [&](ValueId f64) { return b.cast(f64, b.type(norms).dtype); };
  if (c.kind == constraint_kind::max_norm) return b.binary(Op::minimum, norms, number(c.high));
  if (c.kind == constraint_kind::unit_norm) return b.constant(1, b.type(norms).dtype);
  const ValueId inside = b.binary(Op::minimum, b.binary(Op::maximum, norms, number(c.low)), number(c.high));
  return b.add(b.mul(inside, number(c.rate)), b.mul(norms, number(b.sub_from(1, c.rate))));
}

}  // namespace

ValueId constrained(Builder& b, const ConstraintNumbers& c, ValueId w) {
  if (c.kind == constraint_kind::none) return w;
  if (c.kind == constraint_kind::non_negative) return b.unary(Op::relu, w);
  const ValueId norms = norms_of(b, c, w);
  return b.mul(w, b.div(wanted(b, c, norms), b.add(norms, epsilon)));
}

}  // namespace ingot::codegen
