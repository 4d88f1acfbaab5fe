#include <fmt/format.h>
#include <ingot/runtime/data/dataset.hpp>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/train/checkpoint.hpp>
#include <ingot/runtime/train/weights.hpp>

#include <algorithm>
#include <sstream>

namespace ingot::runtime {
namespace {

bool is_weight(const ingot_state& state) { return state.role != INGOT_SLOT; }

std::vector<std::uint64_t> shape_of(const ingot_tensor& tensor) { return {tensor.dims, tensor.dims + tensor.rank}; }

void refuse_unknown(const Safetensors& file, const Instance& instance) {
  for (const TensorView& tensor : file.tensors) {
    const auto i = instance.find_state(tensor.name);
    if (i && is_weight(instance.states()[*i])) continue;
    throw UserError(fmt::format("{} holds tensor {}, which {} at {} does not have: load weights of the same structure", file.file,
                                tensor.name, instance.point().model().name, instance.point().describe()));
  }
}

/// What an optimizer keeps of a tensor is named NAME/what.
bool belongs_to_another(const NamedBlock& block, const std::vector<NamedBlock>& all) {
  return std::any_of(all.begin(), all.end(), [&](const NamedBlock& other) {
    return block.name.size() > other.name.size() && block.name.starts_with(other.name) && block.name[other.name.size()] == '/';
  });
}

Safetensors checkpoint_weights(const std::filesystem::path& path) {
  const auto checkpoint = std::make_shared<const Checkpoint>(read_checkpoint(path));
  Safetensors weights;
  weights.file = path.string();
  weights.memory = checkpoint;
  for (const NamedBlock& block : checkpoint->states)
    if (!belongs_to_another(block, checkpoint->states))
      weights.tensors.push_back({block.name, block.dtype, {block.dims.begin(), block.dims.end()}, block.data.data()});
  std::istringstream point(checkpoint->point);
  for (std::string setting; point >> setting;)
    if (const auto equals = setting.find('='); equals != std::string::npos)
      weights.metadata[setting.substr(0, equals)] = setting.substr(equals + 1);
  return weights;
}

}  // namespace

Safetensors read_weights(const std::filesystem::path& path) {
  return is_checkpoint(path) ? checkpoint_weights(path) : read_safetensors(path);
}

void save_weights(const std::filesystem::path& path, const Instance& instance) {
  std::vector<TensorView> tensors;
  std::vector<std::vector<std::byte>> memory;
  for (std::uint32_t i = 0; i < instance.states().size(); ++i) {
    const ingot_state& state = instance.states()[i];
    if (!is_weight(state)) continue;
    memory.emplace_back(state.tensor.elements * dtype_bytes(state.tensor.dtype));
    instance.get(i, memory.back().data());
    tensors.push_back({state.tensor.name, state.tensor.dtype, shape_of(state.tensor), memory.back().data()});
  }
  Metadata metadata = {{"model", instance.point().model().name}};
  for (const auto& [name, value] : instance.point().named()) metadata[name] = value;
  write_safetensors(path, tensors, metadata);
}

void load_weights(const std::filesystem::path& path, Instance& instance) {
  const Safetensors file = read_weights(path);
  refuse_unknown(file, instance);
  // All shapes are checked before the first tensor changes: a file that does not fit leaves the weights as they were.
  std::vector<std::pair<std::uint32_t, const TensorView*>> found;
  for (std::uint32_t i = 0; i < instance.states().size(); ++i) {
    const ingot_state& state = instance.states()[i];
    if (!is_weight(state) || (state.role == INGOT_STATISTIC && file.find(state.tensor.name) == nullptr)) continue;
    found.emplace_back(i, &file.get(state.tensor.name, shape_of(state.tensor)));
  }
  std::vector<std::byte> canonical;
  for (const auto& [i, tensor] : found) {
    const ingot_tensor& own = instance.states()[i].tensor;
    canonical.resize(own.elements * dtype_bytes(own.dtype));
    copy_tensor(*tensor, own.dtype, canonical.data());
    instance.set(i, canonical.data());
  }
}

void copy_weights(const Instance& from, Instance& to) {
  for (std::uint32_t i = 0; i < from.states().size(); ++i) {
    const ingot_state& state = from.states()[i];
    if (!is_weight(state)) continue;
    const auto there = to.find_state(state.tensor.name);
    if (!there) throw std::logic_error(fmt::format("programs of one point differ in state {}", state.tensor.name));
    to.set_doubles(*there, from.get_doubles(i));
  }
}

}  // namespace ingot::runtime
