// Weights as safetensors: parameters and statistics by name, canonical [in, out], row-major, in the program's dtype.
#pragma once
#include <ingot/runtime/data/safetensors.hpp>
#include <ingot/runtime/model/instance.hpp>

#include <filesystem>

namespace ingot::runtime {

/// sparse: tensors that are smaller so lie in the form of prune/sparse_tensor.hpp.
enum class WeightForm { dense, sparse };

/// Writes atomically; the point ("units" -> "512") and widths of layers ("width.hidden" -> "96") go into the file's header.
void save_weights(const std::filesystem::path& path, const Instance& instance, WeightForm form = WeightForm::dense);

/// The tensors of a weights file, or of a checkpoint (checkpoint.hpp) without the optimizer's; metadata: the values of hyper-parameters.
/// Throws UserError.
[[nodiscard]] Safetensors read_weights(const std::filesystem::path& path);

/// From what read_weights reads. Every parameter must be there with its shape and a float dtype; statistics may be missing only if the file
/// has none. Tensors may lie in either form. Names that the model does not know are an error. Throws UserError that names the tensor and
/// both shapes.
void load_weights(const std::filesystem::path& path, Instance& instance);

/// The program that a file is for: blocks that its sparse tensors let it skip, widths of layers that lost filters. Throws UserError.
[[nodiscard]] ProgramVariant weights_variant(const std::filesystem::path& path);

/// The weights of a program with fewer filters from the declared one's; `smaller` was asked for with the filters that are kept.
void take_selected(const Instance& declared, Instance& smaller);

/// Copies parameters and statistics between two instances of one point (also between f32 and f64), and the scale of the loss between two
/// that have one.
void copy_weights(const Instance& from, Instance& to);

}  // namespace ingot::runtime
