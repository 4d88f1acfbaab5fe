// What the lanes of a warp compute together on small matrices: mma.sync.m16n8k16 and ldmatrix, with the fragments of the PTX ISA.
#pragma once
#include <array>
#include <cstdint>
#include <functional>

namespace ingot::test {

inline constexpr std::size_t warp_lanes = 32;

/// Per lane, where its ten words lie (ingot_emulator::mma_16816). `dtype`: INGOT_F16 or INGOT_BF16. Products are exact and added up in
/// float32, in the order of k, to C.
void multiply_matrices(std::uint32_t dtype, const std::array<std::uint32_t*, warp_lanes>& words);

/// Half of a word of 16-byte rows: of row `row` (0 .. 31), at byte `byte`.
struct MatrixElement {
  std::size_t row = 0, byte = 0;
};
/// What lane `lane` gets of matrix `matrix` of an ldmatrix.x4, in the low and the high half of its word.
[[nodiscard]] std::array<MatrixElement, 2> loaded_elements(std::size_t lane, std::size_t matrix, bool transposed);

}  // namespace ingot::test
