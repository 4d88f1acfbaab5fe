// Resizing against the formula itself, in double and without any order of passes.
#include "image/resize.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <random>
#include <vector>

using namespace ingot::runtime;

namespace {

// What input `k` counts for output `i`.
double weight(std::uint32_t i, std::uint32_t k, std::uint32_t in, std::uint32_t out, bool antialias) {
  const double scale = static_cast<double>(in) / out, centre = (i + 0.5) * scale - 0.5;
  if (!antialias) {
    const double inside = std::min(std::max(centre, 0.0), in - 1.0);
    return std::max(0.0, 1 - std::abs(k - inside));
  }
  const double radius = std::max(1.0, scale);
  double sum = 0;
  for (std::uint32_t j = 0; j < in; ++j) sum += std::max(0.0, 1 - std::abs(j - centre) / radius);
  return std::max(0.0, 1 - std::abs(k - centre) / radius) / sum;
}

double exact(const std::vector<std::uint8_t>& image, Resizer::Extent in, Resizer::Extent out, std::uint32_t channels, bool antialias,
             std::uint32_t y, std::uint32_t x, std::uint32_t c) {
  double sum = 0;
  for (std::uint32_t j = 0; j < in.height; ++j)
    for (std::uint32_t k = 0; k < in.width; ++k)
      sum += weight(y, j, in.height, out.height, antialias) * weight(x, k, in.width, out.width, antialias) *
             image[(std::size_t{j} * in.width + k) * channels + c];
  return sum;
}

}  // namespace

TEST_CASE("every size, with and without antialiasing") {
  std::mt19937 random(8);
  const auto size = [&] { return static_cast<std::uint32_t>(1 + random() % 24); };
  for (int round = 0; round < 120; ++round) {
    const Resizer::Extent in{size(), size()}, out{size(), size()};
    const std::uint32_t channels = round % 2 ? 1 : 3;
    const bool antialias = round % 4 >= 2;
    std::vector<std::uint8_t> image(std::size_t{in.height} * in.width * channels), got(std::size_t{out.height} * out.width * channels, 99);
    for (auto& byte : image) byte = static_cast<std::uint8_t>(random());
    Resizer resizer(in, out, channels, antialias, got.data());
    for (std::uint32_t y = 0; y < in.height; ++y) {
      std::copy_n(image.data() + std::size_t{y} * in.width * channels, in.width * channels, resizer.row());
      resizer.commit();
    }
    double worst = 0;
    for (std::uint32_t y = 0; y < out.height; ++y)
      for (std::uint32_t x = 0; x < out.width; ++x)
        for (std::uint32_t c = 0; c < channels; ++c)
          worst = std::max(
              worst, std::abs(got[(std::size_t{y} * out.width + x) * channels + c] - exact(image, in, out, channels, antialias, y, x, c)));
    INFO(in.height << "x" << in.width << " to " << out.height << "x" << out.width << (antialias ? ", antialias" : ""));
    REQUIRE(worst < 0.521);  // resize.hpp: exact to 0.02 before rounding
  }
}

TEST_CASE("weights are within the input, in order, and sum to one") {
  for (const bool antialias : {false, true})
    for (const auto& [in, out] : {std::pair{1u, 7u}, {7u, 1u}, {300u, 150u}, {150u, 300u}, {65500u, 3u}, {3u, 1000u}}) {
      const AxisWeights axis = bilinear_weights(in, out, antialias);
      std::uint32_t before = 0;
      for (std::uint32_t i = 0; i < out; ++i) {
        double sum = 0;
        for (std::uint32_t k = 0; k < axis.taps; ++k) sum += static_cast<double>(axis.weights[std::size_t{i} * axis.taps + k]);
        REQUIRE(sum == Approx(1).epsilon(1e-4));
        REQUIRE((axis.first[i] >= before && axis.first[i] + axis.taps <= in));
        before = axis.first[i];
      }
    }
}
