// The augmentations of a recipe as numbers, and what they do to one image. Their meaning is that of Keras's layers but for what
// runtime/README.md lists.
//
// Every draw is a pure function of (seed, epoch, row, position in the recipe), so the number of threads, the batch and a resumed run
// change nothing. An image is calculated in float from end to end; rows of bytes are rounded once, at the end.
#pragma once
#include <ingot/runtime/model/point.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace ingot::runtime {

/// Uniform on low .. high.
struct DrawRange {
  double low = 0, high = 0;
};

struct Augmentation {
  std::uint32_t kind = INGOT_FLIP;          ///< ingot_augment_kind
  std::uint32_t fill = INGOT_FILL_REFLECT;  ///< ingot_fill_kind: what lies outside of the image
  float fill_value = 0;                     ///< with INGOT_FILL_CONSTANT
  std::uint32_t flip = INGOT_FLIP_HORIZONTAL;
  DrawRange ranges[2]{};  ///< of the kinds with factors; one given for two axes stands for both
  bool one_draw = false;  ///< zoom: the second axis follows the first
  double numbers[3]{};    ///< crop, erasing, noise: their numbers in the order of the declaration
};

struct AugmentationPlan {
  std::vector<Augmentation> steps;
  double pixel_low = 0, pixel_high = 255;  ///< what brightness, contrast, colours and noise are clipped to
};
/// As the recipe declares them at this point.
AugmentationPlan declared_augmentations(const Point& point);

struct ImageExtents {
  std::uint32_t height = 0, width = 0, channels = 1;
  [[nodiscard]] std::size_t pixels() const { return std::size_t{height} * width; }
  [[nodiscard]] std::size_t values() const { return pixels() * channels; }
};

/// Which image is augmented when: what its draws depend on.
struct DrawPosition {
  std::uint64_t seed = 0, epoch = 0;
  std::uint32_t row = 0;
};

/// Augments images of one size; one per thread, since it keeps memory for them.
class ImageAugmenter {
 public:
  /// `plan` must outlive it.
  ImageAugmenter(const AugmentationPlan& plan, const ImageExtents& extents);

  /// In place: row-major [height, width, channels].
  void apply(std::span<std::uint8_t> image, const DrawPosition& position);
  void apply(std::span<float> image, const DrawPosition& position);

 private:
  void run(const DrawPosition& position);
  std::size_t move(std::size_t first, const DrawPosition& position);
  void change(const Augmentation& step, std::uint32_t number, const DrawPosition& position);

  const AugmentationPlan* plan_;
  ImageExtents extents_;
  std::vector<float> image_, padded_;
};

}  // namespace ingot::runtime
