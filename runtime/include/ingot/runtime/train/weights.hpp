// Weights as safetensors: parameters and statistics by name, canonical [in, out], row-major, in the program's dtype.
#pragma once
#include <ingot/runtime/data/safetensors.hpp>
#include <ingot/runtime/model/instance.hpp>

#include <filesystem>

namespace ingot::runtime {

/// Writes atomically; `metadata` entries ("units" -> "512") go into the file's header.
void save_weights(const std::filesystem::path& path, const Instance& instance);

/// The tensors of a weights file, or of a checkpoint (checkpoint.hpp) without the optimizer's; metadata: the values of hyper-parameters.
/// Throws UserError.
[[nodiscard]] Safetensors read_weights(const std::filesystem::path& path);

/// From what read_weights reads. Every parameter must be there with its shape and a float dtype; statistics may be missing only if the file
/// has none. Names that the model does not know are an error. Throws UserError that names the tensor and both shapes.
void load_weights(const std::filesystem::path& path, Instance& instance);

/// Copies parameters and statistics between two instances of one point (also between f32 and f64).
void copy_weights(const Instance& from, Instance& to);

}  // namespace ingot::runtime
