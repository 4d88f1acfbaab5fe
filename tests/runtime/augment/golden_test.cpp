// Augmented images against Keras 3's layers with the same draws (tests/golden/augment/keras_augment.py).
#include "augment/colour.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/augment/augmentation.hpp>
#include <ingot/runtime/data/npy.hpp>

#include <algorithm>
#include <cmath>
#include <map>

using namespace ingot::runtime;

namespace {

std::map<std::string, std::vector<float>> read_golden() {
  std::map<std::string, std::vector<float>> golden;
  for (const NamedArray& named : read_npz(GOLDEN_AUGMENT)) {
    std::vector<float>& values = golden[named.name];
    if (named.array.type == ElementType::f32) {
      const auto* at = reinterpret_cast<const float*>(named.array.data.get());
      values.assign(at, at + named.array.elements());
    } else {
      const auto* at = reinterpret_cast<const double*>(named.array.data.get());
      for (std::uint64_t i = 0; i < named.array.elements(); ++i) values.push_back(static_cast<float>(at[i]));
    }
  }
  return golden;
}

constexpr std::uint32_t height = 11, width = 14;

Augmentation step(std::uint32_t kind, double first, double second = 0, std::uint32_t fill = INGOT_FILL_REFLECT, float value = 0) {
  Augmentation a;
  a.kind = kind;
  a.fill = fill;
  a.fill_value = value;
  a.ranges[0] = {first, first};
  a.ranges[1] = {second, second};
  return a;
}

Augmentation zoom_both(double factor) {
  Augmentation a = step(INGOT_ZOOM, factor);
  a.one_draw = true;
  return a;
}

const std::map<std::string, std::vector<Augmentation>> cases{
    {"rotation_reflect", {step(INGOT_ROTATION, 0.1)}},
    {"rotation_quarter", {step(INGOT_ROTATION, 0.25, 0, INGOT_FILL_CONSTANT, 7)}},
    {"rotation_constant", {step(INGOT_ROTATION, -0.13, 0, INGOT_FILL_CONSTANT, 7)}},
    {"rotation_nearest", {step(INGOT_ROTATION, 0.4, 0, INGOT_FILL_NEAREST)}},
    {"zoom_out", {zoom_both(0.6)}},
    {"zoom_in_constant", {step(INGOT_ZOOM, -0.4, 0.3, INGOT_FILL_CONSTANT, 20)}},
    {"translation_reflect", {step(INGOT_TRANSLATION, 0.2, -0.3)}},
    {"translation_far", {step(INGOT_TRANSLATION, -0.9, 0.95)}},
    {"translation_constant", {step(INGOT_TRANSLATION, -0.13, 0.07, INGOT_FILL_CONSTANT)}},
    {"translation_wrap", {step(INGOT_TRANSLATION, 3.0 / height, -5.0 / width, INGOT_FILL_WRAP)}},
    {"shear", {step(INGOT_SHEAR, 0.3, -0.2)}},
    {"composed",
     {step(INGOT_ROTATION, 0.07, 0, INGOT_FILL_NEAREST), step(INGOT_ZOOM, -0.2, -0.2, INGOT_FILL_NEAREST),
      step(INGOT_TRANSLATION, 0.2, 0.1, INGOT_FILL_NEAREST)}},
    {"brightness_up", {step(INGOT_BRIGHTNESS, 0.2)}},
    {"brightness_down", {step(INGOT_BRIGHTNESS, -0.35)}},
    {"contrast_up", {step(INGOT_CONTRAST, 0.4)}},
    {"contrast_down", {step(INGOT_CONTRAST, -0.4)}},
    {"hue", {step(INGOT_HUE, 0.3)}},
    {"hue_far", {step(INGOT_HUE, 0.9)}},
    {"saturation_down", {step(INGOT_SATURATION, -0.6)}},
    {"saturation_up", {step(INGOT_SATURATION, 0.7)}},
};

}  // namespace

TEST_CASE("augmented images are Keras's") {
  const auto golden = read_golden();
  std::size_t compared = 0;
  for (const auto& [name, want] : golden) {
    const std::size_t at = name.find('@');
    if (at == std::string::npos) continue;
    INFO(name);
    const auto& found = cases.at(name.substr(0, at));
    const AugmentationPlan plan{found, 0, 255};
    std::vector<float> image = golden.at("image_" + name.substr(at + 1));
    const ImageExtents extents{height, width, static_cast<std::uint32_t>(image.size() / (height * width))};
    ImageAugmenter(plan, extents).apply(std::span(image), {});
    double worst = 0;
    for (std::size_t i = 0; i < image.size(); ++i) worst = std::max(worst, std::fabs(double{image[i]} - want[i]));
    CHECK(worst < 2e-3);  // of 255, in float
    ++compared;
  }
  CHECK(compared == 2 * (cases.size() - 4) + 4);
}

TEST_CASE("bytes are the floats, rounded once") {
  const auto golden = read_golden();
  for (const auto& [name, steps] : cases) {
    INFO(name);
    const AugmentationPlan plan{steps, 0, 255};
    const ImageExtents extents{height, width, 3};
    std::vector<std::uint8_t> bytes;
    for (const float x : golden.at("image_colour")) bytes.push_back(static_cast<std::uint8_t>(x));
    std::vector<float> image(bytes.begin(), bytes.end());
    ImageAugmenter augmenter(plan, extents);
    augmenter.apply(std::span(bytes), {});
    augmenter.apply(std::span(image), {});
    for (std::size_t i = 0; i < image.size(); ++i) REQUIRE(std::fabs(image[i] - static_cast<float>(bytes[i])) <= 0.5F);
  }
}

TEST_CASE("rectangles cover the pixels that Keras's do") {
  const std::vector<float> rows = read_golden().at("rectangles");
  REQUIRE(rows.size() == 40 * 9);
  for (std::size_t i = 0; i < rows.size(); i += 9) {
    const Rectangle r = rectangle(rows[i], rows[i + 1], rows[i + 2], rows[i + 3], {height, width, 1});
    REQUIRE(r.area() == static_cast<std::uint64_t>(rows[i + 8]));
    if (r.area() == 0) continue;
    CHECK(r.y0 == static_cast<std::uint32_t>(rows[i + 4]));
    CHECK(r.y1 == static_cast<std::uint32_t>(rows[i + 5]));
    CHECK(r.x0 == static_cast<std::uint32_t>(rows[i + 6]));
    CHECK(r.x1 == static_cast<std::uint32_t>(rows[i + 7]));
  }
}
