// history.csv: one line per epoch, numbers with 9 significant digits (enough for every float), rewritten atomically at each epoch.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::runtime {

class History {
 public:
  /// E.g. {"epoch", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "seconds"}.
  explicit History(std::vector<std::string> columns);
  /// Strict; UserError with file, line and column. For resume.
  static History read(const std::filesystem::path& path);

  [[nodiscard]] const std::vector<std::string>& columns() const noexcept { return columns_; }
  [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
  [[nodiscard]] const std::vector<double>& row(std::size_t i) const { return rows_[i]; }
  /// NaN when there is no such column.
  [[nodiscard]] double value(std::size_t row, std::string_view column) const;
  /// One value per column; not-a-number is written as nan.
  void add(std::vector<double> values);
  /// Forgets the epochs from `size` on (a resumed run repeats them).
  void truncate(std::size_t size);
  [[nodiscard]] std::string text() const;
  void write(const std::filesystem::path& path) const;

 private:
  std::vector<std::string> columns_;
  std::vector<std::vector<double>> rows_;
};

}  // namespace ingot::runtime
