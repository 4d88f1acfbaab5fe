// What training does to rows between the data set and the step: augmentation and mixing, on the thread that prepares batches.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace ingot::runtime {

/// Whole batches of one epoch, one behind the other, copied from the tables: row i of each table is `rows[i]` of the data set.
struct StagedRows {
  std::uint64_t epoch = 0, first_batch = 0;
  std::uint32_t batch = 0;  ///< rows of each batch but the last
  std::span<const std::uint32_t> rows;
  std::span<std::byte* const> inputs, targets;  ///< per table, dense rows
};

class BatchTransform {
 public:
  virtual ~BatchTransform() = default;
  /// Changes the staged rows. What comes out depends on them and their position only. One caller at a time.
  virtual void apply(const StagedRows& staged) = 0;
};

}  // namespace ingot::runtime
