// Weights with many zeros in safetensors files: of a tensor NAME the blocks that hold anything, and which these are.
//
//   NAME.blocks  F32 or F64 [kept, rows * cols]   the kept blocks in row-major order of their places, each row-major; beyond the edge 0
//   NAME.bitmap  U8 [(blocks + 7) / 8]            a bit for each block, row-major, the lowest bit of a byte first: 1: it is kept
//   metadata     sparse.NAME = "784,512 16,16"    shape of the tensor, extents of a block of it as [all axes but the last, last]
//
// A block of 1 x 1 is a weight. Any reader of safetensors reads such a file; what is no NAME.blocks or NAME.bitmap lies in it as always.
#pragma once
#include <ingot/runtime/data/safetensors.hpp>
#include <ingot/runtime/model/program.hpp>

#include <optional>
#include <vector>

namespace ingot::runtime {

/// A tensor of a file in this form.
struct SparseTensor {
  BlockMask mask;  ///< name, extents of a block, which are kept
  std::vector<std::uint64_t> shape;
  TensorView blocks;  ///< [kept, rows * cols]
};

/// Those of a file; `file` must outlive the views. Throws UserError that names the tensor when a part lacks, or two do not fit.
[[nodiscard]] std::vector<SparseTensor> sparse_tensors(const Safetensors& file);
/// Whether `name` is a part of one of them.
[[nodiscard]] bool is_part(const std::vector<SparseTensor>& tensors, std::string_view name);
/// All elements, zeros included, as `dtype` (INGOT_F32 or INGOT_F64) into `out`.
void expand(const SparseTensor& tensor, std::uint32_t dtype, void* out);

/// A tensor packed, with the memory of its parts.
struct PackedTensor {
  BlockMask mask;
  std::vector<std::byte> blocks;
  std::uint64_t kept = 0;
  [[nodiscard]] std::uint64_t bytes() const { return blocks.size() + mask.bitmap.size(); }
};
/// With blocks of the extents, among 1, 4, 8, 16, 32 and 64 each way, that take the fewest bytes. None: dense is smaller, or one axis.
[[nodiscard]] std::optional<PackedTensor> pack_sparse(const TensorView& tensor);
/// What goes into a file; views of `packed`.
[[nodiscard]] std::vector<TensorView> packed_parts(const PackedTensor& packed, const TensorView& tensor, Metadata& metadata);

}  // namespace ingot::runtime
