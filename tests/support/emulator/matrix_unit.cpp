#include "support/emulator/matrix_unit.hpp"

#include "support/emulator/low_numbers.hpp"

namespace ingot::test {

namespace {

constexpr std::size_t rows = 16, cols = 8, depth = 16;

}  // namespace

void multiply_matrices(std::uint32_t dtype, const std::array<std::uint32_t*, warp_lanes>& words) {
  float a[rows][depth], b[depth][cols];
  for (std::size_t lane = 0; lane < warp_lanes; ++lane) {
    const std::size_t group = lane / 4, pair = lane % 4;
    const auto half = [&](std::size_t word, std::size_t h) {
      return widen(static_cast<std::uint16_t>(words[lane][word] >> (16 * h)), dtype);
    };
    for (std::size_t h = 0; h < 2; ++h) {
      for (std::size_t w = 0; w < 4; ++w) a[group + 8 * (w % 2)][2 * pair + 8 * (w / 2) + h] = half(w, h);
      for (std::size_t w = 0; w < 2; ++w) b[2 * pair + 8 * w + h][group] = half(4 + w, h);
    }
  }
  for (std::size_t lane = 0; lane < warp_lanes; ++lane)
    for (std::size_t w = 0; w < 4; ++w) {
      const std::size_t row = lane / 4 + 8 * (w / 2), col = 2 * (lane % 4) + w % 2;
      float sum = float_of_bits(words[lane][6 + w]);
      for (std::size_t k = 0; k < depth; ++k) sum += a[row][k] * b[k][col];
      words[lane][w] = bits_of_float(sum);
    }
}

std::array<MatrixElement, 2> loaded_elements(std::size_t lane, std::size_t matrix, bool transposed) {
  const std::size_t group = lane / 4, pair = lane % 4;
  if (transposed) return {{{8 * matrix + 2 * pair, 2 * group}, {8 * matrix + 2 * pair + 1, 2 * group}}};
  return {{{8 * matrix + group, 4 * pair}, {8 * matrix + group, 4 * pair + 2}}};
}

}  // namespace ingot::test
