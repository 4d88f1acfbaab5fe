// Winograd's minimal filtering F(4x4, 3x3): a 4 x 4 piece of the result is A' [sum over channels of (G k G') * (B' d B)] A, with d the
// 6 x 6 piece of the image under it. 36 products for 144 (Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2016).
// The kernel's gradient is its adjoint, F(3x3, 4x4): G' [sum over pieces of (A g A') * (B' d B)] G, with g the 4 x 4 piece of the
// result's gradient.
#pragma once
#include <array>

namespace ingot::codegen {

inline constexpr int winograd_out = 4, winograd_in = 6, winograd_products = winograd_in * winograd_in;

/// G: [6][3].
inline constexpr std::array<std::array<double, 3>, 6> winograd_g{{{1.0 / 4, 0, 0},
                                                                  {-1.0 / 6, -1.0 / 6, -1.0 / 6},
                                                                  {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                                                                  {1.0 / 24, 1.0 / 12, 1.0 / 6},
                                                                  {1.0 / 24, -1.0 / 12, 1.0 / 6},
                                                                  {0, 0, 1}}};
/// B': [6][6].
inline constexpr std::array<std::array<double, 6>, 6> winograd_b{
    {{4, 0, -5, 0, 1, 0}, {0, -4, -4, 1, 1, 0}, {0, 4, -4, -1, 1, 0}, {0, -2, -1, 2, 1, 0}, {0, 2, -1, -2, 1, 0}, {0, 4, 0, -5, 0, 1}}};
/// A': [4][6].
inline constexpr std::array<std::array<double, 6>, 4> winograd_a{
    {{1, 1, 1, 1, 1, 0}, {0, 1, -1, 2, -2, 0}, {0, 1, 1, 4, 4, 0}, {0, 1, -1, 8, -8, 1}}};

}  // namespace ingot::codegen
