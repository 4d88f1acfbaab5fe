#include <ingot/runtime/prune/pruner.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace ingot::runtime {

Pruner::Pruner(Instance& instance, const PrunePattern& pattern) : instance_(&instance), pattern_(pattern) {
  const std::span<const ingot_state> states = instance.states();
  for (std::uint32_t i = 0; i < states.size(); ++i) {
    if (states[i].role != INGOT_SLOT || !std::string_view(states[i].tensor.name).ends_with("/mask")) continue;
    Tensor tensor{static_cast<std::uint32_t>(states[i].parameter), i, {}};
    for (std::uint32_t s = 0; s < states.size(); ++s)
      if (s != i && states[s].role == INGOT_SLOT && states[s].parameter == states[i].parameter) tensor.slots.push_back(s);
    tensors_.push_back(std::move(tensor));
  }
}

void Pruner::choose(double share) {
  std::vector<std::vector<double>> values;
  std::vector<WeightMatrix> matrices;
  for (const Tensor& tensor : tensors_) values.push_back(instance_->get_doubles(tensor.weight));
  for (std::size_t t = 0; t < tensors_.size(); ++t) {
    const ingot_tensor& weight = instance_->states()[tensors_[t].weight].tensor;
    const std::uint64_t cols = weight.dims[weight.rank - 1];
    matrices.push_back({weight.elements / cols, cols, values[t]});
  }
  const std::vector<Mask> masks = choose_masks(matrices, pattern_, share);
  for (std::size_t t = 0; t < tensors_.size(); ++t) apply(tensors_[t], masks[t]);
}

void Pruner::apply(const Tensor& tensor, const Mask& mask) {
  instance_->set_doubles(tensor.mask, std::vector<double>(mask.begin(), mask.end()));
  const auto zero_pruned = [&](std::uint32_t state) {
    std::vector<double> values = instance_->get_doubles(state);
    for (std::size_t k = 0; k < values.size(); ++k)
      if (mask[k] == 0) values[k] = 0;
    instance_->set_doubles(state, values);
  };
  zero_pruned(tensor.weight);
  for (const std::uint32_t slot : tensor.slots) zero_pruned(slot);
}

NamedValues Pruner::sparsities() const {
  NamedValues result = {{"sparsity", 0}};
  std::ptrdiff_t zeros = 0;
  std::size_t all = 0;
  for (const Tensor& tensor : tensors_) {
    const std::vector<double> mask = instance_->get_doubles(tensor.mask);
    const auto here = std::ranges::count(mask, 0.0);
    zeros += here;
    all += mask.size();
    result.emplace_back(std::string("sparsity.") + instance_->states()[tensor.weight].tensor.name,
                        static_cast<double>(here) / static_cast<double>(mask.size()));
  }
  if (all > 0) result.front().second = static_cast<double>(zeros) / static_cast<double>(all);
  return result;
}

}  // namespace ingot::runtime
