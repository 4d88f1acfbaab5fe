// Rows of a table that are made when they are asked for, because all of them together do not fit into memory: images, decoded from their
// files. Tables (dataset.hpp) refer to one; batches of such tables are staged (batch_source.hpp).
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace ingot::runtime {

class RowSource {
 public:
  virtual ~RowSource() = default;
  /// Writes row rows[i] to `to` + i * (bytes of a row), in the dtype of the table. What is written depends on the row number only; threads
  /// of the source's own may share the work. Several callers at once are fine. Throws UserError when a row cannot be made any more.
  virtual void read(std::span<const std::uint32_t> rows, std::byte* to) const = 0;
  /// Rows per call that keep all threads of the source busy.
  [[nodiscard]] virtual std::uint64_t rows_at_once() const { return 1; }
};

}  // namespace ingot::runtime
