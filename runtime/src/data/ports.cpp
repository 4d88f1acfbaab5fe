#include <ingot/runtime/data/ports.hpp>

#include <fmt/format.h>

namespace ingot::runtime {
namespace {

Port port_of(const ingot_tensor& tensor, std::uint32_t classes) {
  return {tensor.name, tensor.dtype, {tensor.dims, tensor.dims + tensor.rank}, classes};
}

}  // namespace

ModelPorts model_ports(const ingot_model& model) {
  ModelPorts ports;
  ports.model = model.name;
  for (std::uint32_t i = 0; i < model.n_inputs; ++i) ports.inputs.push_back(port_of(model.inputs[i], 0));
  ports.sample_weights = model.recipe.sample_weights != 0;
  for (std::uint32_t i = 0; i + (ports.sample_weights ? 1 : 0) < model.n_targets; ++i)
    ports.targets.push_back(port_of(model.targets[i], i < model.n_outputs ? model.classes[i] : 0));
  return ports;
}

std::uint64_t port_elements(const Port& port) {
  std::uint64_t elements = 1;
  for (const std::uint32_t extent : port.dims) elements *= extent;
  return elements;
}

std::string dims_text(const std::vector<std::uint32_t>& dims) { return fmt::format("({})", fmt::join(dims, ", ")); }

}  // namespace ingot::runtime
