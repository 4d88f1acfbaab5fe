// The moving average of the weights that a recipe with `ema` keeps: slots named "NAME/average", one for each parameter NAME.
#pragma once
#include <ingot/runtime/model/instance.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace ingot::runtime {

class WeightAverage {
 public:
  /// Finds the averages of `instance`, which must outlive this object.
  explicit WeightAverage(Instance& instance);
  /// After `updates` updates of training: whether the declaration wants the averages in the place of the weights now.
  [[nodiscard]] bool due(std::uint64_t updates) const noexcept { return every_ > 0 && updates > 0 && updates % every_ == 0; }
  /// Puts the averages in the place of the weights; does nothing where there are none.
  void use();

 private:
  Instance* instance_;
  std::uint32_t every_ = 0;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> tensors_;  // average, weight
  std::vector<std::byte> canonical_;                              // room for the largest
};

}  // namespace ingot::runtime
