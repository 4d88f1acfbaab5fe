#include "autodiff/gradients.hpp"

#include "autodiff/total.hpp"

namespace ingot::codegen {
namespace {

/// limit / max(norm, limit): 1 up to the limit. NaN where the norm is not finite.
ValueId shrinking(Builder& b, ValueId norm, ValueId limit) {
  const ValueId factor = b.div(limit, b.binary(Op::maximum, norm, limit));
  return b.add(factor, b.sub(norm, norm));
}

}  // namespace

std::vector<ValueId> accumulate_gradients(Builder& b, const GradientNumbers& n, const std::vector<std::int32_t>& accumulators,
                                          std::vector<ValueId> grads) {
  if (n.batches == no_value) return grads;
  for (std::size_t k = 0; k < grads.size(); ++k) {
    const std::int32_t state = accumulators[k];
    const std::string name = b.graph().states[static_cast<std::size_t>(state)].name;
    const DType dtype = b.type(grads[k]).dtype;
    b.set_name(name);
    const ValueId sum = b.add(b.state(state), grads[k]);
    b.graph().results.push_back({ResultKind::assign, state, b.select(n.applies, b.constant(0, dtype), sum), name});
    grads[k] = b.div(sum, b.cast(n.batches, dtype));
  }
  return grads;
}

std::vector<ValueId> clip_gradients(Builder& b, const GradientNumbers& n, std::vector<ValueId> grads) {
  if (n.clip == clip_kind::none || grads.empty()) return grads;
  b.set_name("clip");
  const ValueId limit = b.cast(n.limit, b.type(grads.front()).dtype);
  if (n.clip == clip_kind::value) {
    const ValueId low = b.unary(Op::neg, limit);
    for (ValueId& g : grads) g = b.binary(Op::minimum, b.binary(Op::maximum, g, low), limit);
    return grads;
  }
  if (n.clip == clip_kind::norm) {
    for (ValueId& g : grads) g = b.mul(g, shrinking(b, b.unary(Op::sqrt, total(b, b.mul(g, g))), limit));
    return grads;
  }
  std::vector<ValueId> squares;
  for (const ValueId g : grads) squares.push_back(b.mul(g, g));
  const ValueId factor = shrinking(b, b.unary(Op::sqrt, total(b, squares)), limit);
  for (ValueId& g : grads) g = b.mul(g, factor);
  return grads;
}

}  // namespace ingot::codegen
