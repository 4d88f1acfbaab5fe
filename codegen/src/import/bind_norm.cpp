// Normalization layers.
#include "import/binder.hpp"
#include "ir/batch_moments.hpp"

#include <array>

namespace ingot::codegen {

/// Keras's: population variance, in training of the batch; the moving ones move towards it. A frozen layer is always as in inference.
ValueId Binder::batch_norm(int i) {
  const op& o = layer(i);
  const ValueId x = source(i);
  const BatchNormStates& s = states_.batch_norm[static_cast<std::size_t>(i)];
  const auto parameter = [&](std::int32_t state, double otherwise) {
    return state < 0 ? b_.constant(otherwise, bound_.graph.dtype) : b_.state(state);
  };
  const ValueId epsilon = number(o.epsilon);
  if (!training_ || o.frozen) {
    b_.set_name(name(i, "scale"));
    const ValueId scale = b_.div(parameter(s.gamma, 1), b_.unary(Op::sqrt, b_.add(b_.state(s.variance), epsilon)));
    b_.set_name(layer_name(d_, i));
    return b_.add(b_.mul(b_.sub(x, b_.state(s.mean)), scale), parameter(s.beta, 0));
  }
  b_.set_name(name(i, "moments"));
  const BatchMoments m = batch_moments(b_, x);
  const ValueId momentum = number(o.momentum), rest = b_.sub_from(1, momentum);
  const auto move = [&](std::int32_t state, ValueId now) {
    bound_.moving.push_back({state, b_.add(b_.mul(b_.state(state), momentum), b_.mul(now, rest))});
  };
  move(s.mean, m.mean);
  move(s.variance, m.variance);
  b_.set_name(layer_name(d_, i));
  return b_.node(Op::batch_norm, std::array{x, parameter(s.gamma, 1), parameter(s.beta, 0), epsilon}, {}, {});
}

}  // namespace ingot::codegen
