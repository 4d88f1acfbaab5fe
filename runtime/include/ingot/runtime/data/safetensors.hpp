// Weights as safetensors files: 8 bytes header length (little-endian), a JSON header, the tensors.
//
// Read strictly: header length, JSON, names, dtypes (F32, F64, U8), shapes, offsets (no gap, no overlap, no bytes left over); any
// difference throws UserError with file and, where it means something, offset or tensor. Written atomically, tensors in the order given,
// the header padded with blanks so that data starts at a multiple of 64.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::runtime {

struct TensorView {
  std::string name;                  ///< "hidden.kernel"
  std::uint32_t dtype = 0;           ///< INGOT_F32, INGOT_F64 or INGOT_U8
  std::vector<std::uint64_t> shape;  ///< empty: a scalar
  const void* data = nullptr;        ///< dense, row-major

  [[nodiscard]] std::uint64_t elements() const;
};

using Metadata = std::map<std::string, std::string>;

void write_safetensors(const std::filesystem::path& path, std::span<const TensorView> tensors, const Metadata& metadata = {});

/// The content of a file; views stay valid while it or a copy lives.
struct Safetensors {
  std::string file;
  std::vector<TensorView> tensors;  ///< in the order of their data
  Metadata metadata;
  std::shared_ptr<const void> memory;

  [[nodiscard]] const TensorView* find(std::string_view name) const;
  /// Throws UserError that names the file and the tensor when it is missing, has another shape or holds bytes.
  [[nodiscard]] const TensorView& get(std::string_view name, std::span<const std::uint64_t> shape) const;
};
Safetensors read_safetensors(const std::filesystem::path& path);

/// All elements as `dtype` (INGOT_F32 or INGOT_F64) into `out`; f64 to f32 rounds to nearest.
void copy_tensor(const TensorView& tensor, std::uint32_t dtype, void* out);

}  // namespace ingot::runtime
