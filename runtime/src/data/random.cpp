#include <ingot/runtime/data/random.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace ingot::runtime {
namespace {

PhiloxWords init_words(std::uint64_t element, std::uint32_t attempt, std::uint64_t seed, std::uint32_t tensor) {
  const auto high = static_cast<std::uint32_t>(element >> 32);  // below 2^24: tensors of 2^56 elements do not exist
  return philox({static_cast<std::uint32_t>(element), high << 8 | attempt, tensor, static_cast<std::uint32_t>(RandomPurpose::initialize)},
                seed);
}

template <class Real>
void uniform(std::span<Real> out, double a, std::uint64_t seed, std::uint32_t tensor) {
  for (std::size_t i = 0; i < out.size(); i += 2) {
    const PhiloxWords words = init_words(i / 2, 0, seed, tensor);
    out[i] = static_cast<Real>(a * (2 * unit_interval(words[0], words[1]) - 1));
    if (i + 1 < out.size()) out[i + 1] = static_cast<Real>(a * (2 * unit_interval(words[2], words[3]) - 1));
  }
}

// Rejection from a uniform on (-cut, cut): the values need no logarithm or cosine whose last bits differ between libraries; exp only
// decides about acceptance (60 of 100 are accepted with a cut of 2, 16 with one of 8).
double unit_normal(double cut, std::uint64_t element, std::uint64_t seed, std::uint32_t tensor) {
  for (std::uint32_t attempt = 0; attempt < 256; ++attempt) {
    const PhiloxWords words = init_words(element, attempt, seed, tensor);
    const double x = 2 * cut * unit_interval(words[0], words[1]) - cut;
    if (unit_interval(words[2], words[3]) < std::exp(-0.5 * x * x)) return x;
  }
  return 0;  // probability 1e-19 with a cut of 8
}

double dot(std::span<const double> a, std::span<const double> b) { return std::inner_product(a.begin(), a.end(), b.begin(), 0.0); }

/// Makes the vectors, one behind the other, orthonormal. Gram-Schmidt with a second pass, which leaves no more than rounding errors;
/// its triangular factor has a positive diagonal, as Keras's sign rule asks.
void orthonormalize(std::span<double> vectors, std::size_t length) {
  for (std::size_t k = 0; k * length < vectors.size(); ++k) {
    const std::span<double> v = vectors.subspan(k * length, length);
    for (std::size_t other = 0; other < 2 * k; ++other) {
      const std::span<const double> u = vectors.subspan(other % k * length, length);
      const double share = dot(u, v);
      for (std::size_t i = 0; i < length; ++i) v[i] -= share * u[i];
    }
    const double norm = std::sqrt(dot(v, v));
    for (double& x : v) x /= norm;
  }
}

template <class Real>
void truncated_normal(std::span<Real> out, double sigma, std::uint64_t seed, std::uint32_t tensor) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<Real>(sigma * unit_normal(2, i, seed, tensor));
}

}  // namespace

PhiloxWords philox(PhiloxWords c, std::uint64_t seed) {
  auto k0 = static_cast<std::uint32_t>(seed), k1 = static_cast<std::uint32_t>(seed >> 32);
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xD2511F53u} * c[0], p1 = std::uint64_t{0xCD9E8D57u} * c[2];
    c = {static_cast<std::uint32_t>(p1 >> 32) ^ c[1] ^ k0, static_cast<std::uint32_t>(p1), static_cast<std::uint32_t>(p0 >> 32) ^ c[3] ^ k1,
         static_cast<std::uint32_t>(p0)};
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return c;
}

void fill_uniform(std::span<float> out, double a, std::uint64_t seed, std::uint32_t tensor) { uniform(out, a, seed, tensor); }
void fill_uniform(std::span<double> out, double a, std::uint64_t seed, std::uint32_t tensor) { uniform(out, a, seed, tensor); }
void fill_truncated_normal(std::span<float> out, double sigma, std::uint64_t seed, std::uint32_t tensor) {
  truncated_normal(out, sigma, seed, tensor);
}
void fill_truncated_normal(std::span<double> out, double sigma, std::uint64_t seed, std::uint32_t tensor) {
  truncated_normal(out, sigma, seed, tensor);
}

void fill_normal(std::span<double> out, double sigma, std::uint64_t seed, std::uint32_t tensor) {
  // beyond 8 deviations lies one number in 10^15
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = sigma * unit_normal(8, i, seed, tensor);
}

void fill_orthogonal(std::span<double> out, std::size_t columns, double gain, std::uint64_t seed, std::uint32_t tensor) {
  const std::size_t rows = out.size() / columns, length = std::max(rows, columns);
  std::vector<double> vectors(out.size());
  fill_normal(vectors, 1, seed, tensor);
  orthonormalize(vectors, length);
  const bool tall = rows >= columns;  // the vectors are the columns
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) out[r * columns + c] = gain * vectors[tall ? c * length + r : r * length + c];
}

}  // namespace ingot::runtime
