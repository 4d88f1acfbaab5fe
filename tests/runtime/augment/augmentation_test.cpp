// Draws of augmentation: where they come from, how they are distributed, and the steps that no layer of Keras has in this form.
#include <ingot/runtime/augment/augmentation.hpp>

#include "augment/affine.hpp"
#include "augment/colour.hpp"
#include "augment/normal.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <numeric>
#include <set>

using namespace ingot::runtime;

namespace {

constexpr ImageExtents small{6, 5, 1};

std::vector<float> numbered(const ImageExtents& extents) {
  std::vector<float> image(extents.values());
  std::iota(image.begin(), image.end(), 1.0F);
  return image;
}

std::vector<float> augmented(const AugmentationPlan& plan, const ImageExtents& extents, const DrawPosition& position) {
  std::vector<float> image = numbered(extents);
  ImageAugmenter(plan, extents).apply(std::span(image), position);
  return image;
}

AugmentationPlan one(Augmentation step) { return {{step}, 0, 255}; }
Augmentation kind(std::uint32_t k) {
  Augmentation step;
  step.kind = k;
  return step;
}

}  // namespace

TEST_CASE("an image depends on seed, epoch, row and the step's place, and on nothing else") {
  Augmentation noise = kind(INGOT_NOISE);
  noise.numbers[0] = 0.1;
  const AugmentationPlan plan = one(noise);
  const auto want = augmented(plan, small, {1, 2, 3});
  CHECK(augmented(plan, small, {1, 2, 3}) == want);
  ImageAugmenter used(plan, small);
  std::vector<float> image = numbered(small);
  used.apply(std::span(image), {1, 2, 4});
  image = numbered(small);
  used.apply(std::span(image), {1, 2, 3});
  CHECK(image == want);
  for (const DrawPosition& other : {DrawPosition{0, 2, 3}, DrawPosition{1, 0, 3}, DrawPosition{1, 2, 0}, DrawPosition{1, 3, 2}})
    CHECK(augmented(plan, small, other) != want);
  const AugmentationPlan second{{kind(INGOT_BRIGHTNESS), noise}, 0, 255};
  CHECK(augmented(second, small, {1, 2, 3}) != want);
}

TEST_CASE("half of the images are flipped, in the direction that was asked for") {
  const auto at = [](std::size_t y, std::size_t x) { return static_cast<float>(1 + y * small.width + x); };
  for (const std::uint32_t direction : {INGOT_FLIP_HORIZONTAL, INGOT_FLIP_VERTICAL, INGOT_FLIP_BOTH}) {
    Augmentation flip = kind(INGOT_FLIP);
    flip.flip = direction;
    std::vector<float> want(small.values());
    for (std::size_t y = 0; y < small.height; ++y)
      for (std::size_t x = 0; x < small.width; ++x)
        want[y * small.width + x] =
            at(direction == INGOT_FLIP_HORIZONTAL ? y : small.height - 1 - y, direction == INGOT_FLIP_VERTICAL ? x : small.width - 1 - x);
    int flipped = 0;
    for (std::uint32_t row = 0; row < 2000; ++row) {
      const auto image = augmented(one(flip), small, {7, 0, row});
      const bool moved = image == want;
      REQUIRE((moved || image == numbered(small)));
      flipped += moved ? 1 : 0;
    }
    CHECK(std::abs(flipped - 1000) < 100);  // 4.5 deviations
  }
}

TEST_CASE("a crop moves by whole pixels, every offset as often") {
  Augmentation crop = kind(INGOT_CROP);
  crop.numbers[0] = 2;
  std::set<std::pair<int, int>> seen;
  for (std::uint32_t row = 0; row < 1000; ++row) {
    const auto image = augmented(one(crop), small, {1, 0, row});
    int matches = 0;
    for (int down = -2; down <= 2; ++down)
      for (int right = -2; right <= 2; ++right) {
        bool same = true;
        for (int y = 0; y < 6; ++y)
          for (int x = 0; x < 5; ++x) {
            const int from_y = y - down, from_x = x - right;
            const bool inside = from_y >= 0 && from_y < 6 && from_x >= 0 && from_x < 5;
            same = same && image[static_cast<std::size_t>(y * 5 + x)] == (inside ? static_cast<float>(1 + from_y * 5 + from_x) : 0.0F);
          }
        if (same) seen.emplace(down, right);
        matches += same ? 1 : 0;
      }
    REQUIRE(matches == 1);
  }
  CHECK(seen.size() == 25);
  crop.numbers[0] = 1000;
  CHECK_NOTHROW(augmented(one(crop), small, {1, 0, 1}));
}

