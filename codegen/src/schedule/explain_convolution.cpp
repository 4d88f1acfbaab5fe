#include "schedule/explain_convolution.hpp"

#include "ir/winograd.hpp"
#include "schedule/band.hpp"
#include "schedule/choose_convolution.hpp"
#include "schedule/partition.hpp"

#include <algorithm>
#include <cstdio>

namespace ingot::codegen {
namespace {

std::string megaflops(double flops) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", flops * 1e-6);
  return text;
}

struct Extents {
  std::int64_t channels = 1, filters = 1;
};

Extents extents_of(const Kernel& k) { return {k.node(k.node(k.anchor).in[0]).type.cols, k.node(k.anchor).type.cols}; }

/// Multiplications in the transformed domain; the transforms, which grow with channels + filters, are left out.
std::string explain_winograd(const Kernel& k, std::int64_t batch) {
  const auto [channels, filters] = extents_of(k);
  const Window& w = k.window();
  const double direct = 2.0 * static_cast<double>(batch * w.out_pixels() * w.cells() * channels * filters);
  constexpr double saved = static_cast<double>(winograd_products) / (9.0 * winograd_out * winograd_out);
  return "winograd F(4x4, 3x3): " + megaflops(direct * saved / winograd_use(w)) + " MFLOP of products instead of " + megaflops(direct);
}

std::string tile_text(const Kernel& k) {
  const auto [channels, filters] = extents_of(k);
  const Layout result = make_layout(k.domain, 1, k.target);
  const std::string columns = " x " + std::to_string(std::min(result.width, filters)) + " filters";
  if (k.kind == KernelKind::convolution) {
    const PixelTile tile = choose_pixel_tile(k.window(), most_accumulator_rows(k.target, result.vectors()));
    return std::to_string(tile.lines * tile.pixels) + " pixels" + columns;
  }
  const std::int64_t rows = k.window().dilation_w == 1 ? k.window().kernel_w * channels : channels;
  return std::to_string(choose_kernel_tile(rows, most_gradient_rows(k.target, result.vectors()))) + " kernel rows" + columns;
}

std::string explain_direct(const Kernel& k) {
  const KernelNode& n = k.node(k.anchor);
  const auto [channels, filters] = extents_of(k);
  const std::string why = why_direct(n.op, k.node(n.in[0]).type.dtype, n.attr.window, channels, filters);
  return "direct, tile " + tile_text(k) + ": " + (why.empty() ? "the recipe asks for it" : why);
}

}  // namespace

std::string explain_convolution(const Kernel& k, std::int64_t batch) {
  if (k.anchor < 0) return {};
  switch (k.node(k.anchor).op) {
    case Op::winograd_conv:
    case Op::winograd_kernel_gradient:
      return explain_winograd(k, batch);
    case Op::conv:
    case Op::conv_kernel_gradient:
      return explain_direct(k);
    default:
      return {};
  }
}

}  // namespace ingot::codegen
