#include "weight_average.hpp"

#include <ingot/runtime/data/dataset.hpp>

#include <algorithm>
#include <string_view>

namespace ingot::runtime {

WeightAverage::WeightAverage(Instance& instance) : instance_(&instance), every_(instance.point().model().recipe.average_every) {
  for (std::uint32_t i = 0; i < instance.states().size(); ++i) {
    const ingot_state& state = instance.states()[i];
    if (state.role != INGOT_SLOT || !std::string_view(state.tensor.name).ends_with("/average")) continue;
    tensors_.emplace_back(i, static_cast<std::uint32_t>(state.parameter));
    canonical_.resize(std::max<std::size_t>(canonical_.size(), state.tensor.elements * dtype_bytes(state.tensor.dtype)));
  }
}

void WeightAverage::use() {
  for (const auto& [average, weight] : tensors_) {
    instance_->get(average, canonical_.data());
    instance_->set(weight, canonical_.data());
  }
}

}  // namespace ingot::runtime
