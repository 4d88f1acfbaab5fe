// What `predict` says: the scores of every row as probabilities and names, as a table, as a ranking of classes, or as JSON.
#pragma once
#include "cli/setup.hpp"

#include <ingot/runtime/model/instance.hpp>

#include <optional>
#include <string>
#include <vector>

namespace ingot::runtime::cli {

/// The scores of one output, as the user reads them.
struct Output {
  const char* name = "";
  std::uint32_t classes = 0;             ///< of the manifest: 1 binary, 0 values
  std::size_t width = 0;                 ///< numbers per row
  std::vector<float> values;             ///< probabilities, or values
  std::vector<std::string> class_names;  ///< empty: classes are numbers

  [[nodiscard]] bool classifies() const { return (classes > 1 && width == classes) || (classes == 1 && width == 1); }
  /// One probability per class, or the values.
  [[nodiscard]] std::vector<float> numbers(std::size_t row) const;
  /// The name of class `c`, or its number.
  [[nodiscard]] std::string class_text(std::size_t c) const;
};

struct Predictions {
  std::vector<Output> outputs;
  std::size_t rows = 0;
  std::vector<std::string> files;  ///< of each row, for images
};

/// Runs the predict entry over `rows`.
Predictions predictions_of(const ingot_model& model, Instance& instance, const Dataset& rows, const Encodings& encodings);

/// "row,class,p0,p1,p2" and a line per row.
std::string table_text(const Predictions& predictions);
/// A line per row: "cat.jpg: cat 0.9312, dog 0.0688", the `top` most probable classes; values as they are.
std::string ranking_text(const Predictions& predictions, std::size_t top);
/// {"file": ..., "rows": ..., "predictions": [...]}; with `top` each row has its ranking too.
std::string json_text(const Predictions& predictions, const std::string& file, std::optional<std::uint32_t> top);

}  // namespace ingot::runtime::cli
