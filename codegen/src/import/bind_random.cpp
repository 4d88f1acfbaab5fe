// Layers that draw random numbers in training and pass their input through otherwise. The stream of a layer is its number: the same
// whatever else the point switches on.
#include "import/binder.hpp"
#include "import/window.hpp"

#include <array>

namespace ingot::codegen {

ValueId Binder::dropout(int i) {
  const ValueId x = value_[static_cast<std::size_t>(layer(i).in[0])];
  if (!training_) return x;
  b_.set_name(layer_name(d_, i));
  Attr attr;
  attr.layer = i;
  attr.training = true;
  return b_.binary(Op::dropout, x, number_value(b_, d_, values_, layer(i).rate), attr);
}

/// One decision for each sample and channel, spread over the pixels as the gradient of a global mean is: 0 stays 0, and what is
/// positive stays positive. A rate of 1 makes the scale infinite, and then no channel has it.
ValueId Binder::spatial_dropout(int i) {
  const ValueId x = source(i);
  if (!training_) return x;
  const shape& s = shape_before(i);
  const Window w = global_window(s.rank == 2 ? shape{3, {s.d[0], 1, s.d[1]}} : s);
  const DType dtype = bound_.graph.dtype;
  b_.set_name(layer_name(d_, i));
  const ValueId rate = number_value(b_, d_, values_, layer(i).rate);
  const ValueId kept = b_.cast(b_.keep_mask(rate, {dtype, true, 1, b_.type(x).cols}, i), dtype);
  const ValueId spread = b_.window(Op::avg_pool_gradient, std::array{kept}, w);
  const ValueId scale = b_.cast(b_.div(b_.constant(1, DType::f64), b_.sub_from(1, rate)), dtype);
  return b_.mul(x, b_.select(b_.greater(spread, 0.0), scale, b_.constant(0, dtype)));
}

ValueId Binder::gaussian_noise(int i) {
  const ValueId x = value_[static_cast<std::size_t>(layer(i).in[0])];
  if (!training_) return x;
  b_.set_name(layer_name(d_, i));
  return b_.add(x, b_.normal(number_value(b_, d_, values_, layer(i).rate), b_.type(x), i));
}

}  // namespace ingot::codegen
