#include "bench/convolution_work.hpp"
#include "bench/kernels_alone.hpp"
#include "ir/builder.hpp"
#include "ir/verify.hpp"
#include "schedule/choose_convolution.hpp"

#include <array>

namespace ingot::bench {
namespace {

using namespace codegen;

Graph make_graph(const Convolution& c, Direction d) {
  const auto side = static_cast<std::int32_t>(c.side);
  const Window w{side, side, side, side, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1};
  Graph g;
  g.name = "convolution";
  g.dtype = DType::f32;
  g.inputs = {{"image", {w.in_pixels(), c.channels}, g.dtype}, {"gradient", {w.out_pixels(), c.filters}, g.dtype}};
  g.states = {{"kernel", {w.cells() * c.channels, c.filters}, g.dtype, Role::parameter, Init::constant, 0, -1}};
  Builder b(g);
  const auto input = [&](std::int32_t i, std::int64_t cols) {
    Attr attr;
    attr.index = i;
    return b.node(Op::input, {}, attr, {g.dtype, true, w.in_pixels(), cols});
  };
  ValueId result = no_value;
  if (d == Direction::forward) {
    result = b.window(Op::conv, std::array{input(0, c.channels), b.state(0)}, w);
  } else if (d == Direction::image_gradient) {  // the window is its own adjoint
    result = b.window(Op::conv, std::array{input(1, c.filters), b.window(Op::flip_kernel, std::array{b.state(0)}, w)}, w);
  } else {
    const ValueId image = input(0, c.channels);
    result = b.window(Op::conv_kernel_gradient, std::array{image, input(1, c.filters)}, w);
  }
  g.outputs = {{"result", {g.type(result).rows, g.type(result).cols}, g.dtype}};
  g.results = {{ResultKind::output, 0, result, "result"}};
  verify(g, Stage::primitive, "benchmark");
  return g;
}

}  // namespace

std::optional<Work> our_work(const Convolution& c, Direction d, Form form, std::uint32_t threads) {
  Graph g = make_graph(c, d);
  if (form == Form::winograd && !choose_convolutions(g)) return std::nullopt;
  return kernels_alone(std::move(g), convolution_batch, threads);
}

}  // namespace ingot::bench
