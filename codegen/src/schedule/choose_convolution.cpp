#include "schedule/choose_convolution.hpp"

#include "ir/winograd.hpp"
#include "pass/rewrite.hpp"

#include <algorithm>
#include <array>

namespace ingot::codegen {
namespace {

constexpr std::int64_t least_channels = 16;
constexpr double least_use = 0.6;                 // of the pieces' pixels, that are pixels of the result
constexpr std::int64_t most_sum_bytes = 3 << 20;  // of a gradient before it is transformed back: private memory of a thread

bool pays(const Graph& g, const Node& n) {
  if ((n.op != Op::conv && n.op != Op::conv_kernel_gradient) || n.type.dtype != DType::f32) return false;
  const Window& w = n.attr.window;
  const bool plain = w.kernel_h == 3 && w.kernel_w == 3 && w.stride_h == 1 && w.stride_w == 1 && w.dilation_h == 1 && w.dilation_w == 1 &&
                     w.spread_h == 1 && w.spread_w == 1;
  if (!plain || g.type(n.in[0]).cols < least_channels || n.type.cols < least_channels) return false;
  const std::int64_t sum_bytes = winograd_products * g.type(n.in[0]).cols * n.type.cols * static_cast<std::int64_t>(sizeof(float));
  if (n.op == Op::conv_kernel_gradient && sum_bytes > most_sum_bytes) return false;
  const auto covered = [](std::int32_t extent) { return (extent + winograd_out - 1) / winograd_out * winograd_out; };
  return static_cast<double>(w.out_pixels()) >= least_use * covered(w.out_h) * covered(w.out_w);
}

}  // namespace

bool choose_convolutions(Graph& g) {
  std::vector<bool> chosen;
  for (const Node& n : g.nodes) chosen.push_back(pays(g, n));
  if (std::none_of(chosen.begin(), chosen.end(), [](bool c) { return c; })) return false;
  Rewriter rewriter(g);
  for (ValueId v = 0; v < rewriter.old_size(); ++v) {
    const Node& n = rewriter.old(v);
    if (!chosen[static_cast<std::size_t>(v)]) {
      rewriter.keep(v);
      continue;
    }
    Builder& b = rewriter.builder_for(v);
    if (n.op == Op::conv_kernel_gradient) {
      rewriter.replace(v, b.window(Op::winograd_kernel_gradient, std::array{rewriter.at(n.in[0]), rewriter.at(n.in[1])}, n.attr.window));
      continue;
    }
    const ValueId kernel = b.window(Op::winograd_kernel, std::array{rewriter.at(n.in[1])}, n.attr.window);
    rewriter.replace(v, b.window(Op::winograd_conv, std::array{rewriter.at(n.in[0]), kernel}, n.attr.window));
  }
  rewriter.finish();
  return true;
}

}  // namespace ingot::codegen
