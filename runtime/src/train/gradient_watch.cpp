#include "gradient_watch.hpp"

#include <ingot/runtime/data/array.hpp>

#include <algorithm>
#include <cstring>

namespace ingot::runtime {
namespace {

constexpr std::uint32_t most_rows = 16;

/// The first rows of a batch as a table like `like`.
Table rows_of(const Table& like, const void* first, const Batch& batch, std::uint32_t rows) {
  Table table = like;
  table.rows = rows;
  table.resident = true;
  table.source = nullptr;
  table.first = 0;
  const std::uint64_t bytes = table.row_bytes();
  const auto memory = allocate_bytes(rows * bytes, table.name);
  for (std::uint32_t r = 0; r < rows; ++r) {
    const std::uint64_t from = batch.index == nullptr ? r : batch.index[r];
    std::memcpy(memory.get() + r * bytes, static_cast<const std::byte*>(first) + from * bytes, bytes);
  }
  table.storage = memory;
  return table;
}

}  // namespace

GradcheckResult GradientWatch::check(const Instance& instance, const Batch& batch, std::uint64_t step) const {
  const std::uint32_t rows = std::min(batch.rows, most_rows);
  Dataset some = *data_;
  for (std::size_t i = 0; i < some.inputs.size(); ++i) {
    some.inputs[i].dtype = batch.input_dtypes[i];
    some.inputs[i] = rows_of(some.inputs[i], batch.inputs[i], batch, rows);
  }
  for (std::size_t t = 0; t < some.targets.size(); ++t) some.targets[t] = rows_of(some.targets[t], batch.targets[t], batch, rows);
  GradcheckOptions options;
  options.fast = true;
  options.seed = seed_;
  options.stop = stop_;
  return gradcheck_at(*source_, instance, some, step, options);
}

}  // namespace ingot::runtime
