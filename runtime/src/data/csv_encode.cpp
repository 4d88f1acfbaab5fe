// Applying a CsvEncoder.
#include "data/csv_cells.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/array.hpp>
#include <ingot/runtime/data/csv_encoder.hpp>
#include <ingot/runtime/data/error.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <unordered_map>

namespace ingot::runtime {
namespace {

struct OwnedTable {
  Table table;
  std::byte* memory = nullptr;
};

OwnedTable make_table(const Port& port, std::uint32_t dtype, std::uint64_t rows) {
  OwnedTable owned;
  owned.table.name = port.name;
  owned.table.dtype = dtype;
  owned.table.dims = port.dims;
  owned.table.rows = rows;
  auto memory = allocate_bytes(rows * owned.table.row_bytes(), port.name);
  owned.memory = memory.get();
  owned.table.storage = std::move(memory);
  return owned;
}

// One column of the file into its features, in rows of `width` floats that begin at `out`.
class ColumnWriter {
 public:
  ColumnWriter(const CsvTable& csv, const CsvEncoder::Column& column, bool unknown_as_zeros)
      : csv_(csv), column_(column), index_(column_index(csv, column.name)), unknown_as_zeros_(unknown_as_zeros) {
    for (std::size_t i = 0; i < column.categories.size(); ++i) numbers_[column.categories[i]] = i;
  }

  void write(std::size_t row, float* out) const {
    const std::string_view cell = csv_.cell(row, index_);
    const bool missing = csv_missing(cell);
    if (column_.categorical) {
      std::fill_n(out, column_.width(), 0.0f);
      if (missing) return;
      const auto at = numbers_.find(cell);
      if (at != numbers_.end())
        out[at->second] = 1;
      else if (!unknown_as_zeros_)
        throw UserError(fmt::format("{}: '{}' is none of the categories of the training part ({})", csv_.where(row, index_), cell,
                                    some_of(column_.categories)));
      return;
    }
    out[0] = static_cast<float>(missing ? column_.mean : finite_cell(csv_, row, index_));
    if (column_.indicator) out[1] = missing ? 1 : 0;
  }

