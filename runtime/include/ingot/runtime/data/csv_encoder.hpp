// How the columns of a CSV file become numbers: measured on the training part, then applied unchanged to test and prediction data.
// It is saved as JSON beside the weights so that `predict` encodes as training did.
//
// Features, in the order of the file: a numeric column is one feature, missing values are the mean of the training part (plus, with
// missing_indicator, a second feature: 1 where the value was missing, for columns with missing values in the training part);
// a categorical column is one feature per category of the training part in sorted order (one-hot; numbers by value, text bytewise); a
// missing value there is all zeros; so is an unknown category with unknown_as_zeros, else it is an error. Targets: class numbers 0 ..
// classes-1 as they are; otherwise the distinct labels of the training part, sorted, are the classes (for a binary target the first sorted
// label is 0, the second 1). Missing targets are errors. Errors are UserError with file, line and column.
#pragma once
#include <ingot/runtime/data/csv.hpp>
#include <ingot/runtime/data/dataset.hpp>
#include <ingot/runtime/data/ports.hpp>

#include <string>
#include <vector>

namespace ingot::runtime {

struct CsvOptions {
  std::vector<std::string> targets;      ///< columns, in the order of the model's targets; empty: the last columns
  std::vector<std::string> categorical;  ///< columns that are categories even if they look like numbers
  std::vector<std::string> numeric;      ///< columns that must be numbers; the others are inferred: numeric when all cells are numbers
  std::vector<std::string> ignore;       ///< columns that are no features
  std::string weight;                    ///< column of the sample weights; "": the model takes none
  bool missing_indicator = false;
  bool unknown_as_zeros = false;
  char separator = ',';
};

class CsvEncoder {
 public:
  struct Column {
    std::string name;
    bool categorical = false;
    bool indicator = false;               ///< numeric: a second feature says "was missing"
    double mean = 0;                      ///< numeric
    std::vector<std::string> categories;  ///< categorical, sorted

    [[nodiscard]] std::size_t width() const { return categorical ? categories.size() : indicator ? 2 : 1; }
  };
  struct Target {
    std::vector<std::string> columns;
    std::vector<std::string> classes;  ///< labels in the order of their numbers; empty: numbers as they are
  };

  /// Measures on rows 0 .. training_rows - 1.
  static CsvEncoder fit(const CsvTable& table, std::size_t training_rows, const ModelPorts& ports, const CsvOptions& options);
  static CsvEncoder from_json(const std::string& text);
  [[nodiscard]] std::string to_json() const;

  [[nodiscard]] const std::vector<Column>& columns() const noexcept { return columns_; }
  [[nodiscard]] const std::vector<Target>& targets() const noexcept { return targets_; }
  [[nodiscard]] char separator() const noexcept { return separator_; }
  /// Features of one row.
  [[nodiscard]] std::size_t width() const;
  [[nodiscard]] std::vector<std::string> feature_names() const;

  /// Rows first .. first + count - 1 with targets. The features are divided over the model's inputs in order; their number is checked.
  [[nodiscard]] Dataset encode(const CsvTable& table, std::size_t first, std::size_t count, const ModelPorts& ports) const;
  /// Inputs alone; target columns may be there or not.
  [[nodiscard]] Dataset encode_inputs(const CsvTable& table, const ModelPorts& ports) const;

 private:
  std::vector<Column> columns_;
  std::vector<Target> targets_;
  std::string weight_;
  bool unknown_as_zeros_ = false;
  char separator_ = ',';
};

}  // namespace ingot::runtime
