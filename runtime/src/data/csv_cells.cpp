#include "data/csv_cells.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

namespace ingot::runtime {

std::optional<double> parse_number(std::string_view cell) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!cell.empty() && blank(cell.front())) cell.remove_prefix(1);
  while (!cell.empty() && blank(cell.back())) cell.remove_suffix(1);
  if (cell.size() > 1 && cell.front() == '+' && cell[1] != '-') cell.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (end != cell.data() + cell.size() || cell.empty()) return std::nullopt;
  if (error == std::errc::result_out_of_range) return std::numeric_limits<double>::infinity();
  if (error != std::errc{}) return std::nullopt;
  return value;
}

double finite_cell(const CsvTable& table, std::size_t row, std::size_t column) {
  const std::string_view cell = table.cell(row, column);
  const auto value = parse_number(cell);
  if (!value) throw UserError(fmt::format("{}: '{}' is not a number", table.where(row, column), cell));
  if (!(std::abs(*value) <= std::numeric_limits<float>::max()))
    throw UserError(
        fmt::format("{}: '{}' is not a finite number; leave the cell empty when the value is missing", table.where(row, column), cell));
  return *value;
}

void check_utf8(std::string_view text, const std::string& where) {
  try {
    (void)nlohmann::json(text).dump();
  } catch (const nlohmann::json::type_error&) {
    throw UserError(fmt::format("{}: the text is not UTF-8; convert the file", where));
  }
}

std::size_t column_index(const CsvTable& table, std::string_view name) {
  const std::ptrdiff_t at = table.find(name);
  if (at < 0) throw UserError(fmt::format("{}: there is no column '{}'; the columns are {}", table.name(), name, some_of(table.columns())));
  return static_cast<std::size_t>(at);
}

std::size_t columns_of(const Port& target) { return target.classes > 0 ? 1 : static_cast<std::size_t>(port_elements(target)); }

std::vector<std::string> distinct_cells(const CsvTable& table, std::size_t rows, std::size_t column) {
  std::set<std::string_view> distinct;
  bool numbers = true;
  for (std::size_t r = 0; r < rows; ++r) {
    const std::string_view cell = table.cell(r, column);
    if (csv_missing(cell) || !distinct.insert(cell).second) continue;
    check_utf8(cell, table.where(r, column));
    numbers = numbers && parse_number(cell).has_value();
  }
  std::vector<std::string> sorted(distinct.begin(), distinct.end());
  if (numbers) {
    // nan compares with nothing: it goes first, and is refused where numbers are wanted. Equal numbers ("1", "1.0") go by their text.
    const auto key = [](const std::string& cell) {
      const double value = *parse_number(cell);
      return std::pair(std::isnan(value) ? -std::numeric_limits<double>::infinity() : value, std::string_view(cell));
    };
    std::ranges::sort(sorted, {}, key);
  }
  return sorted;
}

std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t shown = 12;
  if (names.size() <= shown) return fmt::format("{}", fmt::join(names, ", "));
  return fmt::format("{}, ... ({} in all)", fmt::join(names.begin(), names.begin() + shown, ", "), names.size());
}

}  // namespace ingot::runtime
