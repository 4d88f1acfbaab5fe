// Measuring a CsvEncoder on the training part.
#include "data/csv_cells.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/csv_encoder.hpp>
#include <ingot/runtime/data/error.hpp>

#include <algorithm>
#include <cmath>

namespace ingot::runtime {
namespace {

std::vector<std::string> target_columns(const CsvTable& table, const ModelPorts& ports, const CsvOptions& options) {
  std::size_t wanted = 0;
  for (const Port& port : ports.targets) wanted += columns_of(port);
  std::vector<std::string> names = table.columns();
  std::erase(names, options.weight);
  if (options.targets.empty()) {
    if (names.size() <= wanted)
      throw UserError(fmt::format("{}: {} columns are too few for {} target columns of model {} and a feature", table.name(), names.size(),
                                  wanted, ports.model));
    return {names.end() - static_cast<std::ptrdiff_t>(wanted), names.end()};
  }
  if (options.targets.size() != wanted)
    throw UserError(
        fmt::format("{}: {} target columns are named, model {} wants {}", table.name(), options.targets.size(), ports.model, wanted));
  for (const std::string& name : options.targets) (void)column_index(table, name);
  return options.targets;
}

bool is_in(const std::vector<std::string>& names, const std::string& name) { return std::ranges::find(names, name) != names.end(); }

bool all_numbers(const CsvTable& table, std::size_t rows, std::size_t column) {
  for (std::size_t r = 0; r < rows; ++r)
    if (!csv_missing(table.cell(r, column)) && !parse_number(table.cell(r, column))) return false;
  return true;
}

void measure_mean(CsvEncoder::Column& column, const CsvTable& table, std::size_t rows, std::size_t index, bool indicators) {
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t r = 0; r < rows; ++r)
    if (!csv_missing(table.cell(r, index))) {
      sum += finite_cell(table, r, index);
      ++count;
    }
  if (count == 0)
    throw UserError(
        fmt::format("{}: column '{}' has no value in the {} training rows; ignore the column", table.name(), column.name, rows));
  column.mean = sum / static_cast<double>(count);
  column.indicator = indicators && count < rows;
}

CsvEncoder::Column fit_column(const CsvTable& table, std::size_t rows, std::size_t index, const CsvOptions& options) {
  CsvEncoder::Column column;
  column.name = table.columns()[index];
  check_utf8(column.name, fmt::format("{}, line 1", table.name()));
  column.categorical =
      is_in(options.categorical, column.name) || (!is_in(options.numeric, column.name) && !all_numbers(table, rows, index));
  if (column.categorical)
    column.categories = distinct_cells(table, rows, index);
  else
    measure_mean(column, table, rows, index, options.missing_indicator);
  return column;
}

bool numbers_below(const std::vector<std::string>& labels, std::uint32_t classes) {
  return std::ranges::all_of(labels, [&](const std::string& label) {
    const auto value = parse_number(label);
    return value && *value >= 0 && *value < classes && *value == std::floor(*value);
  });
}

std::vector<std::string> fit_classes(const CsvTable& table, std::size_t rows, const std::string& column, const Port& port) {
  auto labels = distinct_cells(table, rows, column_index(table, column));
  const std::uint32_t classes = std::max(port.classes, 2u);
  if (numbers_below(labels, classes)) return {};
  if (labels.size() > classes)
    throw UserError(fmt::format("{}: target column '{}' has {} classes ({}), target '{}' has {}", table.name(), column, labels.size(),
                                some_of(labels), port.name, classes));
  return labels;
}

void check_names(const CsvTable& table, const CsvOptions& options, const std::vector<std::string>& targets) {
  for (const auto* names : {&options.categorical, &options.numeric, &options.ignore})
    for (const std::string& name : *names) (void)column_index(table, name);
  for (const std::string& name : options.categorical)
    if (is_in(options.numeric, name))
      throw UserError(fmt::format("{}: column '{}' is declared both numeric and categorical", table.name(), name));
  if (!options.weight.empty()) (void)column_index(table, options.weight);
  if (is_in(targets, options.weight))
    throw UserError(fmt::format("{}: column '{}' cannot be both the target and the weight", table.name(), options.weight));
  for (const std::string& name : targets)
    if (is_in(options.ignore, name)) throw UserError(fmt::format("{}: target column '{}' cannot be ignored", table.name(), name));
}

}  // namespace

CsvEncoder CsvEncoder::fit(const CsvTable& table, std::size_t training_rows, const ModelPorts& ports, const CsvOptions& options) {
  if (training_rows == 0) throw UserError(fmt::format("{}: there are no rows to train on", table.name()));
  if (std::ranges::all_of(table.columns(), [](const std::string& name) { return parse_number(name).has_value(); }))
    throw UserError(fmt::format("{}: the first line holds numbers only; put a line with the names of the columns before it", table.name()));
  if (ports.sample_weights && options.weight.empty())
    throw UserError(
        fmt::format("{}: the recipe of model {} has sample_weights; name their column with --weight", table.name(), ports.model));
  if (!ports.sample_weights && !options.weight.empty())
    throw UserError(fmt::format("{}: model {} takes no sample weights; leave out --weight or add sample_weights to the recipe",
                                table.name(), ports.model));
  CsvEncoder encoder;
  encoder.weight_ = options.weight;
  encoder.unknown_as_zeros_ = options.unknown_as_zeros;
  encoder.separator_ = options.separator;
  const auto targets = target_columns(table, ports, options);
  check_names(table, options, targets);
  auto next = targets.begin();
  for (const Port& port : ports.targets) {
    Target target;
    target.columns.assign(next, next + static_cast<std::ptrdiff_t>(columns_of(port)));
    next += static_cast<std::ptrdiff_t>(target.columns.size());
    if (port.classes > 0) target.classes = fit_classes(table, training_rows, target.columns.front(), port);
    encoder.targets_.push_back(std::move(target));
  }
  for (std::size_t c = 0; c < table.columns().size(); ++c)
    if (!is_in(targets, table.columns()[c]) && !is_in(options.ignore, table.columns()[c]) && table.columns()[c] != options.weight)
      encoder.columns_.push_back(fit_column(table, training_rows, c, options));
  if (encoder.columns_.empty()) throw UserError(fmt::format("{}: no column is left as a feature", table.name()));
  return encoder;
}

}  // namespace ingot::runtime
