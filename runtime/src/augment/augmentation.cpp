#include <ingot/runtime/augment/augmentation.hpp>

#include "augment/affine.hpp"
#include "augment/colour.hpp"
#include "augment/draws.hpp"

#include <algorithm>
#include <cmath>

namespace ingot::runtime {
namespace {

DrawRange range_of(const Point& point, const ingot_augmentation& a, std::uint32_t k) {
  const double high = point.value(a.value[std::size_t{2} * k + 1]);
  const double low = (a.mirrored >> k & 1) != 0 ? -high : point.value(a.value[std::size_t{2} * k]);
  return {std::min(low, high), std::max(low, high)};
}

bool moves(std::uint32_t kind) {
  return kind == INGOT_FLIP || kind == INGOT_ROTATION || kind == INGOT_ZOOM || kind == INGOT_TRANSLATION || kind == INGOT_SHEAR;
}

Affine draw_movement(const Augmentation& step, Draws draws, const ImageExtents& extents) {
  if (step.kind == INGOT_FLIP) {
    if (draws.unit() > 0.5) return {};
    return mirror(step.flip != INGOT_FLIP_VERTICAL, step.flip != INGOT_FLIP_HORIZONTAL, extents);
  }
  const double first = draws.uniform(step.ranges[0]);
  if (step.kind == INGOT_ROTATION) return rotation(first, extents);
  const double second = step.one_draw ? first : draws.uniform(step.ranges[1]);
  if (step.kind == INGOT_ZOOM) return zoom(1 + first, 1 + second, extents);
  return step.kind == INGOT_TRANSLATION ? translation(first, second, extents) : shear(first, second, extents);
}

std::int64_t draw_offset(Draws& draws, double padding) {
  return static_cast<std::int64_t>(std::floor(draws.unit() * (2 * padding + 1))) - static_cast<std::int64_t>(padding);
}

void draw_erasing(const Augmentation& step, Draws draws, const ImageExtents& extents, std::span<float> image) {
  if (draws.unit() >= step.numbers[0]) return;
  const DrawRange share{step.numbers[1], step.numbers[2]};
  const double width = std::sqrt(draws.uniform(share)), height = std::sqrt(draws.uniform(share));
  const double down = draws.unit(), right = draws.unit();
  erase(image, extents, rectangle(height, width, down, right, extents));
}

}  // namespace

AugmentationPlan declared_augmentations(const Point& point) {
  const ingot_craft& craft = point.model().recipe.craft;
  AugmentationPlan plan;
  plan.pixel_low = point.value(craft.pixel_low);
  plan.pixel_high = std::max(plan.pixel_low, point.value(craft.pixel_high));
  for (std::uint32_t k = 0; k < craft.n_augmentations; ++k) {
    const ingot_augmentation& a = craft.augmentations[k];
    Augmentation step;
    step.kind = a.kind;
    step.fill = a.fill;
    step.flip = a.flip;
    step.fill_value = static_cast<float>(point.value(a.fill_value));
    for (std::uint32_t r = 0; r < 2; ++r)
      if (a.ranges > 0) step.ranges[r] = range_of(point, a, std::min(r, a.ranges - 1));
    step.one_draw = a.kind == INGOT_ZOOM && a.ranges == 1;
    for (std::uint32_t i = 0; i < 3; ++i) step.numbers[i] = point.value(a.value[i]);
    plan.steps.push_back(step);
  }
  return plan;
}

ImageAugmenter::ImageAugmenter(const AugmentationPlan& plan, const ImageExtents& extents)
    : plan_(&plan), extents_(extents), image_(extents.values()) {}

void ImageAugmenter::apply(std::span<std::uint8_t> image, const DrawPosition& position) {
  std::ranges::copy(image, image_.begin());
  run(position);
  // Not a cast of the clipped value alone: it rounds down.
  for (std::size_t i = 0; i < image.size(); ++i) image[i] = static_cast<std::uint8_t>(std::min(std::max(image_[i], 0.0F), 255.0F) + 0.5F);
}

void ImageAugmenter::apply(std::span<float> image, const DrawPosition& position) {
  std::ranges::copy(image, image_.begin());
  run(position);
  std::ranges::copy(image_, image.begin());
}

void ImageAugmenter::run(const DrawPosition& position) {
  for (std::size_t k = 0; k < plan_->steps.size();) {
    if (moves(plan_->steps[k].kind)) {
      k = move(k, position);
    } else {
      change(plan_->steps[k], static_cast<std::uint32_t>(k), position);
      ++k;
    }
  }
}

// Movements that follow each other with the same outside are one map and one sampling: less blur and less work than one after the other.
// A flip leaves nothing outside, so it goes with any.
std::size_t ImageAugmenter::move(std::size_t first, const DrawPosition& position) {
  const Augmentation* outside = nullptr;
  Affine map;
  std::size_t k = first;
  for (; k < plan_->steps.size() && moves(plan_->steps[k].kind); ++k) {
    const Augmentation& step = plan_->steps[k];
    if (step.kind != INGOT_FLIP) {
      if (outside != nullptr && (outside->fill != step.fill || outside->fill_value != step.fill_value)) break;
      outside = &step;
    }
    map = draw_movement(step, Draws(position, static_cast<std::uint32_t>(k)), extents_).after(map);
  }
  const Outside beyond = outside != nullptr ? Outside{outside->fill, outside->fill_value} : Outside{INGOT_FILL_NEAREST, 0};
  resample(image_, extents_, map, beyond, padded_);
  return k;
}

void ImageAugmenter::change(const Augmentation& step, std::uint32_t number, const DrawPosition& position) {
  Draws draws(position, number);
  const PixelRange range{static_cast<float>(plan_->pixel_low), static_cast<float>(plan_->pixel_high)};
  switch (step.kind) {
    case INGOT_CROP: {
      const std::int64_t down = draw_offset(draws, step.numbers[0]), right = draw_offset(draws, step.numbers[0]);
      return shift(image_, extents_, down, right);
    }
    case INGOT_BRIGHTNESS:
      return brighten(image_, static_cast<float>(draws.uniform(step.ranges[0])) * range.width(), range);
    case INGOT_CONTRAST:
      return change_contrast(image_, extents_.channels, static_cast<float>(1 + draws.uniform(step.ranges[0])), range);
    case INGOT_HUE:
      return turn_hue(image_, static_cast<float>(draws.uniform(step.ranges[0]) / 2), range);
    case INGOT_SATURATION:
      return change_saturation(image_, static_cast<float>(std::max(0.0, 1 + draws.uniform(step.ranges[0]))), range);
    case INGOT_ERASING:
      return draw_erasing(step, draws, extents_, image_);
    case INGOT_NOISE:
      return add_noise(image_, static_cast<float>(step.numbers[0]) * range.width(), range, draws);
    default:
      return;
  }
}

}  // namespace ingot::runtime
