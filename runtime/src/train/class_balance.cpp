#include "class_balance.hpp"

#include <ingot/runtime/data/class_weights.hpp>

#include <string>

namespace ingot::runtime {

void balance_classes(Instance& instance, const Dataset& data) {
  const ingot_model& model = instance.point().model();
  if (model.recipe.balanced_class_weights == 0) return;
  const auto weights = instance.find_state(std::string(model.outputs[0].name) + ".class_weight");
  if (!weights) return;
  const auto classes = static_cast<std::uint32_t>(instance.states()[*weights].tensor.elements);
  instance.set_doubles(*weights, balanced_class_weights(data.targets[0], classes));
}

}  // namespace ingot::runtime
