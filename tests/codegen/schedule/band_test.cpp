// Geometry of bands, tiles and blocks: whatever the window, all pixels are covered and private memory stays bounded.
#include "schedule/band.hpp"

#include "ir/winograd.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace ingot::codegen;

namespace {

Window window(std::int32_t h, std::int32_t w, std::int32_t kernel, std::int32_t stride) {
  Window a;
  a.in_h = h;
  a.in_w = w;
  a.kernel_h = a.kernel_w = kernel;
  a.stride_h = a.stride_w = stride;
  a.out_h = (h + stride - 1) / stride;
  a.out_w = (w + stride - 1) / stride;
  a.pad_top = a.pad_left = kernel / 2;
  return a;
}

}  // namespace

TEST_CASE("small images are one band, large ones several that fit a second-level cache", "[band]") {
  const Band small = choose_band(window(28, 28, 3, 1), 32, 4, 1);
  CHECK(small.out_lines == 28);
  CHECK(small.lines == 30);
  CHECK(small.pixels == 30);
  const Band large = choose_band(window(224, 224, 3, 1), 64, 4, 1);
  CHECK(large.out_lines < 224);
  CHECK(large.elements() * 4 <= 512 << 10);
}

TEST_CASE("the gradient of a kernel goes over several small images at once, within the memory of a band", "[band]") {
  const auto together = [](std::int32_t side, std::int64_t channels, std::int64_t samples) {
    const Window w = window(side, side, 3, 1);
    return images_together(w, choose_band(w, channels, 4, 1), 4, samples);
  };
  CHECK(together(8, 64, 16) == 4);   // 256 pixels
  CHECK(together(8, 64, 3) == 3);    // no more than there are
  CHECK(together(14, 32, 16) == 1);  // enough pixels in one
  CHECK(together(1, 16, 1000) == 256);
  CHECK(together(4, 1024, 16) == 3);    // 144 KB each
  CHECK(together(4, 100000, 16) == 1);  // a band that is too large as it is
}

TEST_CASE("a band has whole steps of lines, also when even one step is more than it should be", "[band]") {
  for (const std::int64_t channels : {1, 64, 1024, 5000}) {
    const Band b = choose_band(window(64, 64, 5, 2), channels, 4, 4);
    CHECK((b.out_lines % 4 == 0 || b.out_lines == 32));
    CHECK(b.lines >= (b.out_lines - 1) * 2 + 5);
  }
}

TEST_CASE("tiles divide lines evenly where that costs nothing, and take whole lines when these are short", "[band]") {
  CHECK(choose_pixel_tile(window(14, 14, 3, 1), 8).pixels == 7);
  CHECK(choose_pixel_tile(window(32, 32, 3, 1), 8).pixels == 8);
  CHECK(choose_pixel_tile(window(32, 32, 3, 1), 16).pixels == 16);
  const PixelTile short_lines = choose_pixel_tile(window(4, 4, 3, 1), 8);
  CHECK(short_lines.pixels == 4);
  CHECK(short_lines.lines == 2);
  CHECK(choose_kernel_tile(48, 12) == 12);
  CHECK(choose_kernel_tile(9, 12) == 9);
}

TEST_CASE("tiles of any extents fit the register file and cover the lines", "[band]") {
  for (std::int32_t w = 1; w <= 70; ++w)
    for (const std::int64_t most : {4, 6, 8, 12, 16}) {
      const PixelTile t = choose_pixel_tile(window(w, w, 3, 1), most);
      CHECK(t.pixels * t.lines <= most);
      if (t.lines > 1) CHECK((t.pixels == w && w % t.lines == 0));
    }
}

TEST_CASE("Winograd blocks are whole register tiles within their memory", "[band]") {
  for (const std::int32_t side : {4, 7, 8, 14, 28, 32, 75, 150})
    for (const std::int64_t channels : {16, 64, 130, 512}) {
      const WinogradBlocks b = choose_winograd_blocks(window(side, side, 3, 1), channels, channels, 4, 8);
      CHECK(b.block % b.row_tile == 0);
      CHECK(b.band.out_lines % winograd_out == 0);
      CHECK(b.band.pixels >= b.pieces_x * winograd_out + 2);
      CHECK(b.pieces == b.band.out_lines / winograd_out * b.pieces_x);
      CHECK((b.images == 1 || b.band.out_lines >= side));
      CHECK((b.block == b.row_tile || b.block * winograd_products * 2 * channels * 4 <= 640 << 10));
    }
}

TEST_CASE("the matrices of Winograd's products do not compete for the sets of a first-level cache", "[schedule][winograd]") {
  constexpr std::int64_t line = 16, sets = 64;  // floats; 64 sets on all processors with AVX2 so far
  for (const std::int64_t floats : {1L, 16L, 40L * 64, 24L * 128, 256L * 16, 1000L}) {
    const std::int64_t step = winograd_step(floats);
    CHECK(step >= floats);
    CHECK(step < floats + 2 * line);
    std::set<std::int64_t> used;
    for (std::int64_t product = 0; product < winograd_products; ++product) used.insert(product * step / line % sets);
    CHECK(used.size() == static_cast<std::size_t>(winograd_products));
  }
}
