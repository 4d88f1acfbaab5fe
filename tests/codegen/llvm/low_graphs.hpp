// Graphs with values of 16 bits, for kernels of all targets.
#pragma once
#include "codegen/llvm/op_graphs.hpp"
#include "codegen/llvm/window_graph.hpp"
#include "codegen/support/definition_builder.hpp"
#include "codegen/support/sample_values.hpp"

#include <cmath>

namespace ingot::test {

using codegen::DType;
using codegen::Op;
using codegen::ValueId;

/// Every elementwise op in the low dtype, and moves of it.
inline codegen::Graph low_map_graph(DType low, std::int64_t cols) {
  OpGraph g(DType::f32, cols);
  const auto x = g->cast(g.x, low), y = g->cast(g.y, low), row = g->cast(g->state(0), low);
  const auto out = [&](ValueId v, std::string_view name) { g.output(g->cast(v, DType::f32), std::string(name)); };
  for (const Op op : {Op::neg, Op::abs, Op::sign, Op::exp, Op::tanh, Op::sigmoid}) out(g->unary(op, x), op_name(op));
  for (const Op op : {Op::add, Op::sub, Op::mul, Op::maximum, Op::minimum, Op::greater}) out(g->binary(op, x, y), op_name(op));
  out(g->select(g->greater(x, 0), y, row), "select");
  out(g->add(g->mul(x, row), 0.1), "row operand and constant");
  out(g->mul(x, g->cast(g->scalar(0), low)), "scalar");
  out(g->add(x, g->iota(cols, low)), "iota");
  out(g->reshape(g->reshape(g->binary(Op::concat, x, y), cols, 2), 1, 2 * cols), "moves");
  Graph graph = g.take();
  graph.low = low;
  return graph;
}

/// All forms of a product, over whole numbers so small that no sum or rounding is inexact.
inline codegen::Graph low_matmul_graph(DType low, std::int64_t cols, std::int64_t out) {
  OpGraph g(DType::f32, cols, out);
  const auto x = g->cast(g.x, low), y = g->cast(g.y, low), w = g->cast(g->state(1), low);
  const auto forward = g->matmul(x, w);
  const auto forward_low = g->cast(forward, low);
  g.output(forward, "x w");
  g.output(g->matmul(forward_low, w, false, true), "x w w'");
  g.output(g->matmul(y, forward_low, true, false), "y' (x w)");
  g.output(g->matmul(y, y, true, false), "y' y");
  g.output(g->matmul(w, w, true, false), "w' w");
  g.output(g->add(g->cast(forward_low, DType::f32), 1.0), "epilogue of a rounded product");
  g.assign(1, g->mul(g->state(1), -1.0));  // its copy changes with it
  Graph graph = g.take();
  graph.low = low;
  return graph;
}

/// A convolution with an epilogue whose result is stored in the low dtype, the gradients of its kernel, depthwise ones, and maxima of
/// windows: what mixed precision does with images. Whole numbers, as above.
inline codegen::Graph low_conv_graph(DType low, const WindowCase& c) {
  codegen::Graph g = conv_graph(DType::f32, c);
  g.nodes.clear();
  g.results.clear();
  g.outputs.clear();
  g.low = low;
  codegen::Builder b(g);
  const codegen::Window& w = c.window;
  const auto input = [&](std::int32_t i, std::int64_t rows, std::int64_t cols) {
    codegen::Attr attr;
    attr.index = i;
    return b.cast(b.node(Op::input, {}, attr, {DType::f32, true, rows, cols}), low);
  };
  const auto output = [&](ValueId v, std::string name) {
    const auto i = static_cast<std::int32_t>(g.outputs.size());
    v = b.cast(v, DType::f32);
    g.outputs.push_back({name, {g.type(v).rows, g.type(v).cols}, DType::f32});
    g.results.push_back({codegen::ResultKind::output, i, v, std::move(name)});
  };
  const auto product = [&](Op op, ValueId x, ValueId y) {
    const ValueId like = b.window(op, std::array{x, y}, w);
    g.nodes[static_cast<std::size_t>(like)].type.dtype = DType::f32;
    return like;
  };
  const auto x = input(0, w.in_pixels(), c.channels), dy = input(1, w.out_pixels(), c.filters), dc = input(2, w.out_pixels(), c.channels);
  const auto k = b.cast(b.state(0), low), d = b.cast(b.state(2), low);
  const auto conv = product(Op::conv, x, k);
  output(conv, "conv");
  output(b.cast(b.binary(Op::maximum, b.add(conv, b.state(1)), b.constant(0, DType::f32)), low), "conv, bias, relu");
  output(product(Op::conv_kernel_gradient, x, dy), "kernel gradient");
  output(product(Op::depthwise_conv, x, d), "depthwise");
  output(product(Op::depthwise_kernel_gradient, x, dc), "depthwise gradient");
  if (w.spread_h == 1 && w.spread_w == 1) {
    const auto highest = b.window(Op::max_pool, std::array{x}, w);
    output(highest, "max pool");
    if (w.disjoint()) output(b.window(Op::max_pool_gradient, std::array{x, highest, dc}, w), "max pool gradient");
  }
  codegen::verify(g, codegen::Stage::primitive, "test");
  return g;
}

/// Whole numbers from -1 to 1.
inline InterpreterInputs small_whole_numbers(const Graph& g, std::int64_t rows, std::uint64_t seed) {
  InterpreterInputs in = sample_inputs(g, rows, seed);
  for (auto* tensors : {&in.inputs, &in.states})
    for (Values& v : *tensors)
      for (double& x : v) x = std::round(1.4 * x);
  return in;
}

inline DefinitionBuilder mixed(DefinitionBuilder b, precision_kind kind) {
  b.recipe.craft.precision.compute = kind;
  return b;
}

}  // namespace ingot::test
