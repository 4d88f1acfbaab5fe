// Counter-based random numbers of the runtime: Philox 4x32-10 (Salmon et al., SC 2011). Key = (seed low, seed high); the last word of the
// counter names the purpose, so that streams never meet: dropout in generated code uses small layer numbers there.
// Values are computed in double and rounded once; every element is a pure function of (seed, tensor, element).
#pragma once
#include <array>
#include <cstdint>
#include <span>

namespace ingot::runtime {

using PhiloxWords = std::array<std::uint32_t, 4>;
PhiloxWords philox(PhiloxWords counter, std::uint64_t seed);

enum class RandomPurpose : std::uint32_t { order = 0x4F524452, initialize = 0x494E4954, augment = 0x41000047, mix = 0x4D495821 };

/// In [0, 1): the upper 53 bits of (high, low).
constexpr double unit_interval(std::uint32_t high, std::uint32_t low) {
  return static_cast<double>((std::uint64_t{high} << 32 | low) >> 11) * 0x1p-53;
}

/// U(-a, a). `tensor`: index of the state tensor in the program's states.
void fill_uniform(std::span<float> out, double a, std::uint64_t seed, std::uint32_t tensor);
void fill_uniform(std::span<double> out, double a, std::uint64_t seed, std::uint32_t tensor);
/// Normal with standard deviation `sigma` before truncation, redrawn beyond 2 sigma.
void fill_truncated_normal(std::span<float> out, double sigma, std::uint64_t seed, std::uint32_t tensor);
void fill_truncated_normal(std::span<double> out, double sigma, std::uint64_t seed, std::uint32_t tensor);
/// Normal with standard deviation `sigma`.
void fill_normal(std::span<double> out, double sigma, std::uint64_t seed, std::uint32_t tensor);
/// `gain` times a matrix of `columns` columns (they divide the number of elements) whose columns, or rows where these are fewer, are
/// orthonormal; uniform among all such matrices. Keras's Orthogonal.
void fill_orthogonal(std::span<double> out, std::size_t columns, double gain, std::uint64_t seed, std::uint32_t tensor);

}  // namespace ingot::runtime
