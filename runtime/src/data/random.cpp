#include <ingot/runtime/data/random.hpp>

#include <cmath>

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

// Rejection from a uniform on (-2, 2): the values need no logarithm or cosine whose last bits differ between libraries; exp only
// decides about acceptance (60 of 100 are accepted).
double truncated_unit_normal(std::uint64_t element, std::uint64_t seed, std::uint32_t tensor) {
  for (std::uint32_t attempt = 0; attempt < 256; ++attempt) {
    const PhiloxWords words = init_words(element, attempt, seed, tensor);
    const double x = 4 * unit_interval(words[0], words[1]) - 2;
    if (unit_interval(words[2], words[3]) < std::exp(-0.5 * x * x)) return x;
  }
  return 0;  // probability 1e-101
}

template <class Real>
void truncated_normal(std::span<Real> out, double sigma, std::uint64_t seed, std::uint32_t tensor) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<Real>(sigma * truncated_unit_normal(i, seed, tensor));
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

}  // namespace ingot::runtime
