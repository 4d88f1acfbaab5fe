#include "schedule/band.hpp"

#include "ir/winograd.hpp"

#include <algorithm>

namespace ingot::codegen {
namespace {

constexpr std::int64_t band_bytes = 512 << 10;

/// Cycles for one step of the reduction over `n` rows in tiles of `tile`, in halves: an accumulator is busy for four cycles, so a
/// tile of fewer than eight chains waits; each tile costs about one more for its start and end.
std::int64_t tile_cost(std::int64_t n, std::int64_t tile) {
  const auto cost = [](std::int64_t rows) { return 2 * std::max<std::int64_t>(rows, 4) + 1; };
  return n / tile * cost(tile) + (n % tile > 0 ? cost(n % tile) : 0);
}

std::int64_t cheapest_tile(std::int64_t n, std::int64_t most) {
  std::int64_t best = std::min(n, most);
  for (std::int64_t tile = best; tile >= 1; --tile)
    if (tile_cost(n, tile) < tile_cost(n, best) || (tile_cost(n, tile) == tile_cost(n, best) && n % best != 0 && n % tile == 0))
      best = tile;
  return best;
}

}  // namespace

Band choose_band(const Window& w, std::int64_t channels, std::int64_t element_bytes, std::int64_t line_step) {
  Band b;
  b.channels = channels;
  b.pixels = (w.out_w - 1) * static_cast<std::int64_t>(w.stride_w) + (w.kernel_w - 1) * static_cast<std::int64_t>(w.dilation_w) + 1;
  const auto lines = [&](std::int64_t out) {
    return (out - 1) * w.stride_h + (w.kernel_h - 1) * static_cast<std::int64_t>(w.dilation_h) + 1;
  };
  b.out_lines = w.out_h;
  if (lines(w.out_h) * b.line() * element_bytes > band_bytes) {
    const std::int64_t fit = (band_bytes / (b.line() * element_bytes) - lines(1)) / w.stride_h + 1;
    b.out_lines = std::clamp<std::int64_t>(fit / line_step * line_step, line_step, w.out_h);
  }
  b.lines = lines(b.out_lines);
  return b;
}

std::int64_t images_together(const Window& w, const Band& b, std::int64_t element_bytes, std::int64_t samples) {
  constexpr std::int64_t enough_pixels = 256;
  if (b.out_lines < w.out_h) return 1;
  const std::int64_t fit = std::min(enough_pixels / w.out_pixels(), band_bytes / (b.elements() * element_bytes));
  return std::clamp<std::int64_t>(fit, 1, samples);
}

WinogradBlocks choose_winograd_blocks(const Window& w, std::int64_t channels, std::int64_t filters, std::int64_t samples,
                                      std::int64_t row_tile) {
  constexpr std::int64_t work_bytes = 640 << 10;  // of transformed pieces and products: most of a second-level cache
  const auto pieces = [](std::int64_t n) { return (n + winograd_out - 1) / winograd_out; };
  Window covered = w;
  covered.out_h = static_cast<std::int32_t>(pieces(w.out_h) * winograd_out);
  covered.out_w = static_cast<std::int32_t>(pieces(w.out_w) * winograd_out);
  WinogradBlocks b;
  b.band = choose_band(covered, channels, sizeof(float), winograd_out);
  b.row_tile = row_tile;
  b.pieces_x = pieces(w.out_w);
  b.pieces = b.band.out_lines / winograd_out * b.pieces_x;
  const std::int64_t fit = work_bytes / (winograd_products * (channels + filters) * static_cast<std::int64_t>(sizeof(float)));
  const std::int64_t most = std::clamp<std::int64_t>(fit / row_tile * row_tile, row_tile, 6 * row_tile);
  if (b.band.out_lines == covered.out_h) b.images = std::clamp<std::int64_t>(most / b.pieces, 1, samples);
  b.block = std::min(most, (b.images * b.pieces + row_tile - 1) / row_tile * row_tile);
  return b;
}

std::int64_t winograd_step(std::int64_t floats) {
  constexpr std::int64_t line = 64 / sizeof(float);
  return ((floats + line - 1) / line | 1) * line;
}

PixelTile choose_pixel_tile(const Window& w, std::int64_t most) {
  PixelTile t;
  t.pixels = cheapest_tile(w.out_w, most);
  if (t.pixels < w.out_w) return t;
  for (std::int64_t lines = 2; lines * t.pixels <= most; ++lines)
    if (w.out_h % lines == 0) t.lines = lines;
  return t;
}

std::int64_t choose_kernel_tile(std::int64_t rows, std::int64_t most) { return cheapest_tile(rows, most); }

}  // namespace ingot::codegen
