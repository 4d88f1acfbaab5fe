#include <ingot/runtime/data/dataset.hpp>

#include <ingot/runtime/data/array.hpp>
#include <ingot/runtime/data/hash.hpp>

#include <algorithm>
#include <cstring>
#include <numeric>
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

Table Table::slice(std::uint64_t from, std::uint64_t count) const {
  if (from > rows || count > rows - from) throw std::logic_error("slice beyond the rows of " + name);
  Table part = *this;
  part.rows = count;
  if (source == nullptr)
    part.storage = std::shared_ptr<const std::byte>(storage, storage.get() + from * row_bytes());
  else
    part.first += from;
  return part;
}

void Table::read(std::span<const std::uint32_t> numbers, std::byte* to) const {
  const std::uint64_t bytes = row_bytes();
  if (source == nullptr) {
    for (std::size_t i = 0; i < numbers.size(); ++i) std::memcpy(to + i * bytes, row(numbers[i]), bytes);
  } else if (first == 0) {
    source->read(numbers, to);
  } else {
    std::vector<std::uint32_t> shifted(numbers.begin(), numbers.end());
    for (std::uint32_t& number : shifted) number += static_cast<std::uint32_t>(first);
    source->read(shifted, to);
  }
}

bool Dataset::resident() const noexcept {
  const auto is_resident = [](const Table& table) { return table.resident; };
  return std::ranges::all_of(inputs, is_resident) && std::ranges::all_of(targets, is_resident);
}

bool Dataset::on_demand() const noexcept {
  const auto has_source = [](const Table& table) { return table.source != nullptr; };
  return std::ranges::any_of(inputs, has_source) || std::ranges::any_of(targets, has_source);
}

Dataset Dataset::slice(std::uint64_t first, std::uint64_t count) const {
  Dataset part = *this;
  for (Table& table : part.inputs) table = table.slice(first, count);
  for (Table& table : part.targets) table = table.slice(first, count);
  if (first != 0 || count != rows()) part.identity = ContentHash().add_number(identity).add_number(first).add_number(count).digest();
  return part;
}

namespace {

/// These rows of the table in memory of its own.
Table copied(const Table& table, std::span<const std::uint32_t> numbers) {
  Table copy = table;
  const auto memory = allocate_bytes(numbers.size() * table.row_bytes(), table.name);
  table.read(numbers, memory.get());
  copy.storage = memory;
  copy.rows = numbers.size();
  copy.source = nullptr;
  copy.first = 0;
  copy.resident = true;
  return copy;
}

}  // namespace

Dataset in_memory(const Dataset& data) {
  Dataset copy = data;
  std::vector<std::uint32_t> all(data.rows());
  std::iota(all.begin(), all.end(), 0u);
  for (std::vector<Table>* tables : {&copy.inputs, &copy.targets})
    for (Table& table : *tables)
      if (table.source != nullptr) table = copied(table, all);
  return copy;
}

Dataset in_memory(const Dataset& data, std::span<const std::uint32_t> rows) {
  Dataset copy = data;
  ContentHash identity;
  identity.add_number(data.identity);
  for (const std::uint32_t row : rows) identity.add_number(row);
  copy.identity = identity.digest();
  for (std::vector<Table>* tables : {&copy.inputs, &copy.targets})
    for (Table& table : *tables) table = copied(table, rows);
  return copy;
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