TEST_CASE("factors are uniform on their range") {
  Augmentation bright = kind(INGOT_BRIGHTNESS);
  bright.ranges[0] = {0.1, 0.3};
  double sum = 0, squares = 0;
  constexpr int count = 4000;
  for (std::uint32_t row = 0; row < count; ++row) {
    const double factor = (augmented(one(bright), {1, 1, 1}, {9, 3, row})[0] - 1) / 255;
    REQUIRE(factor >= 0.1 - 1e-6);
    REQUIRE(factor <= 0.3 + 1e-6);
    sum += factor;
    squares += factor * factor;
  }
  const double mean = sum / count;
  CHECK(std::fabs(mean - 0.2) < 0.004);
  CHECK(std::fabs(squares / count - mean * mean - 0.04 / 12) < 2e-4);
}

TEST_CASE("noise is normal with the deviation that was asked for") {
  const NormalTable& table = NormalTable::get();
  CHECK(table.at(63897) == Approx(1.959964).margin(2e-4));  // the quantile at 0.975
  CHECK(table.at(32768) == Approx(0.0000191).margin(1e-6));
  CHECK(table.at(0) == -table.at(65535));
  Augmentation noise = kind(INGOT_NOISE);
  noise.numbers[0] = 0.05;
  const ImageExtents extents{100, 100, 3};
  std::vector<float> image(extents.values(), 128.0F);
  const AugmentationPlan plan = one(noise);
  ImageAugmenter(plan, extents).apply(std::span(image), {1, 0, 0});
  double sum = 0, squares = 0, next = 0;
  for (std::size_t i = 0; i < image.size(); ++i) {
    const double x = image[i] - 128;
    sum += x;
    squares += x * x;
    if (i > 0) next += x * (image[i - 1] - 128);
  }
  const double n = static_cast<double>(image.size()), deviation = std::sqrt(squares / n);
  CHECK(std::fabs(sum / n) < 0.3);
  CHECK(deviation == Approx(0.05 * 255).epsilon(0.02));
  CHECK(std::fabs(next / squares) < 0.03);
}

TEST_CASE("erasing clears one rectangle of an area in its range, as often as asked") {
  Augmentation erasing = kind(INGOT_ERASING);
  erasing.numbers[0] = 0.5;
  erasing.numbers[1] = 0.1;
  erasing.numbers[2] = 0.4;
  const ImageExtents extents{40, 30, 1};
  int erased = 0;
  for (std::uint32_t row = 0; row < 600; ++row) {
    const auto image = augmented(one(erasing), extents, {1, 0, row});
    std::size_t zeros = 0, top = 40, bottom = 0, left = 30, right = 0;
    for (std::size_t i = 0; i < image.size(); ++i) {
      if (image[i] != 0) {
        REQUIRE(image[i] == static_cast<float>(i + 1));
        continue;
      }
      ++zeros;
      top = std::min(top, i / 30);
      bottom = std::max(bottom, i / 30 + 1);
      left = std::min(left, i % 30);
      right = std::max(right, i % 30 + 1);
    }
    if (zeros == 0) continue;
    ++erased;
    REQUIRE(zeros == (bottom - top) * (right - left));
    REQUIRE(static_cast<double>(zeros) > 0.08 * 1200);
    REQUIRE(static_cast<double>(zeros) < 0.45 * 1200);
  }
  CHECK(std::abs(erased - 300) < 60);
}

TEST_CASE("neighbouring movements are one map") {
  Augmentation turn = kind(INGOT_ROTATION), back = turn;
  turn.ranges[0] = {0.05, 0.05};
  back.ranges[0] = {-0.05, -0.05};
  for (std::uint32_t row = 0; row < 4; ++row) {
    // There and back again: with a sampling in between, this would blur.
    const auto image = augmented({{turn, back}, 0, 255}, small, {1, 0, row});
    const auto want = numbered(small);
    for (std::size_t i = 0; i < image.size(); ++i) CHECK(image[i] == Approx(want[i]).margin(1e-3));
  }
  CHECK(rotation(0.25, {4, 4, 1}).after(rotation(-0.25, {4, 4, 1})).a0 == Approx(1));
}

TEST_CASE("extreme factors and tiny images are no danger") {
  for (const std::uint32_t k : {INGOT_ROTATION, INGOT_ZOOM, INGOT_TRANSLATION, INGOT_SHEAR})
    for (const std::uint32_t fill : {INGOT_FILL_REFLECT, INGOT_FILL_CONSTANT, INGOT_FILL_WRAP, INGOT_FILL_NEAREST})
      for (const double factor : {-1.0, -0.999999, 1e6, 1e30, 1e300})
        for (const ImageExtents& extents : {ImageExtents{1, 1, 3}, ImageExtents{1, 9, 1}, ImageExtents{3, 1, 4}, ImageExtents{5, 70, 1}}) {
          Augmentation step = kind(k);
          step.fill = fill;
          step.ranges[0] = step.ranges[1] = {factor, factor};
          const auto image = augmented(one(step), extents, {1, 0, 0});
          const auto most = static_cast<float>(extents.values());
          for (const float x : image) REQUIRE((x >= 0 && x <= most));
        }
}
