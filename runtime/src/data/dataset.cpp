#include <ingot/runtime/data/array.hpp>
#include <ingot/runtime/data/dataset.hpp>
#include <ingot/runtime/data/hash.hpp>

#include <algorithm>
#include <stdexcept>

namespace ingot::runtime {

std::size_t dtype_bytes(std::uint32_t dtype) {
  constexpr std::size_t bytes[] = {4, 8, 2, 2, 1, 4};  // in the order of ingot_dtype
  if (dtype >= std::size(bytes)) throw std::logic_error("unknown ingot_dtype");
  return bytes[dtype];
}

const char* dtype_name(std::uint32_t dtype) {
  constexpr const char* names[] = {"f32", "f64", "f16", "bf16", "u8", "i32"};
  if (dtype >= std::size(names)) throw std::logic_error("unknown ingot_dtype");
  return names[dtype];
}

std::uint64_t Table::row_elements() const {
  std::uint64_t elements = 1;
  for (const std::uint32_t extent : dims) elements *= extent;
  return elements;
}

Table Table::slice(std::uint64_t first, std::uint64_t count) const {
  if (first > rows || count > rows - first) throw std::logic_error("slice beyond the rows of " + name);
  Table part = *this;
  part.rows = count;
  part.storage = std::shared_ptr<const std::byte>(storage, storage.get() + first * row_bytes());
  return part;
}

bool Dataset::resident() const noexcept {
  const auto is_resident = [](const Table& table) { return table.resident; };
  return std::ranges::all_of(inputs, is_resident) && std::ranges::all_of(targets, is_resident);
}

Dataset Dataset::slice(std::uint64_t first, std::uint64_t count) const {
  Dataset part = *this;
  for (Table& table : part.inputs) table = table.slice(first, count);
  for (Table& table : part.targets) table = table.slice(first, count);
  if (first != 0 || count != rows()) part.identity = ContentHash().add_number(identity).add_number(first).add_number(count).digest();
  return part;
}

std::uint64_t content_identity(const Dataset& data) {
  ContentHash hash;
  const auto add_table = [&](const Table& table) {
    hash.add_number(table.dtype).add_number(table.rows).add_number(table.dims.size());
    for (const std::uint32_t extent : table.dims) hash.add_number(extent);
    hash.add(table.data(), table.rows * table.row_bytes());
  };
  for (const Table& table : data.inputs) add_table(table);
  for (const Table& table : data.targets) add_table(table);
  return hash.digest();
}

DatasetPointers::DatasetPointers(const Dataset& data) {
  for (const Table& table : data.inputs) {
    inputs_.push_back(table.data());
    dtypes_.push_back(table.dtype);
  }
  for (const Table& table : data.targets) targets_.push_back(table.data());
}

Table as_f64(const Table& table) {
  Table wide = table;
  wide.dtype = INGOT_F64;
  wide.resident = true;
  const std::uint64_t elements = table.rows * table.row_elements();
  const auto memory = allocate_bytes(elements * sizeof(double), table.name);
  auto* out = reinterpret_cast<double*>(memory.get());
  if (table.dtype == INGOT_U8)
    std::copy_n(static_cast<const std::uint8_t*>(table.data()), elements, out);
  else if (table.dtype == INGOT_F32)
    std::copy_n(static_cast<const float*>(table.data()), elements, out);
  else
    throw std::logic_error("as_f64 takes u8 or f32");
  wide.storage = memory;
  return wide;
}

}  // namespace ingot::runtime
