// CSV files that list images.
#include "data/csv_cells.hpp"
#include "data/image_list.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/data/images.hpp>

#include <algorithm>
#include <cmath>
#include <set>

namespace ingot::runtime {
namespace {

std::size_t path_column(const CsvTable& table) { return static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, table.find("path"))); }

std::size_t label_column(const CsvTable& table, const std::string& wanted) {
  const bool conventional = wanted.empty() && table.find("label") >= 0;
  const std::size_t column =
      wanted.empty() && !conventional ? table.columns().size() - 1 : column_index(table, conventional ? "label" : wanted);
  if (column == path_column(table))
    throw UserError(fmt::format("{}: there is no column of labels beside the paths; add one, or name it with --target", table.name()));
  return column;
}

bool class_numbers(const std::vector<std::string>& labels, std::uint32_t classes) {
  return std::ranges::all_of(labels, [&](const std::string& label) {
    const auto value = parse_number(label);
    return value && *value >= 0 && *value < classes && *value == std::floor(*value);
  });
}

// The names of the classes; empty when labels are numbers already.
std::vector<std::string> classes_of(const CsvTable& table, std::size_t column, const Port& target) {
  const std::uint32_t wanted = std::max(target.classes, 2u);
  auto labels = distinct_cells(table, table.rows(), column);
  if (class_numbers(labels, wanted)) return {};
  if (labels.size() > wanted)
    throw UserError(fmt::format("{}: column '{}' has {} classes ({}), target '{}' has {}; change the width of the output", table.name(),
                                table.columns()[column], labels.size(), some_of(labels), target.name, wanted));
  return labels;
}

double label_at(const CsvTable& table, std::size_t row, std::size_t column, const Port& target, const std::vector<std::string>& classes) {
  const std::string_view cell = table.cell(row, column);
  if (csv_missing(cell)) throw UserError(fmt::format("{}: the label is missing; fill it in or remove the line", table.where(row, column)));
  if (target.classes == 0) return finite_cell(table, row, column);
  if (!classes.empty()) {
    const auto at = std::ranges::find(classes, cell);
    if (at == classes.end())
      throw UserError(
          fmt::format("{}: '{}' is none of the classes of the training ({})", table.where(row, column), cell, some_of(classes)));
    return static_cast<double>(at - classes.begin());
  }
  const std::uint32_t count = std::max(target.classes, 2u);
  if (!class_numbers({std::string(cell)}, count))
    throw UserError(fmt::format("{}: '{}' is no class number from 0 to {}", table.where(row, column), cell, count - 1));
  return *parse_number(cell);
}

ImageList labelled(const CsvTable& table, const std::string& column, const Port& target, const std::vector<std::string>& classes) {
  ImageList list = list_csv_paths(table);
  const std::size_t at = label_column(table, column);
  for (std::size_t r = 0; r < table.rows(); ++r) list.labels.push_back(label_at(table, r, at, target, classes));
  return list;
}

ImageList take_last(ImageList& list, std::size_t count) {
  const auto kept = static_cast<std::ptrdiff_t>(list.files.size() - count);
  ImageList last{list.source, {list.files.begin() + kept, list.files.end()}, {list.labels.begin() + kept, list.labels.end()}};
  list.files.erase(list.files.begin() + kept, list.files.end());
  list.labels.erase(list.labels.begin() + kept, list.labels.end());
  return last;
}

}  // namespace

bool lists_images(const CsvTable& table) {
  if (table.find("path") >= 0) return true;
  return table.rows() > 0 && is_image_file(std::string(table.cell(0, 0)));
}

ImageList list_csv_paths(const CsvTable& table) {
  const std::size_t column = path_column(table);
  const std::filesystem::path folder = std::filesystem::path(table.name()).parent_path();
  ImageList list{table.name(), {}, {}};
  for (std::size_t r = 0; r < table.rows(); ++r) {
    if (table.cell(r, column).empty())
      throw UserError(fmt::format("{}: the path is missing; fill it in or remove the line", table.where(r, column)));
    list.files.push_back(folder / table.cell(r, column));
  }
  return list;
}

ImageParts list_image_csv(const CsvTable& train, const CsvTable* test, double test_fraction, const Port& target, const std::string& column,
                          const std::vector<std::string>& classes) {
  ImageParts parts;
  parts.classes = classes;
  if (classes.empty() && target.classes > 0) parts.classes = classes_of(train, label_column(train, column), target);
  parts.train = labelled(train, column, target, parts.classes);
  shuffle(parts.train);
  if (test != nullptr)
    parts.test = labelled(*test, column, target, parts.classes);
  else
    parts.test = take_last(parts.train, static_cast<std::size_t>(std::floor(static_cast<double>(train.rows()) * test_fraction)));
  parts.train.source += " (train)";
  parts.test.source += " (test)";
  return parts;
}

}  // namespace ingot::runtime
