#include <ingot/runtime/train/metrics.hpp>

#include <ingot/runtime/train/early_stopping.hpp>

#include <algorithm>
#include <cmath>

namespace ingot::runtime {
namespace {

double ratio(double part, double whole) { return whole == 0 ? 0 : part / whole; }

/// Element `column` of a position, of class numbers in their one-hot form.
double target_at(const Table& target, std::uint64_t position, std::size_t width, std::size_t column) {
  if (target.dtype == INGOT_I32) {
    const std::int32_t label = static_cast<const std::int32_t*>(target.data())[position];
    return label == static_cast<std::int32_t>(column) ? 1 : 0;
  }
  return static_cast<double>(static_cast<const float*>(target.data())[position * width + column]);
}

std::size_t width_of(const ingot_tensor& row) { return row.rank == 0 ? 1 : row.dims[row.rank - 1]; }

std::size_t most_probable(const float* p, std::size_t width) { return static_cast<std::size_t>(std::max_element(p, p + width) - p); }

std::size_t actual_class(const Table& target, std::uint64_t position, std::size_t width) {
  if (target.dtype == INGOT_I32) return static_cast<std::size_t>(static_cast<const std::int32_t*>(target.data())[position]);
  const auto* y = static_cast<const float*>(target.data()) + position * width;
  return width == 1 ? (y[0] > 0.5F ? 1 : 0) : most_probable(y, width);
}

}  // namespace

void DecisionCounts::add(bool decided, bool actual) {
  true_positives += decided && actual ? 1 : 0;
  false_positives += decided && !actual ? 1 : 0;
  false_negatives += !decided && actual ? 1 : 0;
}
double DecisionCounts::precision() const {
  return ratio(static_cast<double>(true_positives), static_cast<double>(true_positives + false_positives));
}
double DecisionCounts::recall() const {
  return ratio(static_cast<double>(true_positives), static_cast<double>(true_positives + false_negatives));
}
double DecisionCounts::f1() const {
  return ratio(2 * static_cast<double>(true_positives), static_cast<double>(2 * true_positives + false_positives + false_negatives));
}

void AucCounts::add(double probability, bool actual) {
  // exceeds i / (thresholds - 1) for i up to this one; a NaN exceeds the first only, which is below all probabilities
  const double highest = std::ceil(probability * (thresholds - 1)) - 1;
  const double limited = highest > 0 ? std::min(highest, static_cast<double>(thresholds - 2)) : 0;
  ++(actual ? positives_ : negatives_)[static_cast<std::size_t>(limited)];
}

double AucCounts::area() const {
  double positives = 0, negatives = 0;
  for (std::size_t i = 0; i < thresholds; ++i) {
    positives += static_cast<double>(positives_[i]);
    negatives += static_cast<double>(negatives_[i]);
  }
  // from the highest threshold, where nothing is decided for, down to the lowest, where everything is
  double area = 0, above = 0;
  for (std::size_t i = thresholds; i-- > 0;) {
    const auto more = static_cast<double>(positives_[i]), more_false = static_cast<double>(negatives_[i]);
    area += ratio(more_false, negatives) * (ratio(above, positives) + ratio(above + more, positives)) / 2;
    above += more;
  }
  return area;
}

void R2Sums::add(std::size_t column, double prediction, double target) {
  Column& c = columns_[column];
  // Welford's update: large means cost no digits
  c.count += 1;
  const double before = target - c.mean;
  c.mean += before / c.count;
  c.deviation += before * (target - c.mean);
  c.error += (target - prediction) * (target - prediction);
}

double R2Sums::score() const {
  double sum = 0;
  for (const Column& c : columns_) sum += c.deviation == 0 ? 0 : 1 - c.error / c.deviation;
  return columns_.empty() ? 0 : sum / static_cast<double>(columns_.size());
}

OutputMetrics::OutputMetrics(const ingot_model& model, std::uint32_t output)
    : classes_(model.classes[output]), width_(width_of(model.outputs[output])), by_column_(width_), r2_(width_) {
  for (const std::uint32_t m : {INGOT_PRECISION, INGOT_RECALL, INGOT_AUC, INGOT_F1, INGOT_R2}) {
    const bool fits = (m == INGOT_R2) == (classes_ == 0);
    if ((model.recipe.metrics >> m & 1u) == 0 || !fits) continue;
    metrics_.push_back(m);
    const std::string prefix = model.n_outputs > 1 ? std::string(model.outputs[output].name) + "." : "";
    names_.push_back(prefix + std::string(metric_name(m)));
  }
}

void OutputMetrics::add_position(const float* p, const Table& target, std::uint64_t position) {
  const std::size_t decided = classes_ > 1 ? most_probable(p, width_) : 0;
  for (std::size_t column = 0; column < width_; ++column) {
    const double y = target_at(target, position, width_, column), x = static_cast<double>(p[column]);
    if (classes_ == 0) {
      r2_.add(column, x, y);
      continue;
    }
    const bool actual = y > 0.5;
    all_.add(x > 0.5, actual);
    by_column_[column].add(classes_ > 1 ? column == decided : x > 0.5, actual);
    auc_.add(x, actual);
  }
}

void OutputMetrics::add(std::span<const float> predictions, const Table& target, std::uint64_t first_row) {
  if (names_.empty()) return;
  const std::uint64_t row_positions = target.row_elements() / (target.dtype == INGOT_I32 ? 1 : width_);
  std::uint64_t position = first_row * row_positions;
  for (std::size_t at = 0; at < predictions.size(); at += width_) add_position(predictions.data() + at, target, position++);
}

std::vector<double> OutputMetrics::values() const {
  std::vector<double> values;
  for (const std::uint32_t m : metrics_) {
    double f1 = 0;
    for (const DecisionCounts& column : by_column_) f1 += column.f1() / static_cast<double>(width_);
    values.push_back(m == INGOT_PRECISION ? all_.precision()
                     : m == INGOT_RECALL  ? all_.recall()
                     : m == INGOT_AUC     ? auc_.area()
                     : m == INGOT_F1      ? f1
                                          : r2_.score());
  }
  return values;
}

bool decides_class(const ingot_model& model, std::uint32_t output) {
  const std::uint32_t classes = model.classes[output];
  return classes > 1 || (classes == 1 && width_of(model.outputs[output]) == 1);
}

ConfusionMatrix confusion(const ingot_model& model, std::uint32_t output, std::span<const float> probabilities, const Table& target) {
  const std::size_t width = width_of(model.outputs[output]);
  ConfusionMatrix matrix(std::max<std::size_t>(width, 2));
  for (std::uint64_t position = 0; position * width < probabilities.size(); ++position) {
    const float* p = probabilities.data() + position * width;
    const std::size_t decided = width == 1 ? (p[0] > 0.5F ? 1 : 0) : most_probable(p, width);
    matrix.add(actual_class(target, position, width), decided);
  }
  return matrix;
}

}  // namespace ingot::runtime
