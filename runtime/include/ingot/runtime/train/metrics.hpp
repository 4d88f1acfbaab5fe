// Metrics that are no means over rows: accumulated over a whole pass from predictions and targets, as Keras's metric objects do
// over batches. A prediction is a probability (of class 1, or of each class) or a value; a target above one half is class 1.
//
//   precision, recall   decisions p > 0.5 of all elements together; 0 / 0 is 0
//   f1                  the mean over columns of the F1 of each; several classes: the most probable one is decided for
//   auc                 area under ROC by trapezoids at 200 thresholds -1e-7, i / 199, 1 + 1e-7; an approximation, as in Keras
//   r2                  the mean over columns of 1 - squared error / squared deviation; a constant target has 0
#pragma once
#include <ingot/runtime/data/dataset.hpp>

#include <array>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ingot::runtime {

/// Figures with their names, in the order they are shown: {"loss", 0.31}, {"accuracy", 0.88}.
using NamedValues = std::vector<std::pair<std::string, double>>;

struct DecisionCounts {
  std::uint64_t true_positives = 0, false_positives = 0, false_negatives = 0;

  void add(bool decided, bool actual);
  [[nodiscard]] double precision() const;
  [[nodiscard]] double recall() const;
  [[nodiscard]] double f1() const;
};

class AucCounts {
 public:
  void add(double probability, bool actual);
  [[nodiscard]] double area() const;

 private:
  static constexpr std::size_t thresholds = 200;
  std::array<std::uint64_t, thresholds> positives_{}, negatives_{};  ///< by the highest threshold that they exceed
};

class R2Sums {
 public:
  explicit R2Sums(std::size_t columns = 0) : columns_(columns) {}
  void add(std::size_t column, double prediction, double target);
  [[nodiscard]] double score() const;

 private:
  struct Column {
    double count = 0, mean = 0, deviation = 0, error = 0;  ///< squares: of target - mean, of target - prediction
  };
  std::vector<Column> columns_;
};

/// Rows are the targets' classes, columns the decisions.
class ConfusionMatrix {
 public:
  explicit ConfusionMatrix(std::size_t classes) : classes_(classes), counts_(classes * classes) {}
  void add(std::size_t actual, std::size_t decided) { ++counts_[actual * classes_ + decided]; }
  [[nodiscard]] std::size_t classes() const noexcept { return classes_; }
  [[nodiscard]] std::uint64_t count(std::size_t actual, std::size_t decided) const { return counts_[actual * classes_ + decided]; }

 private:
  std::size_t classes_;
  std::vector<std::uint64_t> counts_;
};

/// Where the metrics of one output are accumulated: those of the recipe that it fits.
class OutputMetrics {
 public:
  OutputMetrics(const ingot_model& model, std::uint32_t output);

  /// Their names: "precision", or "scores.precision" where the model has several outputs.
  [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }
  /// Whole rows of probabilities or values, and where their targets begin in `target`.
  void add(std::span<const float> predictions, const Table& target, std::uint64_t first_row);
  /// In the order of the names.
  [[nodiscard]] std::vector<double> values() const;

 private:
  void add_position(const float* predictions, const Table& target, std::uint64_t position);

  std::uint32_t classes_;
  std::size_t width_;  ///< of the last axis
  std::vector<std::uint32_t> metrics_;
  std::vector<std::string> names_;
  DecisionCounts all_;
  std::vector<DecisionCounts> by_column_;
  AucCounts auc_;
  R2Sums r2_;
};

/// The decisions of one output with classes (one class for each row) against the targets.
[[nodiscard]] ConfusionMatrix confusion(const ingot_model& model, std::uint32_t output, std::span<const float> probabilities,
                                        const Table& target);
/// Whether the output decides for one class: several, or a binary one of one column.
[[nodiscard]] bool decides_class(const ingot_model& model, std::uint32_t output);

}  // namespace ingot::runtime
