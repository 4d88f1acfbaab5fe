// Normalization layers.
#include "import/binder.hpp"
#include "ir/batch_moments.hpp"

#include <array>

namespace ingot::codegen {

ValueId Binder::parameter_or(std::int32_t state, double otherwise) {
  return state < 0 ? b_.constant(otherwise, bound_.graph.dtype) : b_.state(state);
}

/// Keras's: population variance, in training of the batch; the moving ones move towards it. A frozen layer is always as in inference.
ValueId Binder::batch_norm(int i) {
  const op& o = layer(i);
  const ValueId x = source(i);
  const NormStates& s = states_.norm[static_cast<std::size_t>(i)];
  const ValueId epsilon = number(o.epsilon);
  if (!training_ || o.frozen) {
    b_.set_name(name(i, "scale"));
    const ValueId scale = b_.div(parameter_or(s.gamma, 1), b_.unary(Op::sqrt, b_.add(b_.state(s.variance), epsilon)));
    b_.set_name(layer_name(d_, i));
    return b_.add(b_.mul(b_.sub(x, b_.state(s.mean)), scale), parameter_or(s.beta, 0));
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
  return b_.node(Op::batch_norm, std::array{x, parameter_or(s.gamma, 1), parameter_or(s.beta, 0), epsilon}, {}, {});
}

/// Keras's: mean and population variance of each row, in training and inference alike.
ValueId Binder::layer_norm(int i) {
  const ValueId x = source(i);
  const NormStates& s = states_.norm[static_cast<std::size_t>(i)];
  const double share = 1 / static_cast<double>(b_.type(x).cols);
  b_.set_name(name(i, "moments"));
  const ValueId centred = b_.sub(x, b_.mul(b_.unary(Op::row_sum, x), share));
  const ValueId variance = b_.mul(b_.unary(Op::row_sum, b_.mul(centred, centred)), share);
  const ValueId deviation = b_.unary(Op::sqrt, b_.add(variance, number(layer(i).epsilon)));
  b_.set_name(layer_name(d_, i));
  return b_.add(b_.mul(b_.div(centred, deviation), parameter_or(s.gamma, 1)), parameter_or(s.beta, 0));
}

}  // namespace ingot::codegen