 private:
  const CsvTable& csv_;
  const CsvEncoder::Column& column_;
  std::size_t index_;
  bool unknown_as_zeros_;
  std::unordered_map<std::string_view, std::size_t> numbers_;
};

// Class number of a label; with `labels` empty the cell is the number.
std::uint32_t class_number(const CsvTable& csv, std::size_t row, std::size_t column, const std::vector<std::string>& labels,
                           std::uint32_t classes) {
  const std::string_view cell = csv.cell(row, column);
  if (labels.empty()) {
    const double value = finite_cell(csv, row, column);
    if (!(value >= 0 && value < classes && value == std::floor(value)))
      throw UserError(fmt::format("{}: '{}' is no class number from 0 to {}", csv.where(row, column), cell, classes - 1));
    return static_cast<std::uint32_t>(value);
  }
  const auto at = std::ranges::find(labels, cell);
  if (at == labels.end())
    throw UserError(
        fmt::format("{}: '{}' is none of the classes of the training part ({})", csv.where(row, column), cell, some_of(labels)));
  return static_cast<std::uint32_t>(at - labels.begin());
}

void write_target(const CsvTable& csv, std::size_t row, const CsvEncoder::Target& target, const Port& port,
                  const std::vector<std::size_t>& columns, std::byte* out) {
  for (const std::size_t column : columns)
    if (csv_missing(csv.cell(row, column))) throw UserError(fmt::format("{}: the target is missing", csv.where(row, column)));
  auto* values = reinterpret_cast<float*>(out);
  if (port.classes == 0) {
    for (std::size_t i = 0; i < columns.size(); ++i) values[i] = static_cast<float>(finite_cell(csv, row, columns[i]));
    return;
  }
  const std::uint32_t number = class_number(csv, row, columns[0], target.classes, std::max(port.classes, 2u));
  if (port.dtype == INGOT_I32) {
    *reinterpret_cast<std::int32_t*>(out) = static_cast<std::int32_t>(number);
  } else if (port.classes == 1) {
    values[0] = static_cast<float>(number);
  } else {
    std::fill_n(values, port.classes, 0.0f);
    values[number] = 1;
  }
}

Table encode_target(const CsvTable& csv, std::size_t first, std::size_t count, const CsvEncoder::Target& target, const Port& port) {
  if (target.columns.size() != columns_of(port))
    throw UserError(fmt::format("{}: the encoder has {} columns for target '{}', {} are wanted; train again", csv.name(),
                                target.columns.size(), port.name, columns_of(port)));
  if (port.dtype == INGOT_I32 && port_elements(port) != 1)
    throw UserError(fmt::format("{}: target '{}' has {} classes in a row, a table has one; use NPY or NPZ", csv.name(), port.name,
                                port_elements(port)));
  std::vector<std::size_t> columns;
  for (const std::string& name : target.columns) columns.push_back(column_index(csv, name));
  if (port.classes > 1 && port.dtype == INGOT_F32 && port_elements(port) != port.classes)
    throw std::logic_error("target '" + port.name + "': one element per class expected");
  OwnedTable owned = make_table(port, port.dtype, count);
  for (std::size_t r = 0; r < count; ++r) write_target(csv, first + r, target, port, columns, owned.memory + r * owned.table.row_bytes());
  return owned.table;
}

Table encode_weights(const CsvTable& csv, std::size_t first, std::size_t count, const std::string& name) {
  const std::size_t column = column_index(csv, name);
  OwnedTable owned = make_table({"sample_weight", INGOT_F32, {}, 0}, INGOT_F32, count);
  auto* weights = reinterpret_cast<float*>(owned.memory);
  for (std::size_t r = 0; r < count; ++r) {
    if (csv_missing(csv.cell(first + r, column))) throw UserError(fmt::format("{}: the weight is missing", csv.where(first + r, column)));
    weights[r] = static_cast<float>(finite_cell(csv, first + r, column));
    if (weights[r] < 0) throw UserError(fmt::format("{}: a sample weight is a finite number from 0 on", csv.where(first + r, column)));
  }
  return owned.table;
}

std::vector<OwnedTable> make_inputs(const ModelPorts& ports, std::size_t rows, const CsvEncoder& encoder, const std::string& file) {
  std::uint64_t wanted = 0;
  std::vector<OwnedTable> tables;
  for (const Port& port : ports.inputs) wanted += port_elements(port);
  if (wanted != encoder.width())
    throw UserError(fmt::format("{}: the columns make {} features ({}), the input of model {} wants {}", file, encoder.width(),
                                some_of(encoder.feature_names()), ports.model, wanted));
  for (const Port& port : ports.inputs) tables.push_back(make_table(port, INGOT_F32, rows));
  return tables;
}

Dataset encode_rows(const CsvEncoder& encoder, bool unknown_as_zeros, const CsvTable& csv, std::size_t first, std::size_t count,
                    const ModelPorts& ports) {
  std::vector<OwnedTable> tables = make_inputs(ports, count, encoder, csv.name());
  std::vector<ColumnWriter> writers;
  for (const auto& column : encoder.columns()) writers.emplace_back(csv, column, unknown_as_zeros);
  std::vector<float> features(encoder.width());
  for (std::size_t r = 0; r < count; ++r) {
    float* out = features.data();
    for (std::size_t c = 0; c < writers.size(); out += encoder.columns()[c].width(), ++c) writers[c].write(first + r, out);
    const float* from = features.data();
    for (OwnedTable& owned : tables) {
      const std::uint64_t elements = owned.table.row_elements();
      std::copy_n(from, elements, reinterpret_cast<float*>(owned.memory) + r * elements);
      from += elements;
    }
  }
  Dataset data;
  for (OwnedTable& owned : tables) data.inputs.push_back(std::move(owned.table));
  data.source = csv.name();
  return data;
}

}  // namespace

Dataset CsvEncoder::encode(const CsvTable& table, std::size_t first, std::size_t count, const ModelPorts& ports) const {
  if (targets_.size() != ports.targets.size()) throw UserError(table.name() + ": the encoder belongs to a model with other targets");
  if (ports.sample_weights == weight_.empty())
    throw UserError(table.name() + ": the encoder belongs to a model " + (weight_.empty() ? "without" : "with") + " sample weights");
  Dataset data = encode_rows(*this, unknown_as_zeros_, table, first, count, ports);
  for (std::size_t t = 0; t < targets_.size(); ++t) {
    data.targets.push_back(encode_target(table, first, count, targets_[t], ports.targets[t]));
    data.class_names.push_back(targets_[t].classes);
  }
  if (!weight_.empty()) data.targets.push_back(encode_weights(table, first, count, weight_));
  data.identity = content_identity(data);
  return data;
}

Dataset CsvEncoder::encode_inputs(const CsvTable& table, const ModelPorts& ports) const {
  Dataset data = encode_rows(*this, unknown_as_zeros_, table, 0, table.rows(), ports);
  for (const Target& target : targets_) data.class_names.push_back(target.classes);
  data.identity = content_identity(data);
  return data;
}

}  // namespace ingot::runtime
