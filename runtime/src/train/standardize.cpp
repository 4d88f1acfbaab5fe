#include "standardize.hpp"

#include <ingot/runtime/data/split.hpp>

#include <string>

namespace ingot::runtime {

void standardize_inputs(Instance& instance, const Dataset& data) {
  const ingot_model& model = instance.point().model();
  if (model.recipe.standardize == 0) return;
  for (std::uint32_t i = 0; i < model.n_inputs; ++i) {
    const std::string name = model.inputs[i].name;
    const auto mean = instance.find_state(name + ".mean"), scale = instance.find_state(name + ".scale");
    if (!mean || !scale) continue;
    const Standardization measured = measure_standardization(data.inputs[i], instance.states()[*mean].tensor.elements);
    instance.set_doubles(*mean, measured.mean);
    instance.set_doubles(*scale, measured.scale);
  }
}

}  // namespace ingot::runtime
