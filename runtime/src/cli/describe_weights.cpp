#include "cli/describe_weights.hpp"

#include "cli/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace ingot::runtime::cli {
namespace {

double share(const DescribedWeights::Tensor& tensor) {
  return tensor.elements == 0 ? 0 : static_cast<double>(tensor.zeros) / static_cast<double>(tensor.elements);
}

DescribedWeights::Tensor all(const DescribedWeights& weights) {
  DescribedWeights::Tensor sum{"all", "", 0, 0};
  for (const DescribedWeights::Tensor& tensor : weights.tensors) {
    sum.elements += tensor.elements;
    sum.zeros += tensor.zeros;
  }
  return sum;
}

}  // namespace

DescribedWeights describe_weights(const Invocation& call) {
  ProgramSource source(call.model);
  CpuDevice device(1);
  const TrainedModel trained = load_trained(call, source, device);
  DescribedWeights weights{trained.path, {}};
  for (std::uint32_t i = 0; i < trained.instance->states().size(); ++i) {
    const ingot_state& state = trained.instance->states()[i];
    if (state.role != INGOT_PARAMETER && state.role != INGOT_FROZEN) continue;
    const std::vector<double> values = trained.instance->get_doubles(i);
    weights.tensors.push_back({state.tensor.name, fmt::format("[{}]", fmt::join(std::span(state.tensor.dims, state.tensor.rank), ", ")),
                               values.size(), static_cast<std::uint64_t>(std::ranges::count(values, 0.0))});
  }
  return weights;
}

void print_weights(const DescribedWeights& weights) {
  print_line(fmt::format("\n{:<28} {:<16} {:>12} {:>9}", "weights of " + weights.path.string(), "", "zeros", "share"));
  const auto row = [](const DescribedWeights::Tensor& t) {
    print_line(fmt::format("  {:<26} {:<16} {:>12} {:>8.2f} %", t.name, t.shape, grouped(static_cast<double>(t.zeros)), 100 * share(t)));
  };
  std::ranges::for_each(weights.tensors, row);
  row(all(weights));
}

void add_weights(JsonWriter& w, const DescribedWeights& weights) {
  w.add("weights", weights.path.string()).begin_array("sparsity");
  for (const DescribedWeights::Tensor& t : weights.tensors)
    w.begin_object().add("name", t.name).raw("shape", t.shape).add("zeros", t.zeros).add("share", share(t)).end_object();
  w.end_array().add("zeros", share(all(weights)));
}

}  // namespace ingot::runtime::cli
