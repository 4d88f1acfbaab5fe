// How a matrix lies in memory: in panels. A matrix [R, C] is stored as [ceil(C / width)][rows][width], so that a row of a
// panel is one or two vectors and neighbouring rows are neighbours in memory: no power-of-two strides, no repacking between
// layers. Columns (C = 1) are plain arrays. Parameters, optimizer state and activations all use this form.
//
// A dense target (a device) has one panel that is as wide as the matrix: the canonical form, plain rows.
//
// `rows` is the allocated row count: a register tile may run over the valid rows; what it writes there nobody reads.
#pragma once
#include "ir/graph.hpp"
#include "schedule/target.hpp"

namespace ingot::codegen {

struct Layout {
  DType dtype = DType::f32;
  bool batched = false;
  std::int64_t valid_rows = 1;  ///< per sample when batched
  std::int64_t cols = 1;
  std::int64_t rows = 1;   ///< allocated, for the full batch
  std::int64_t width = 1;  ///< of a panel: 1, one vector or two
  std::int64_t lanes = 1;  ///< of a vector: 1 for columns
  [[nodiscard]] std::int64_t panels() const { return (cols + width - 1) / width; }
  [[nodiscard]] std::int64_t vectors() const { return width / lanes; }
  [[nodiscard]] std::int64_t panel_stride() const { return rows * width; }  ///< elements
  [[nodiscard]] std::int64_t elements() const { return panels() * panel_stride(); }
  [[nodiscard]] std::int64_t bytes() const { return elements() * static_cast<std::int64_t>(dtype_size(dtype)); }
  bool operator==(const Layout&) const = default;
};

/// The most rows a register tile has; batched matrices are allocated that many rows longer.
inline constexpr std::int64_t max_row_tile = 16;

/// The layout of a value of type `type` in a program for `batch` samples. Booleans have none.
[[nodiscard]] Layout make_layout(const Type& type, std::int64_t batch, const Target& target);

}  // namespace ingot::codegen
