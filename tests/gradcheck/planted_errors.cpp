#include "gradcheck/planted_errors.hpp"

namespace ingot::test {
namespace {

using codegen::Op;
using codegen::ValueId;

// Changes that several kinds share.
ValueId first_operand(const Change& c) { return c.in(0); }
ValueId second_operand(const Change& c) { return c.in(1); }
ValueId negated(const Change& c) { return c.b.unary(Op::neg, c.n); }
ValueId one_line_down(const Change& c) {
  ++c.node().attr.window.pad_top;
  return c.n;
}

/// The last column of the result is forgotten, as by a loop that ends too early.
ValueId without_last_column(const Change& c) {
  const codegen::Type type = c.node().type;
  const ValueId last = c.b.binary(Op::equal, c.b.iota(type.cols, type.dtype), c.b.constant(static_cast<double>(type.cols - 1), type.dtype));
  return c.b.select(last, c.b.constant(0, type.dtype), c.n);
}
ValueId other_random_stream(const Change& c) {
  ++c.node().attr.layer;
  return c.n;
}
ValueId without_dropout_scale(const Change& c) { return c.b.mul(c.n, c.b.sub_from(1, c.b.cast(c.in(1), c.node().type.dtype))); }
ValueId untransposed(const Change& c) {
  c.node().attr.transpose_b = !c.node().attr.transpose_b;
  return c.n;
}
ValueId factors_swapped(const Change& c) {
  std::swap(c.node().in[0], c.node().in[1]);
  return c.n;
}
ValueId branches_swapped(const Change& c) {
  std::swap(c.node().in[1], c.node().in[2]);
  return c.n;
}
ValueId spread_evenly(const Change& c) {
  const ValueId dy[] = {c.in(2)};
  return c.b.window(Op::avg_pool_gradient, dy, c.node().attr.window);
}
ValueId one_column_earlier(const Change& c) {
  --c.node().attr.begin;
  return c.n;
}
ValueId without_the_rows(const Change& c) { return c.b.mul(c.n, c.b.cast(c.b.rows(), c.node().type.dtype)); }

bool is_batch_norm_input(const GradientNode& n) {
  return n.is(Op::sub) && n.of(Op::batch_norm) && n.operand(0).is(Op::sub) && n.operand(0).in_gradient();
}
bool is_square(const GradientNode& n) { return n.node().type.rows == n.node().type.cols; }
bool has_several_rows(const GradientNode& n) { return n.node().attr.window.in_h > 1 && n.node().attr.window.out_h > 1; }

}  // namespace

const std::vector<PlantedError>& planted_errors() {
  using N = const GradientNode&;
  using C = const Change&;
  static const std::vector<PlantedError> errors = {
      {"wrong sign", [](N n) { return n.of_parameter(); }, negated},
      {"factor 2 missing", [](N n) { return n.of_parameter(); }, [](C c) { return c.times(0.5); }},
      {"off by one per mille", [](N n) { return n.of_parameter(); }, [](C c) { return c.times(1.001); }},
      {"not divided by the rows", [](N n) { return n.of_parameter(); }, without_the_rows},
      {"last column forgotten", [](N n) { return n.of_parameter() && n.node().type.cols > 1; }, without_last_column},
      {"regularizer missing", [](N n) { return n.is(Op::add) && n.of_parameter() && n.fits(1); }, second_operand},
      {"only the regularizer", [](N n) { return n.is(Op::add) && n.of_parameter() && n.fits(0); }, first_operand},
      {"a path left out", [](N n) { return n.is(Op::add) && !n.is_result() && n.fits(0); }, first_operand},
      {"the square differentiated once",
       [](N n) { return n.is(Op::mul) && n.fits(0) && n.operand(0).is(Op::mul) && n.operand(0).operand(1).is(Op::constant); },
       [](C c) { return c.times(0.5); }},
      {"kernel not transposed",
       [](N n) { return n.is(Op::matmul) && !n.is_result() && is_square(n.operand(1)) && n.operand(1).is(Op::state); }, untransposed},
      {"kernel gradient transposed", [](N n) { return n.is(Op::matmul) && n.of_parameter() && is_square(n) && n.node().attr.transpose_a; },
       factors_swapped},
      {"window of a kernel gradient off by one", [](N n) { return n.is(Op::conv_kernel_gradient) && has_several_rows(n); }, one_line_down},
      {"window of an image gradient off by one", [](N n) { return n.is(Op::conv) && has_several_rows(n); }, one_line_down},
      {"window of a pool gradient off by one", [](N n) { return n.is(Op::avg_pool_gradient) && has_several_rows(n); }, one_line_down},
      {"kernel not flipped", [](N n) { return n.is(Op::flip_kernel) && n.fits(0); }, first_operand},
      {"gradient of a maximum spread over its window", [](N n) { return n.is(Op::max_pool_gradient); }, spread_evenly},
      {"mask of another step", [](N n) { return n.is(Op::dropout); }, other_random_stream},
      {"scale of dropout missing", [](N n) { return n.is(Op::dropout); }, without_dropout_scale},
      {"batch statistics taken for constants", is_batch_norm_input, [](C c) { return c.b.graph().node(c.in(0)).in[0]; }},
      {"batch variance taken for a constant", is_batch_norm_input, first_operand},
      {"scale of a normalization not normalized", [](N n) { return n.is(Op::div) && n.of_parameter() && n.of(Op::state); }, first_operand},
      {"slope on the wrong side of a kink", [](N n) { return n.is(Op::select) && n.of(Op::relu); }, branches_swapped},
      {"derivative of tanh from y, not y^2", [](N n) { return n.is(Op::mul) && n.of(Op::tanh) && n.node().in[0] == n.node().in[1]; },
       first_operand},
      {"derivative of the exponential missing", [](N n) { return n.is(Op::mul) && n.of(Op::exp) && n.fits(0); }, first_operand},
      {"target not subtracted", [](N n) { return n.is(Op::sub) && n.operand(0).is(Op::softmax) && n.fits(0); }, first_operand},
      {"slice off by one", [](N n) { return n.is(Op::slice) && n.node().attr.begin > 0; }, one_column_earlier},
      {"weights of rows ignored", [](N n) { return n.is(Op::mul) && n.node().name.ends_with(".weight/grad") && n.fits(0); }, first_operand},
      {"scale of the input ignored", [](N n) { return n.is_result() && !n.of_parameter() && n.is(Op::mul) && n.fits(0); }, first_operand},
  };
  return errors;
}

}  // namespace ingot::test
