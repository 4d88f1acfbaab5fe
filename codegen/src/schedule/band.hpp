// How a convolution reads an image: in bands of lines, each copied once with its padding into private memory, where a line is
// [pixels][channels] without gaps: window cells side by side are one run of memory, and no product needs a test for the border.
#pragma once
#include "ir/graph.hpp"

namespace ingot::codegen {

struct Band {
  std::int64_t out_lines = 1;  ///< of the result that one band serves
  std::int64_t lines = 1;      ///< of the padded, spread image
  std::int64_t pixels = 1;     ///< of a line
  std::int64_t channels = 1;
  [[nodiscard]] std::int64_t line() const { return pixels * channels; }  ///< elements
  [[nodiscard]] std::int64_t elements() const { return lines * line(); }
};

/// Bands of at most half a megabyte, half of a second-level cache; of all lines when the image is small. `line_step`: out_lines is a
/// multiple of it, or all lines.
[[nodiscard]] Band choose_band(const Window& w, std::int64_t channels, std::int64_t element_bytes, std::int64_t line_step);

/// Images, of `samples`, whose bands a kernel's gradient goes over at once: several where they are small, as its register tiles read and
/// write all their sums at the start and end, which takes as long as a dozen pixels. Their bands fit what choose_band keeps to.
[[nodiscard]] std::int64_t images_together(const Window& w, const Band& b, std::int64_t element_bytes, std::int64_t samples);

/// How winograd.hpp goes over images: blocks of pieces, which may be those of several small images.
struct WinogradBlocks {
  Band band;                  ///< of one image: lines and pixels cover whole pieces
  std::int64_t images = 1;    ///< whose bands lie one after the other; more than one only when a band is a whole image
  std::int64_t pieces_x = 1;  ///< of a line of pieces
  std::int64_t pieces = 1;    ///< of a band
  std::int64_t block = 1;     ///< pieces that are transformed and multiplied together: a multiple of `row_tile`
  std::int64_t row_tile = 8;
};
[[nodiscard]] WinogradBlocks choose_winograd_blocks(const Window& w, std::int64_t channels, std::int64_t filters, std::int64_t samples,
                                                    std::int64_t row_tile);
/// Floats between the matrices of two products, each of `floats`: an odd number of cache lines, so that what lies at the same place of
/// all 36 matrices, which the transforms touch together, falls into 36 different sets of a first-level cache.
[[nodiscard]] std::int64_t winograd_step(std::int64_t floats);

/// Result pixels of a register tile: `pixels` of one line, or whole lines where these are short.
struct PixelTile {
  std::int64_t lines = 1, pixels = 1;
};
/// `most`: accumulator rows that the register file has room for.
[[nodiscard]] PixelTile choose_pixel_tile(const Window& w, std::int64_t most);

/// Consecutive rows of a kernel matrix in a tile of its gradient, of `rows` that lie side by side in a line of the image.
[[nodiscard]] std::int64_t choose_kernel_tile(std::int64_t rows, std::int64_t most);

}  // namespace ingot::codegen
