// Random numbers of augmentation and mixing.
#pragma once
#include <ingot/runtime/augment/augmentation.hpp>
#include <ingot/runtime/data/random.hpp>

namespace ingot::runtime {

/// Draws of one step of one image, one after the other.
class Draws {
 public:
  /// `step`: position in the recipe, below 2^16.
  Draws(const DrawPosition& position, std::uint32_t step) : position_(position), step_(step) {}

  /// On [0, 1).
  double unit() {
    if (at_ == 2) refill();
    const std::size_t i = 2 * at_++;
    return unit_interval(words_[i], words_[i + 1]);
  }
  double uniform(const DrawRange& range) { return range.low + (range.high - range.low) * unit(); }
  /// Four words that no other draw uses: `block` below 2^32.
  [[nodiscard]] PhiloxWords words(std::uint32_t block) const {
    return philox({position_.row, static_cast<std::uint32_t>(position_.epoch), block,
                   static_cast<std::uint32_t>(RandomPurpose::augment) ^ (step_ << 8)},
                  position_.seed);
  }

 private:
  void refill() {
    words_ = words(block_++);
    at_ = 0;
  }

  DrawPosition position_;
  std::uint32_t step_, block_ = 0;
  std::size_t at_ = 2;
  PhiloxWords words_{};
};

}  // namespace ingot::runtime
