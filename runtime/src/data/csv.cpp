#include <ingot/runtime/data/csv.hpp>

#include <fmt/format.h>
#include <ingot/runtime/data/atomic_file.hpp>
#include <ingot/runtime/data/error.hpp>

#include <algorithm>

namespace ingot::runtime {

/// One pass over the text; lines and columns in messages count from 1, columns in bytes.
class CsvParser {
 public:
  CsvParser(CsvTable& table, char separator) : table_(table), separator_(separator), text_(table.storage_.front()) {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = line_begin_ = 3;
  }

  void parse() {
    read_header();
    while (at_ < text_.size()) {
      const bool blank_line = text_[at_] == '\n' || text_.substr(at_).starts_with("\r\n");
      if (blank_line && table_.columns_.size() > 1) {  // in a file of one column an empty line is an empty cell
        end_line();
        continue;
      }
      read_row();
    }
  }

 private:
  [[noreturn]] void fail(std::uint64_t line, std::size_t column, const std::string& what) const {
    throw UserError(fmt::format("{}, line {}, column {}: {}", table_.name_, line, column, what));
  }
  [[nodiscard]] std::size_t column() const { return at_ - line_begin_ + 1; }
  [[nodiscard]] bool at_line_end() const { return at_ == text_.size() || text_[at_] == '\n' || text_.substr(at_).starts_with("\r\n"); }
  void end_line() {
    if (at_ < text_.size()) at_ += text_[at_] == '\r' ? 2 : 1;
    ++line_;
    line_begin_ = at_;
  }

  void read_header() {
    if (at_ == text_.size())
      throw UserError(fmt::format("{} is empty: a header line with the names of the columns was expected", table_.name_));
    const std::vector<std::string_view> names = read_line();
    for (const std::string_view name : names) {
      if (name.empty()) throw UserError(fmt::format("{}, line 1: column {} has no name", table_.name_, table_.columns_.size() + 1));
      if (table_.find(name) >= 0) throw UserError(fmt::format("{}, line 1: two columns are named '{}'", table_.name_, name));
      table_.columns_.emplace_back(name);
    }
  }

  void read_row() {
    const std::uint64_t line = line_;
    const std::vector<std::string_view>& cells = read_line();
    if (cells.size() != table_.columns_.size())
      throw UserError(
          fmt::format("{}, line {}: {} cells, the header has {} columns", table_.name_, line, cells.size(), table_.columns_.size()));
    table_.lines_.push_back(line);
    table_.cells_.insert(table_.cells_.end(), cells.begin(), cells.end());
  }

  const std::vector<std::string_view>& read_line() {
    row_.clear();
    while (true) {
      row_.push_back(at_ < text_.size() && text_[at_] == '"' ? read_quoted() : read_plain());
      if (at_line_end()) break;
      ++at_;  // the separator
    }
    end_line();
    return row_;
  }

  std::string_view read_plain() {
    const std::size_t begin = at_;
    while (!at_line_end() && text_[at_] != separator_) {
      if (text_[at_] == '"') fail(line_, column(), "a quote inside a cell that does not begin with one");
      ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }

  std::string_view read_quoted() {
    const std::uint64_t line = line_;
    const std::size_t first_column = column(), begin = ++at_;
    bool doubled = false;
    for (;; ++at_) {
      if (at_ == text_.size()) fail(line, first_column, "the quote that begins here does not end");
      if (text_[at_] == '\n') {
        ++line_;
        line_begin_ = at_ + 1;
      }
      if (text_[at_] != '"') continue;
      if (at_ + 1 == text_.size() || text_[at_ + 1] != '"') break;
      doubled = true;
      ++at_;
    }
    const std::string_view cell = text_.substr(begin, at_ - begin);
    ++at_;
    if (!at_line_end() && text_[at_] != separator_) fail(line_, column(), "text after the closing quote of a cell");
    return doubled ? without_doubles(cell) : cell;
  }

  std::string_view without_doubles(std::string_view cell) {
    std::string& plain = table_.storage_.emplace_back();
    for (std::size_t i = 0; i < cell.size(); ++i) {
      plain += cell[i];
      if (cell[i] == '"') ++i;
    }
    return plain;
  }

  CsvTable& table_;
  char separator_;
  std::string_view text_;
  std::size_t at_ = 0, line_begin_ = 0;
  std::uint64_t line_ = 1;
  std::vector<std::string_view> row_;
};

CsvTable CsvTable::parse(std::string text, std::string name, char separator) {
  CsvTable table;
  table.name_ = std::move(name);
  table.storage_.push_back(std::move(text));
  CsvParser(table, separator).parse();
  return table;
}

CsvTable CsvTable::read(const std::filesystem::path& path, char separator) {
  return parse(read_whole_file(path), path.string(), separator);
}

std::ptrdiff_t CsvTable::find(std::string_view column) const {
  const auto at = std::ranges::find(columns_, column);
  return at == columns_.end() ? -1 : at - columns_.begin();
}

std::string CsvTable::where(std::size_t row, std::size_t column) const {
  return fmt::format("{}, line {}, column '{}'", name_, lines_[row], columns_[column]);
}

bool csv_missing(std::string_view cell) {
  while (!cell.empty() && (cell.front() == ' ' || cell.front() == '\t')) cell.remove_prefix(1);
  while (!cell.empty() && (cell.back() == ' ' || cell.back() == '\t')) cell.remove_suffix(1);
  return cell.empty() || cell == "NA" || cell == "?";
}

}  // namespace ingot::runtime
