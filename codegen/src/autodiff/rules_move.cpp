// Gradient rules of ops that only rearrange elements.
#include "autodiff/rules.hpp"

namespace ingot::codegen {
namespace {

void reshape_rule(Sweep& s, ValueId v, ValueId dy) {
  const ValueId x = s.b.graph().node(v).in[0];
  s.accumulate_exact(x, s.b.reshape(s.full(dy, v), s.b.type(x).rows, s.b.type(x).cols));
}

void concat_rule(Sweep& s, ValueId v, ValueId dy) {
  const ValueId a = s.b.graph().node(v).in[0], b = s.b.graph().node(v).in[1], whole = s.full(dy, v);
  const std::int64_t cols_a = s.b.type(a).cols, cols_b = s.b.type(b).cols;
  if (s.wants(v, 0)) s.accumulate_exact(a, s.b.slice(whole, 0, cols_a));
  if (s.wants(v, 1)) s.accumulate_exact(b, s.b.slice(whole, cols_a, cols_b));
}

void slice_rule(Sweep& s, ValueId v, ValueId dy) {
  const ValueId x = s.b.graph().node(v).in[0];
  const std::int64_t begin = s.b.graph().node(v).attr.begin, cols = s.b.type(v).cols, end = begin + cols, all = s.b.type(x).cols;
  const ValueId zero = s.b.constant(0, s.b.type(x).dtype);
  ValueId dx = s.full(dy, v);
  if (begin > 0) dx = s.b.binary(Op::concat, s.full(zero, s.b.slice(x, 0, begin)), dx);
  if (end < all) dx = s.b.binary(Op::concat, dx, s.full(zero, s.b.slice(x, end, all - end)));
  s.accumulate_exact(x, dx);
}

}  // namespace

GradientRule move_rule(Op op) {
  switch (op) {
    case Op::reshape:
      return reshape_rule;
    case Op::concat:
      return concat_rule;
    case Op::slice:
      return slice_rule;
    default:
      return nullptr;
  }
}

}  // namespace ingot::codegen
