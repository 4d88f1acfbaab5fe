// The gradient of looking rows up: the numbers of rows have none.
#include "autodiff/rules.hpp"

#include <array>

namespace ingot::codegen {
namespace {

void lookup_rule(Sweep& s, ValueId v, ValueId dy) {
  const ValueId table = s.b.graph().node(v).in[0], numbers = s.b.graph().node(v).in[1], whole = s.full(dy, v);
  const Type type = s.b.type(table);
  if (s.wants(v, 0)) s.accumulate_exact(table, s.b.node(Op::lookup_gradient, std::array{numbers, whole}, {}, type));
}

}  // namespace

GradientRule table_rule(Op op) { return op == Op::lookup ? lookup_rule : nullptr; }

}  // namespace ingot::codegen
