// Philox, initial values, orders. The golden numbers come from an independent program in Python.
#include <ingot/runtime/data/random.hpp>

#include <catch2/catch.hpp>
#include <ingot/runtime/data/order.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

using namespace ingot::runtime;

TEST_CASE("philox matches the known answers of its authors") {
  CHECK(philox({0, 0, 0, 0}, 0) == PhiloxWords{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox({~0u, ~0u, ~0u, ~0u}, ~0ull) == PhiloxWords{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0x299f31d0a4093822ull) ==
        PhiloxWords{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("initial values are exact") {
  std::vector<double> wide(5);
  fill_uniform(wide, 0.25, 42, 3);
  CHECK(wide ==
        std::vector<double>{-0.23937221654125512, -0.2262136134872363, 0.18226879790029316, 0.13471473089596886, -0.06621970416180722});
  std::vector<float> narrow(5);
  fill_uniform(narrow, 0.25, 42, 3);
  for (std::size_t i = 0; i < 5; ++i) CHECK(narrow[i] == static_cast<float>(wide[i]));
  std::vector<double> normal(4);
  fill_truncated_normal(normal, 0.05, 42, 3);
  CHECK(normal == std::vector<double>{-0.09574888661650205, 0.019636475749802186, -0.026487881664722893, -0.012365772738943926});
}

TEST_CASE("initial values depend on seed and tensor") {
  std::vector<float> a(64), b(64), c(64), d(65);
  fill_truncated_normal(a, 1, 1, 0);
  fill_truncated_normal(b, 1, 2, 0);
  fill_truncated_normal(c, 1, 1, 1);
  fill_truncated_normal(d, 1, 1, 0);
  CHECK(a != b);
  CHECK(a != c);
  CHECK(std::equal(a.begin(), a.end(), d.begin()));
}

TEST_CASE("initial values have the moments of their distributions") {
  constexpr std::size_t n = 200000;
  std::vector<double> x(n);
  const auto moments = [&] {
    const double mean = std::accumulate(x.begin(), x.end(), 0.0) / n;
    double square = 0;
    for (const double v : x) square += (v - mean) * (v - mean);
    return std::pair(mean, std::sqrt(square / n));
  };
  fill_uniform(x, 3, 7, 0);
  auto [mean, deviation] = moments();
  CHECK(std::abs(mean) < 0.02);
  CHECK(deviation == Approx(std::sqrt(3.0)).epsilon(0.01));
  CHECK(*std::ranges::max_element(x) < 3);
  CHECK(*std::ranges::max_element(x) > 2.999);
  fill_truncated_normal(x, 2, 7, 0);
  std::tie(mean, deviation) = moments();
  CHECK(std::abs(mean) < 0.02);
  CHECK(deviation == Approx(2 * 0.87962566103423978).epsilon(0.01));  // the deviation of a normal cut at two deviations
  CHECK(*std::ranges::max_element(x) <= 4);
}

TEST_CASE("normal numbers are not cut, and have the moments and tails of their distribution") {
  constexpr std::size_t n = 200000;
  std::vector<double> x(n);
  fill_normal(x, 2, 7, 0);
  double sum = 0, square = 0, beyond = 0;
  for (const double v : x) {
    sum += v;
    square += v * v;
    beyond += std::abs(v) > 4 ? 1 : 0;
  }
  CHECK(std::abs(sum / n) < 0.02);
  CHECK(std::sqrt(square / n) == Approx(2).epsilon(0.01));
  CHECK(beyond / n == Approx(std::erfc(std::sqrt(2.0))).epsilon(0.05));
}

TEST_CASE("orthogonal matrices are orthonormal along their shorter side") {
  for (const auto& [rows, columns] : {std::pair<std::size_t, std::size_t>{40, 40}, {90, 17}, {17, 90}, {5, 1}, {1, 5}}) {
    std::vector<double> x(rows * columns);
    fill_orthogonal(x, columns, 3, 7, 1);
    const bool tall = rows >= columns;
    const std::size_t n = std::min(rows, columns), length = std::max(rows, columns);
    const auto at = [&](std::size_t vector, std::size_t i) { return tall ? x[i * columns + vector] : x[vector * columns + i]; };
    for (std::size_t a = 0; a < n; ++a)
      for (std::size_t b = 0; b < n; ++b) {
        double product = 0;
        for (std::size_t i = 0; i < length; ++i) product += at(a, i) * at(b, i);
        CHECK(product == Approx(a == b ? 9 : 0).margin(1e-13));
      }
  }
}

TEST_CASE("orders are exact") {
  std::vector<std::uint32_t> order(12);
  shuffled_order(order, 7, 3);
  CHECK(order == std::vector<std::uint32_t>{10, 3, 0, 9, 5, 2, 4, 7, 8, 11, 1, 6});
  shuffled_order(order, 5ull << 32 | 7, 3);
  CHECK(order == std::vector<std::uint32_t>{10, 9, 6, 0, 8, 2, 1, 11, 3, 5, 7, 4});
  file_order(order);
  CHECK(order == std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
}

TEST_CASE("orders are permutations, another one each epoch") {
  for (const std::size_t n : {0u, 1u, 2u, 3u, 1000u, 60001u}) {
    std::vector<std::uint32_t> a(n), b(n);
    shuffled_order(a, 1, 0);
    shuffled_order(b, 1, 1);
    if (n >= 1000) CHECK(a != b);
    std::ranges::sort(a);
    for (std::size_t i = 0; i < n; ++i) REQUIRE(a[i] == i);
  }
}

TEST_CASE("every row comes to every place equally often") {
  constexpr std::size_t n = 6, epochs = 30000;
  std::vector<std::uint32_t> order(n);
  std::size_t count[n][n] = {};
  for (std::uint64_t epoch = 0; epoch < epochs; ++epoch) {
    shuffled_order(order, 11, epoch);
    for (std::size_t place = 0; place < n; ++place) ++count[place][order[place]];
  }
  double chi_square = 0;
  constexpr double expected = static_cast<double>(epochs) / n;
  for (const auto& row : count)
    for (const std::size_t c : row) chi_square += (static_cast<double>(c) - expected) * (static_cast<double>(c) - expected) / expected;
  CHECK(chi_square < 52.6);  // 25 degrees of freedom, 0.1 %
}
