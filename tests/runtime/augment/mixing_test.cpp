// Mixed batches: shares, partners, and that inputs and targets are mixed alike.
#include "augment/mixing.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstring>
#include <numeric>
#include <set>

using namespace ingot::runtime;

namespace {

constexpr std::uint32_t rows = 16, height = 8, width = 6, classes = 16;

// Row r is an image of r + 1 everywhere, its target is class r: what came from where can be read off.
struct Rows {
  std::vector<float> images, targets;
  Table input{"x", INGOT_F32, {height, width}, rows, nullptr}, target{"y", INGOT_F32, {classes}, rows, nullptr};

  Rows() : images(rows * height * width), targets(rows * classes) {
    for (std::size_t r = 0; r < rows; ++r) {
      std::fill_n(images.data() + r * height * width, height * width, static_cast<float>(r + 1));
      targets[r * classes + r] = 1;
    }
  }
  void mix(const MixingPlan& plan, std::uint64_t seed, std::uint64_t epoch, std::uint64_t batch, std::uint32_t count = rows) {
    BatchMixer mixer(plan, {&input, 1}, {&target, 1});
    std::byte *x = reinterpret_cast<std::byte*>(images.data()), *y = reinterpret_cast<std::byte*>(targets.data());
    mixer.apply(seed, epoch, batch, count, {&x, 1}, {&y, 1});
  }
  // The partner of row r and the share that stayed.
  [[nodiscard]] std::pair<std::size_t, double> found(std::size_t r) const {
    const float* y = targets.data() + r * classes;
    for (std::size_t c = 0; c < classes; ++c)
      if (c != r && y[c] > 0) return {c, y[r]};
    return {r, y[r]};
  }
};

}  // namespace

TEST_CASE("shares have the mean and the variance of their Beta distribution") {
  for (const double alpha : {0.05, 0.2, 1.0, 3.0, 20.0}) {
    double sum = 0, squares = 0;
    constexpr int count = 20000;
    for (std::uint32_t i = 0; i < count; ++i) {
      const double share = draw_share(alpha, {3, 1, i}, 2);
      REQUIRE((share >= 0 && share <= 1));
      sum += share;
      squares += share * share;
    }
    const double mean = sum / count, variance = squares / count - mean * mean, want = 1 / (4 * (2 * alpha + 1));
    INFO("alpha " << alpha);
    CHECK(std::fabs(mean - 0.5) < 4 * std::sqrt(want / count));
    CHECK(variance == Approx(want).epsilon(0.04));
  }
}

TEST_CASE("mixup blends rows and targets by the same share") {
  Rows data;
  data.mix({0.8, 0}, 1, 2, 3);
  std::set<std::size_t> partners;
  for (std::size_t r = 0; r < rows; ++r) {
    const auto [partner, own] = data.found(r);
    partners.insert(partner);
    const double want = own * static_cast<double>(r + 1) + (1 - own) * static_cast<double>(partner + 1);
    if (partner == r) continue;
    for (std::size_t i = 0; i < height * width; ++i) REQUIRE(data.images[r * height * width + i] == Approx(want).margin(1e-5));
    const float* y = data.targets.data() + r * classes;
    CHECK(std::accumulate(y, y + classes, 0.0) == Approx(1));
  }
  CHECK(partners.size() == rows);  // a permutation
}

TEST_CASE("cutmix pastes a rectangle, and the targets follow its pixels") {
  int mixed = 0;
  for (std::uint64_t batch = 0; batch < 20; ++batch) {
    Rows data;
    data.mix({0, 1}, 1, 0, batch);
    for (std::size_t r = 0; r < rows; ++r) {
      const auto [partner, own] = data.found(r);
      if (partner == r) continue;
      ++mixed;
      std::size_t pasted = 0, top = height, bottom = 0, left = width, right = 0;
      for (std::size_t i = 0; i < height * width; ++i) {
        const float x = data.images[r * height * width + i];
        REQUIRE((x == static_cast<float>(r + 1) || x == static_cast<float>(partner + 1)));
        if (x != static_cast<float>(partner + 1)) continue;
        ++pasted;
        top = std::min(top, i / width);
        bottom = std::max(bottom, i / width + 1);
        left = std::min(left, i % width);
        right = std::max(right, i % width + 1);
      }
      REQUIRE(pasted == (bottom - top) * (right - left));
      CHECK(own == Approx(1 - static_cast<double>(pasted) / (height * width)));
    }
  }
  CHECK(mixed > 200);
}

TEST_CASE("bytes are rounded, other batches and epochs are drawn anew") {
  Rows a, b, c, d;
  a.mix({1, 0}, 1, 0, 0);
  b.mix({1, 0}, 1, 0, 0);
  c.mix({1, 0}, 1, 1, 0);
  d.mix({1, 0}, 1, 0, 1);
  CHECK(a.images == b.images);
  CHECK(a.images != c.images);
  CHECK(a.images != d.images);
  std::vector<std::uint8_t> bytes;
  for (std::size_t r = 0; r < rows; ++r) bytes.insert(bytes.end(), height * width, static_cast<std::uint8_t>(r + 1));
  Rows other;
  other.input.dtype = INGOT_U8;
  BatchMixer mixer({1, 0}, {&other.input, 1}, {&other.target, 1});
  std::byte *x = reinterpret_cast<std::byte*>(bytes.data()), *y = reinterpret_cast<std::byte*>(other.targets.data());
  mixer.apply(1, 0, 0, rows, {&x, 1}, {&y, 1});
  for (std::size_t i = 0; i < bytes.size(); ++i) REQUIRE(std::fabs(a.images[i] - static_cast<float>(bytes[i])) <= 0.5001F);
}

TEST_CASE("with both, a coin decides for each batch; a batch of one row stays") {
  int blended = 0, cut = 0;
  for (std::uint64_t batch = 0; batch < 200; ++batch) {
    Rows data;
    data.mix({1, 1}, 4, 0, batch);
    bool whole = true;
    for (const float x : data.images) whole = whole && x == std::floor(x);
    ++(whole ? cut : blended);
  }
  CHECK(blended > 70);
  CHECK(cut > 70);
  Rows data;
  const Rows before;
  data.mix({1, 0}, 1, 0, 0, 1);
  CHECK(data.images == before.images);
  CHECK(data.targets == before.targets);
}
