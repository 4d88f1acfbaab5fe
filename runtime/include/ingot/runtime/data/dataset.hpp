// Data sets: typed tables of rows, one for each input and target of a model.
//
// Row r of every table belongs together. Tables are immutable and share their memory (owned or mapped) or the source that makes their
// rows, so slices and copies of a Dataset cost nothing. Inputs are INGOT_U8 or INGOT_F32; targets are INGOT_I32 (rank 0, class numbers from
// 0) or INGOT_F32.
#pragma once
#include <ingot/runtime/data/row_source.hpp>
#include <ingot_abi.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace ingot::runtime {

/// Bytes of one element of an ingot_dtype.
std::size_t dtype_bytes(std::uint32_t dtype);
/// "f32", "u8", ...
const char* dtype_name(std::uint32_t dtype);

/// Dense rows of one input or target.
struct Table {
  std::string name;  ///< of the model's input or target
  std::uint32_t dtype = INGOT_F32;
  std::vector<std::uint32_t> dims;  ///< of one row; empty: a scalar
  std::uint64_t rows = 0;
  std::shared_ptr<const std::byte> storage;   ///< row 0; aligned to the element; null with `source`
  bool resident = true;                       ///< false: mapped from a file larger than memory, or made by `source`: stage its batches
  std::shared_ptr<const RowSource> source{};  ///< makes the rows when they are asked for; null: they are in `storage`
  std::uint64_t first = 0;                    ///< with `source`: its number of row 0

  [[nodiscard]] const void* data() const noexcept { return storage.get(); }
  [[nodiscard]] std::uint64_t row_elements() const;
  [[nodiscard]] std::uint64_t row_bytes() const { return row_elements() * dtype_bytes(dtype); }
  [[nodiscard]] const void* row(std::uint64_t r) const { return storage.get() + r * row_bytes(); }
  /// Copies rows[i] to `to` + i * row_bytes(), wherever the rows are. Throws what the source throws.
  void read(std::span<const std::uint32_t> rows, std::byte* to) const;
  /// Rows from .. from + count - 1, sharing the memory or the source.
  [[nodiscard]] Table slice(std::uint64_t from, std::uint64_t count) const;
};

struct Dataset {
  std::vector<Table> inputs;   ///< in the order of the model's inputs
  std::vector<Table> targets;  ///< in the order of the model's targets (the last may be weights); empty for prediction
  std::vector<std::vector<std::string>> class_names;  ///< per target: the names in the order of the class numbers, or empty
  std::uint64_t identity = 0;                         ///< hash of content, shapes and types (hash.hpp); checkpoints and studies carry it
  std::string source;                                 ///< "/usr/share/datasets/fashion-mnist (train)", for reports

  [[nodiscard]] std::uint64_t rows() const noexcept { return inputs.empty() ? 0 : inputs.front().rows; }
  [[nodiscard]] bool resident() const noexcept;
  /// Some table has its rows made by a source.
  [[nodiscard]] bool on_demand() const noexcept;
  /// The same tables with rows first .. first + count - 1; identity is derived from this one's and the range.
  [[nodiscard]] Dataset slice(std::uint64_t first, std::uint64_t count) const;
};

/// The same rows with all of them in memory.
Dataset in_memory(const Dataset& data);
/// The rows of these numbers, copied, in this order.
Dataset in_memory(const Dataset& data, std::span<const std::uint32_t> rows);

/// The hash of everything the tables hold; loaders call it once.
std::uint64_t content_identity(const Dataset& data);

/// The pointers an ingot_call wants, made once per data set: inputs()[i] is row 0 of input i, null when its rows are made on demand.
class DatasetPointers {
 public:
  explicit DatasetPointers(const Dataset& data);
  [[nodiscard]] const void* const* inputs() const noexcept { return inputs_.data(); }
  [[nodiscard]] const std::uint32_t* input_dtypes() const noexcept { return dtypes_.data(); }
  [[nodiscard]] const void* const* targets() const noexcept { return targets_.data(); }

 private:
  std::vector<const void*> inputs_, targets_;
  std::vector<std::uint32_t> dtypes_;
};

/// u8 or f32 rows as f64 rows in new memory (the float64 gradient program reads f64 or u8 only).
Table as_f64(const Table& table);

}  // namespace ingot::runtime
