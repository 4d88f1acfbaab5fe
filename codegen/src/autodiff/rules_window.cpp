// Gradient rules of windows. What a window reads with stride s and spread t, its adjoint writes with spread s and stride t, so the
// image gradient of a convolution is a convolution with the flipped kernel.
#include "autodiff/rules.hpp"

#include <array>

namespace ingot::codegen {
namespace {

void conv_rule(Sweep& s, ValueId v, ValueId dy) {
  const Node n = s.b.graph().node(v);
  const ValueId image = n.in[0], kernel = n.in[1], whole = s.full(dy, v);
  if (s.wants(v, 0)) {
    const ValueId flipped = s.b.window(Op::flip_kernel, std::array{kernel}, n.attr.window);
    s.accumulate_exact(image, s.b.window(Op::conv, std::array{whole, flipped}, n.attr.window.adjoint()));
  }
  if (s.wants(v, 1)) s.accumulate_exact(kernel, s.b.window(Op::conv_kernel_gradient, std::array{image, whole}, n.attr.window));
}

/// The cells of a depthwise kernel in reverse order: a flip of its transpose, twice.
void depthwise_rule(Sweep& s, ValueId v, ValueId dy) {
  const Node n = s.b.graph().node(v);
  const ValueId image = n.in[0], kernel = n.in[1], whole = s.full(dy, v);
  const std::int64_t channels = s.b.type(kernel).cols;
  if (s.wants(v, 0)) {
    // flip [cells, C] as a kernel of one channel and C filters: [cells * C, 1], row by row the reversed cells
    const ValueId column = s.b.window(Op::flip_kernel, std::array{kernel}, n.attr.window);
    const ValueId reversed = s.b.reshape(column, n.attr.window.cells(), channels);
    s.accumulate_exact(image, s.b.window(Op::depthwise_conv, std::array{whole, reversed}, n.attr.window.adjoint()));
  }
  if (s.wants(v, 1)) s.accumulate_exact(kernel, s.b.window(Op::depthwise_kernel_gradient, std::array{image, whole}, n.attr.window));
}

void flip_rule(Sweep& s, ValueId v, ValueId dy) {
  const Node n = s.b.graph().node(v);
  s.accumulate_exact(n.in[0], s.b.window(Op::flip_kernel, std::array{s.full(dy, v)}, n.attr.window));
}

void max_pool_rule(Sweep& s, ValueId v, ValueId dy) {
  const Node n = s.b.graph().node(v);
  s.accumulate_exact(n.in[0], s.b.window(Op::max_pool_gradient, std::array{n.in[0], v, s.full(dy, v)}, n.attr.window));
}

void avg_pool_rule(Sweep& s, ValueId v, ValueId dy) {
  const Node n = s.b.graph().node(v);
  const Op other = n.op == Op::avg_pool ? Op::avg_pool_gradient : Op::avg_pool;
  ValueId part = s.b.window(other, std::array{s.full(dy, v)}, n.attr.window);
  s.accumulate_exact(n.in[0], part);
}

}  // namespace

GradientRule window_rule(Op op) {
  switch (op) {
    case Op::conv:
      return conv_rule;
    case Op::depthwise_conv:
      return depthwise_rule;
    case Op::flip_kernel:
      return flip_rule;
    case Op::max_pool:
      return max_pool_rule;
    case Op::avg_pool:
    case Op::avg_pool_gradient:
      return avg_pool_rule;
    default:
      return nullptr;
  }
}

}  // namespace ingot::codegen
