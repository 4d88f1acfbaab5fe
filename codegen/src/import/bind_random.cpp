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

/// The decisions of layer i, one row of them for each sample, spread over the rows of a sample as the gradient of a global mean is: 0
/// stays 0, and what is positive stays positive. Then x where it is kept, times 1 / (1 - rate). A rate of 1 makes that infinite, and
/// then nothing has it.
ValueId Binder::drop_whole(int i, ValueId x, std::int64_t decisions) {
  const DType dtype = bound_.graph.dtype;
  b_.set_name(layer_name(d_, i));
  const ValueId rate = number_value(b_, d_, values_, layer(i).rate);
  ValueId kept = b_.cast(b_.keep_mask(rate, {dtype, true, 1, decisions}, i), dtype);
  if (const std::int64_t rows = b_.type(x).rows; rows > 1)
    kept = b_.window(Op::avg_pool_gradient, std::array{kept}, global_window({3, {static_cast<std::int32_t>(rows), 1, 1}}));
  const ValueId scale = b_.cast(b_.div(b_.constant(1, DType::f64), b_.sub_from(1, rate)), dtype);
  return b_.mul(x, b_.select(b_.greater(kept, 0.0), scale, b_.constant(0, dtype)));
}

/// One decision for each sample and channel.
ValueId Binder::spatial_dropout(int i) {
  const ValueId x = source(i);
  return training_ ? drop_whole(i, x, b_.type(x).cols) : x;
}

/// One decision for each sample.
ValueId Binder::stochastic_depth(int i) {
  const ValueId x = source(i);
  return training_ ? drop_whole(i, x, 1) : x;
}

ValueId Binder::gaussian_noise(int i) {
  const ValueId x = value_[static_cast<std::size_t>(layer(i).in[0])];
  if (!training_) return x;
  b_.set_name(layer_name(d_, i));
  return b_.add(x, b_.normal(number_value(b_, d_, values_, layer(i).rate), b_.type(x), i));
}

}  // namespace ingot::codegen
