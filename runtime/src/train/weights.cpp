#include <ingot/runtime/train/weights.hpp>

#include <fmt/format.h>
#include <ingot/runtime/data/array.hpp>
#include <ingot/runtime/data/dataset.hpp>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/data/safetensors.hpp>
#include <ingot/runtime/prune/sparse_tensor.hpp>
#include <ingot/runtime/train/checkpoint.hpp>

#include <algorithm>
#include <charconv>
#include <deque>
#include <sstream>

namespace ingot::runtime {
namespace {

const std::string width_key = "width.";

bool is_weight(const ingot_state& state) { return state.role != INGOT_SLOT; }

std::vector<std::uint64_t> shape_of(const ingot_tensor& tensor) { return {tensor.dims, tensor.dims + tensor.rank}; }

void refuse_unknown(const Safetensors& file, const std::vector<SparseTensor>& sparse, const Instance& instance) {
  const auto check = [&](const std::string& name) {
    const auto i = instance.find_state(name);
    if (i && is_weight(instance.states()[*i])) return;
    const std::string point = instance.point().describe();
    throw UserError(fmt::format("{} holds tensor {}, which {}{}{} does not have: load weights of the same structure", file.file, name,
                                instance.point().model().name, point.empty() ? "" : " at ", point));
  };
  for (const TensorView& tensor : file.tensors)
    if (!is_part(sparse, tensor.name)) check(tensor.name);
  for (const SparseTensor& tensor : sparse) check(tensor.mask.name);
}

/// A tensor of a file in either form, whose shape is the model's.
struct Found {
  std::uint32_t state;
  const TensorView* dense = nullptr;
  const SparseTensor* sparse = nullptr;
};

Found find_tensor(const Safetensors& file, const std::vector<SparseTensor>& sparse, std::uint32_t state, const ingot_tensor& own) {
  const auto packed = std::ranges::find_if(sparse, [&](const SparseTensor& t) { return t.mask.name == own.name; });
  if (packed == sparse.end()) return {state, &file.get(own.name, shape_of(own)), nullptr};
  if (packed->shape != shape_of(own))
    throw UserError(fmt::format("{}: tensor '{}' has shape {}, the model wants {}", file.file, own.name, shape_text(packed->shape),
                                shape_text(shape_of(own))));
  return {state, nullptr, &*packed};
}

/// What loss scaling keeps: loss_scale, loss_scale.good, loss_scale.skipped.
bool scales_the_loss(const NamedBlock& block) {
  return block.dims.empty() && (block.name == INGOT_LOSS_SCALE || block.name.starts_with(INGOT_LOSS_SCALE "."));
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
    if (!scales_the_loss(block) && !belongs_to_another(block, checkpoint->states))
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

void save_weights(const std::filesystem::path& path, const Instance& instance, WeightForm form) {
  std::vector<TensorView> tensors;
  std::vector<std::vector<std::byte>> memory;
  std::deque<PackedTensor> packed;
  Metadata metadata = {{"model", instance.point().model().name}};
  for (const auto& [name, value] : instance.point().named()) metadata[name] = value;
  for (const LayerWidth& width : instance.program().variant.widths) metadata[width_key + width.layer] = std::to_string(width.size);
  for (std::uint32_t i = 0; i < instance.states().size(); ++i) {
    const ingot_state& state = instance.states()[i];
    if (!is_weight(state)) continue;
    memory.emplace_back(state.tensor.elements * dtype_bytes(state.tensor.dtype));
    instance.get(i, memory.back().data());
    const TensorView dense{state.tensor.name, state.tensor.dtype, shape_of(state.tensor), memory.back().data()};
    auto small = form == WeightForm::sparse ? pack_sparse(dense) : std::nullopt;
    if (!small) {
      tensors.push_back(dense);
      continue;
    }
    packed.push_back(std::move(*small));
    std::ranges::copy(packed_parts(packed.back(), dense, metadata), std::back_inserter(tensors));
  }
  write_safetensors(path, tensors, metadata);
}

void load_weights(const std::filesystem::path& path, Instance& instance) {
  const Safetensors file = read_weights(path);
  const std::vector<SparseTensor> sparse = sparse_tensors(file);
  refuse_unknown(file, sparse, instance);
  // All shapes are checked before the first tensor changes: a file that does not fit leaves the weights as they were.
  std::vector<Found> found;
  for (std::uint32_t i = 0; i < instance.states().size(); ++i) {
    const ingot_state& state = instance.states()[i];
    if (!is_weight(state) || (state.role == INGOT_STATISTIC && file.find(state.tensor.name) == nullptr)) continue;
    found.push_back(find_tensor(file, sparse, i, state.tensor));
  }
  std::vector<std::byte> canonical;
  for (const Found& tensor : found) {
    const ingot_tensor& own = instance.states()[tensor.state].tensor;
    canonical.resize(own.elements * dtype_bytes(own.dtype));
    if (tensor.dense != nullptr)
      copy_tensor(*tensor.dense, own.dtype, canonical.data());
    else
      expand(*tensor.sparse, own.dtype, canonical.data());
    instance.set(tensor.state, canonical.data());
  }
}

ProgramVariant weights_variant(const std::filesystem::path& path) {
  const Safetensors file = read_weights(path);
  ProgramVariant variant;
  for (const SparseTensor& tensor : sparse_tensors(file)) variant.block_masks.push_back(tensor.mask);
  for (const auto& [key, text] : file.metadata) {
    if (!key.starts_with(width_key)) continue;
    std::uint32_t size = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
    if (error != std::errc() || end != text.data() + text.size() || size == 0)
      throw UserError(fmt::format("{}: {} is '{}', want a number of outputs", file.file, key, text));
    variant.widths.push_back({key.substr(width_key.size()), size});
  }
  return variant;
}

void take_selected(const Instance& declared, Instance& smaller) {
  for (std::uint32_t i = 0; i < smaller.states().size(); ++i) {
    const ingot_selection& chosen = smaller.program().selections[i];
    const auto from = declared.find_state(smaller.states()[i].tensor.name);
    if (!from || !is_weight(smaller.states()[i])) continue;
    const std::vector<double> all = declared.get_doubles(*from);
    std::vector<double> left;
    for (std::uint64_t r = 0; r < chosen.n_rows; ++r)
      for (std::uint64_t c = 0; c < chosen.n_cols; ++c) left.push_back(all[chosen.rows[r] * chosen.declared_cols + chosen.cols[c]]);
    smaller.set_doubles(i, left);
  }
}

void copy_weights(const Instance& from, Instance& to) {
  for (std::uint32_t i = 0; i < from.states().size(); ++i) {
    const ingot_state& state = from.states()[i];
    const bool scale = state.tensor.name == std::string_view(INGOT_LOSS_SCALE);
    if (!is_weight(state) && !scale) continue;
    const auto there = to.find_state(state.tensor.name);
    if (!there && scale) continue;  // float64
    if (!there) throw std::logic_error(fmt::format("programs of one point differ in state {}", state.tensor.name));
    to.set_doubles(*there, from.get_doubles(i));
  }
}

}  // namespace ingot::runtime
