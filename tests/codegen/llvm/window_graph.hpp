// Convolutions, pools and their gradients over one window, for the emitter's tests.
#pragma once
#include "codegen/llvm/op_graphs.hpp"

#include <array>

namespace ingot::test {

/// An image of `channels`, `filters` results; `in` and `out` pixels as the window says.
struct WindowCase {
  codegen::Window window;
  std::int64_t channels = 1, filters = 1;
};

inline codegen::Window make_window(std::int32_t h, std::int32_t w, std::int32_t kernel, std::int32_t stride = 1, std::int32_t pad = 0,
                                   std::int32_t dilation = 1, std::int32_t spread = 1) {
  codegen::Window a{h, w, 0, 0, kernel, kernel, stride, stride, dilation, dilation, spread, spread, pad, pad};
  const auto out = [&](std::int32_t n) { return ((n - 1) * spread + 1 + 2 * pad - (kernel - 1) * dilation - 1) / stride + 1; };
  a.out_h = out(h);
  a.out_w = out(w);
  return a;
}

/// conv with an epilogue, the three gradients and the image gradient's convolution, as a model has them.
inline codegen::Graph conv_graph(codegen::DType dtype, const WindowCase& c) {
  using codegen::Op;
  const codegen::Window& w = c.window;
  codegen::Graph g;
  g.name = "windows";
  g.dtype = dtype;
  g.inputs = {{"image", {w.in_pixels(), c.channels}, dtype},
              {"dy", {w.out_pixels(), c.filters}, dtype},
              {"dc", {w.out_pixels(), c.channels}, dtype}};
  const auto state = [&](const char* name, std::int64_t rows, std::int64_t cols) {
    g.states.push_back({name, {rows, cols}, dtype, codegen::Role::parameter, codegen::Init::constant, 0, -1});
  };
  state("kernel", w.cells() * c.channels, c.filters);
  state("bias", 1, c.filters);
  state("depthwise", w.cells(), c.channels);
  codegen::Builder b(g);
  const auto input = [&](std::int32_t i, std::int64_t rows, std::int64_t cols) {
    codegen::Attr attr;
    attr.index = i;
    return b.node(Op::input, {}, attr, {dtype, true, rows, cols});
  };
  const auto output = [&](codegen::ValueId v, std::string name) {
    const auto i = static_cast<std::int32_t>(g.outputs.size());
    g.outputs.push_back({name, {g.type(v).rows, g.type(v).cols}, dtype});
    g.results.push_back({codegen::ResultKind::output, i, v, std::move(name)});
  };
  const auto x = input(0, w.in_pixels(), c.channels), dy = input(1, w.out_pixels(), c.filters), dc = input(2, w.out_pixels(), c.channels);
  const auto k = b.state(0), bias = b.state(1), d = b.state(2);
  const auto conv = b.window(Op::conv, std::array{x, k}, w);
  output(conv, "conv");
  output(b.binary(Op::maximum, b.add(b.window(Op::conv, std::array{x, b.mul(k, 0.5)}, w), bias), b.constant(0, dtype)), "conv, bias, relu");
  output(b.window(Op::conv_kernel_gradient, std::array{x, dy}, w), "kernel gradient");
  output(b.window(Op::flip_kernel, std::array{k}, w), "flip");
  output(b.window(Op::depthwise_conv, std::array{x, d}, w), "depthwise");
  output(b.window(Op::depthwise_kernel_gradient, std::array{x, dc}, w), "depthwise gradient");
  output(b.unary(Op::column_sum, b.mul(dy, dy)), "column sum");
  if (w.spread_h == 1 && w.spread_w == 1) {
    const auto highest = b.window(Op::max_pool, std::array{x}, w);
    output(highest, "max pool");
    output(b.mul(b.window(Op::avg_pool, std::array{x}, w), 2.0), "avg pool");
    const auto back = b.window(Op::max_pool_gradient, std::array{x, highest, dc}, w);
    output(b.select(b.greater(x, 0), back, b.constant(0, dtype)), "max pool gradient, relu");
    output(b.add(b.window(Op::avg_pool_gradient, std::array{dc}, w), x), "avg pool gradient");
  }
  codegen::verify(g, codegen::Stage::primitive, "test");
  return g;
}

}  // namespace ingot::test
