#include "autodiff/loss_scaling.hpp"

#include "autodiff/total.hpp"

namespace ingot::codegen {
namespace {

constexpr double least_scale = 1, largest_scale = 1 << 24;

}  // namespace

std::vector<ValueId> unscale_gradients(Builder& b, const LossScaling& s, std::vector<ValueId> grads) {
  b.set_name("loss_scale");
  const ValueId scale = b.state(s.scale), inverse = b.div(b.constant(1, b.type(scale).dtype), scale);
  for (ValueId& g : grads) g = b.mul(g, inverse);
  return grads;
}

ValueId all_finite(Builder& b, std::span<const ValueId> grads) {
  b.set_name("loss_scale.check");
  std::vector<ValueId> zeros;  // or NaN: infinity less infinity
  for (const ValueId g : grads) zeros.push_back(b.sub(g, g));
  const ValueId all = total(b, zeros);
  return b.binary(Op::greater_equal, all, b.constant(0, b.type(all).dtype));
}

ValueId finite_or(Builder& b, ValueId value, ValueId otherwise) {
  const ValueId zero = b.sub(value, value);  // NaN where it is not finite
  return b.select(b.binary(Op::greater_equal, zero, b.constant(0, b.type(zero).dtype)), value, otherwise);
}

ValueId move_loss_scale(Builder& b, const LossScaling& s, ValueId growth, ValueId finite, ValueId applies) {
  b.set_name("loss_scale");
  const ValueId scale = b.state(s.scale), good = b.state(s.good), skipped = b.state(s.skipped);
  const DType t = b.type(scale).dtype;
  const ValueId updates = b.cast(growth, t), moves = b.greater(updates, 0.0), one_more = b.add(good, 1.0);
  const ValueId full = b.binary(Op::greater_equal, one_more, updates);
  const ValueId doubled = b.binary(Op::minimum, b.mul(scale, 2.0), b.constant(largest_scale, t));
  const ValueId halved = b.binary(Op::maximum, b.mul(scale, 0.5), b.constant(least_scale, t));
  const ValueId zero = b.constant(0, t);
  const ValueId next_scale = b.select(moves, b.select(finite, b.select(full, doubled, scale), halved), scale);
  const ValueId next_good = b.select(finite, b.select(full, zero, one_more), zero);
  const ValueId next_skipped = b.select(finite, skipped, b.add(skipped, 1.0));
  const auto assign = [&](std::int32_t state, ValueId before, ValueId value) {
    if (applies != no_value) value = b.select(applies, value, before);
    b.graph().results.push_back({ResultKind::assign, state, value, b.graph().states[static_cast<std::size_t>(state)].name});
    return value;
  };
  assign(s.scale, scale, next_scale);
  assign(s.good, good, next_good);
  return assign(s.skipped, skipped, next_skipped);
}

}  // namespace ingot::codegen
