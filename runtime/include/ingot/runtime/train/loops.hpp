// Evaluation and prediction over any number of rows: full batches, then the rest.
#pragma once
#include <ingot/runtime/data/dataset.hpp>
#include <ingot/runtime/model/instance.hpp>
#include <ingot/runtime/train/metrics.hpp>

#include <atomic>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace ingot::runtime {

[[nodiscard]] const double* find_value(const NamedValues& values, std::string_view name);

/// Means over batches weighted by their rows, as Keras's metric objects keep them (in double).
class RunningMeans {
 public:
  explicit RunningMeans(std::size_t metrics) : sums_(metrics, 0.0) {}
  void reset();
  void add(std::span<const double> batch_means, std::uint32_t rows);
  [[nodiscard]] double mean(std::size_t metric) const { return rows_ == 0 ? 0.0 : sums_[metric] / static_cast<double>(rows_); }
  [[nodiscard]] std::uint64_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::span<const double> sums() const noexcept { return sums_; }
  void restore(std::span<const double> sums, std::uint64_t rows);

 private:
  std::vector<double> sums_;
  std::uint64_t rows_ = 0;
};

/// A pass of the evaluate entry over rows with targets: its metrics, then those that are accumulated from its outputs.
class Evaluation {
 public:
  /// The instance must outlive it.
  explicit Evaluation(Instance& instance);
  /// Adds all rows of `data`. `stop` (may be null) ends it early: returns false.
  bool run(const Dataset& data, const std::atomic<bool>* stop = nullptr);
  [[nodiscard]] std::vector<std::string> names() const;
  /// In the order of the names.
  [[nodiscard]] NamedValues values() const;

 private:
  void add_outputs(const Dataset& data, std::uint64_t first, std::uint32_t rows);

  Instance* instance_;
  RunningMeans means_;
  std::vector<OutputMetrics> metrics_;       ///< per output; none when the entry writes no outputs
  std::vector<std::vector<float>> outputs_;  ///< of one batch
};
[[nodiscard]] NamedValues evaluate(Instance& instance, const Dataset& data);

/// Called after each batch with the first row's position and the number of rows.
using BatchDone = std::function<void(std::size_t first, std::size_t rows)>;
/// Raw outputs of the predict entry, one block per output of the manifest: [data.rows(), ...] in the program's dtype.
[[nodiscard]] std::vector<std::vector<std::byte>> predict(Instance& instance, const Dataset& data, const BatchDone& done = {});

/// Class probabilities (or values) of output `output` from its raw f32 scores, in place: softmax over the last axis where the
/// declaration ends in logits of a categorical loss, sigmoid for binary ones; what is a probability already is left alone.
void to_probabilities(const ingot_model& model, std::uint32_t output, std::span<float> scores);

}  // namespace ingot::runtime
