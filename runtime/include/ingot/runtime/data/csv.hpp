// CSV text as cells (RFC 4180): a header line, quoted cells with "" for a quote, line breaks within quotes, CRLF or LF, an optional
// UTF-8 mark at the start. Rows of another width, stray quotes, empty or double column names throw UserError with line and column.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::runtime {

class CsvTable {
 public:
  /// `name` is used in messages.
  static CsvTable parse(std::string text, std::string name, char separator = ',');
  static CsvTable read(const std::filesystem::path& path, char separator = ',');

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const std::vector<std::string>& columns() const noexcept { return columns_; }
  [[nodiscard]] std::size_t rows() const noexcept { return lines_.size(); }
  [[nodiscard]] std::string_view cell(std::size_t row, std::size_t column) const { return cells_[row * columns_.size() + column]; }
  /// Line of the file where the row starts, from 1.
  [[nodiscard]] std::uint64_t line(std::size_t row) const { return lines_[row]; }
  /// Index of the column or -1.
  [[nodiscard]] std::ptrdiff_t find(std::string_view column) const;
  /// "data.csv, line 17, column 'age'"
  [[nodiscard]] std::string where(std::size_t row, std::size_t column) const;

 private:
  friend class CsvParser;
  std::string name_;
  std::deque<std::string> storage_;  // the text, then cells whose quotes had to be removed; elements never move
  std::vector<std::string> columns_;
  std::vector<std::string_view> cells_;
  std::vector<std::uint64_t> lines_;
};

/// An empty cell, "NA" or "?": a value that is not there. (nan and inf are not missing, they are refused.)
bool csv_missing(std::string_view cell);

}  // namespace ingot::runtime
