#include <ingot/runtime/data/history.hpp>

#include <fmt/format.h>
#include <ingot/runtime/data/atomic_file.hpp>
#include <ingot/runtime/data/error.hpp>

#include <algorithm>
#include <charconv>
#include <limits>
#include <stdexcept>

namespace ingot::runtime {
namespace {

std::vector<std::string_view> split_line(std::string_view line) {
  std::vector<std::string_view> cells;
  for (std::size_t comma = 0; (comma = line.find(',')) != std::string_view::npos; line.remove_prefix(comma + 1))
    cells.push_back(line.substr(0, comma));
  cells.push_back(line);
  return cells;
}

double parse_cell(std::string_view cell, const std::string& where) {
  double value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc{} || end != cell.data() + cell.size())
    throw UserError(fmt::format("{}: '{}' is not a number; remove the file or start without --resume", where, cell));
  return value;
}

}  // namespace

History::History(std::vector<std::string> columns) : columns_(std::move(columns)) {}

History History::read(const std::filesystem::path& path) {
  const std::string content = read_whole_file(path);
  std::string_view text = content;
  History history({});
  for (std::uint64_t line = 1; !text.empty(); ++line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) throw UserError(fmt::format("{}, line {}: the last line is cut off", path.string(), line));
    const auto cells = split_line(text.substr(0, end));
    text.remove_prefix(end + 1);
    if (line == 1) {
      history.columns_.assign(cells.begin(), cells.end());
      continue;
    }
    if (cells.size() != history.columns_.size())
      throw UserError(fmt::format("{}, line {}: {} values for {} columns", path.string(), line, cells.size(), history.columns_.size()));
    std::vector<double> row;
    for (std::size_t i = 0; i < cells.size(); ++i)
      row.push_back(parse_cell(cells[i], fmt::format("{}, line {}, column '{}'", path.string(), line, history.columns_[i])));
    history.rows_.push_back(std::move(row));
  }
  if (history.columns_.empty()) throw UserError(fmt::format("{} is empty: a line of column names was expected", path.string()));
  return history;
}

double History::value(std::size_t row, std::string_view column) const {
  const auto at = std::find(columns_.begin(), columns_.end(), column);
  if (at == columns_.end()) return std::numeric_limits<double>::quiet_NaN();
  return rows_[row][static_cast<std::size_t>(at - columns_.begin())];
}

void History::add(std::vector<double> values) {
  if (values.size() != columns_.size()) throw std::logic_error("history: one value per column expected");
  rows_.push_back(std::move(values));
}

void History::truncate(std::size_t size) {
  if (size < rows_.size()) rows_.resize(size);
}

std::string History::text() const {
  std::string out = fmt::format("{}\n", fmt::join(columns_, ","));
  for (const auto& row : rows_) out += fmt::format("{:.9g}\n", fmt::join(row, ","));
  return out;
}

void History::write(const std::filesystem::path& path) const { write_atomically(path, text()); }

}  // namespace ingot::runtime
