#include <ingot/runtime/train/loops.hpp>

#include <ingot/runtime/data/batch_source.hpp>
#include <ingot/runtime/data/error.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string_view>

namespace ingot::runtime {
namespace {

/// Consecutive rows of a data set in memory as feeds, without an index.
class Window {
 public:
  explicit Window(const Dataset& data) : data_(&data), inputs_(data.inputs.size()), targets_(data.targets.size()) {
    for (const Table& input : data.inputs) dtypes_.push_back(input.dtype);
  }

  Feed rows(std::uint64_t first, std::uint32_t count) {
    for (std::size_t i = 0; i < inputs_.size(); ++i) inputs_[i] = data_->inputs[i].row(first);
    for (std::size_t i = 0; i < targets_.size(); ++i) targets_[i] = data_->targets[i].row(first);
    return {inputs_.data(), dtypes_.data(), targets_.data(), nullptr, count};
  }

 private:
  const Dataset* data_;
  std::vector<const void*> inputs_, targets_;
  std::vector<std::uint32_t> dtypes_;
};

std::uint32_t batch_at(std::uint64_t first, std::uint64_t rows, std::uint32_t batch) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(batch, rows - first));
}

// body(first row, feed) for all rows in order, in batches; ends early, with false, when it returns false. Rows that are made on demand
// are made ahead of their use.
template <class Body>
bool each_batch(const Dataset& data, std::uint32_t batch, Body&& body) {
  if (data.on_demand()) {
    BatchOptions options;
    options.batch = batch;
    options.shuffle = false;
    BatchSource source(data, options);
    while (const Batch* b = source.next())
      if (!body(b->number * batch, Feed{b->inputs, b->input_dtypes, b->targets, b->index, b->rows})) return false;
    return true;
  }
  Window window(data);
  for (std::uint64_t first = 0; first < data.rows(); first += batch)
    if (!body(first, window.rows(first, batch_at(first, data.rows(), batch)))) return false;
  return true;
}

// Evaluation has no randomness and no update: step and seed are not read.
constexpr StepNumbers no_step = {};

void softmax(std::span<float> row) {
  const float top = *std::max_element(row.begin(), row.end());
  double sum = 0;
  for (float& v : row) sum += static_cast<double>(v = std::exp(v - top));
  for (float& v : row) v = static_cast<float>(static_cast<double>(v) / sum);
}

}  // namespace

const double* find_value(const NamedValues& values, std::string_view name) {
  for (const auto& [key, value] : values) {
    if (key == name) return &value;
  }
  return nullptr;
}

void RunningMeans::reset() {
  std::fill(sums_.begin(), sums_.end(), 0.0);
  rows_ = 0;
}

void RunningMeans::add(std::span<const double> batch_means, std::uint32_t rows) {
  for (std::size_t m = 0; m < sums_.size(); ++m) sums_[m] += batch_means[m] * rows;
  rows_ += rows;
}

void RunningMeans::restore(std::span<const double> sums, std::uint64_t rows) {
  std::copy(sums.begin(), sums.end(), sums_.begin());
  rows_ = rows;
}

Evaluation::Evaluation(Instance& instance) : instance_(&instance), means_(instance.program().entry(INGOT_EVALUATE)->n_metrics) {
  const ingot_entry& entry = *instance.program().entry(INGOT_EVALUATE);
  if (entry.n_results == 0) return;
  if (instance.program()->dtype != INGOT_F32) throw std::logic_error("outputs are measured on f32 programs");
  const ingot_model& model = instance.point().model();
  for (std::uint32_t o = 0; o < model.n_outputs; ++o) {
    metrics_.emplace_back(model, o);
    outputs_.emplace_back(instance.program()->batch * entry.results[o].elements);
  }
}

bool Evaluation::run(const Dataset& data, const std::atomic<bool>* stop) {
  std::vector<void*> at;
  for (std::vector<float>& output : outputs_) at.push_back(output.data());
  return each_batch(data, instance_->program()->batch, [&](std::uint64_t first, const Feed& feed) {
    if (stop != nullptr && stop->load(std::memory_order_relaxed)) return false;
    means_.add(instance_->run(INGOT_EVALUATE, feed, no_step, at.empty() ? nullptr : at.data()), feed.rows);
    add_outputs(data, first, feed.rows);
    return true;
  });
}

void Evaluation::add_outputs(const Dataset& data, std::uint64_t first, std::uint32_t rows) {
  const ingot_model& model = instance_->point().model();
  for (std::uint32_t o = 0; o < metrics_.size(); ++o) {
    const std::span<float> output = std::span(outputs_[o]).first(rows * outputs_[o].size() / instance_->program()->batch);
    to_probabilities(model, o, output);
    metrics_[o].add(output, data.targets[o], first);
  }
}

std::vector<std::string> Evaluation::names() const {
  const ingot_entry& entry = *instance_->program().entry(INGOT_EVALUATE);
  std::vector<std::string> names(entry.metrics, entry.metrics + entry.n_metrics);
  for (const OutputMetrics& output : metrics_) names.insert(names.end(), output.names().begin(), output.names().end());
  return names;
}

NamedValues Evaluation::values() const {
  NamedValues values;
  std::vector<double> numbers;
  for (std::size_t m = 0; m < means_.sums().size(); ++m) numbers.push_back(means_.mean(m));
  for (const OutputMetrics& output : metrics_)
    for (const double value : output.values()) numbers.push_back(value);
  const std::vector<std::string> names = this->names();
  for (std::size_t i = 0; i < names.size(); ++i) values.emplace_back(names[i], numbers[i]);
  return values;
}

NamedValues evaluate(Instance& instance, const Dataset& data) {
  if (data.rows() == 0 || data.targets.empty()) throw UserError("there are no rows with targets to evaluate on");
  Evaluation evaluation(instance);
  evaluation.run(data);
  return evaluation.values();
}

std::vector<std::vector<std::byte>> predict(Instance& instance, const Dataset& data, const BatchDone& done) {
  const ingot_model& model = instance.point().model();
  std::vector<std::vector<std::byte>> outputs(model.n_outputs);
  std::vector<std::size_t> row_bytes(model.n_outputs);
  for (std::uint32_t o = 0; o < model.n_outputs; ++o) {
    row_bytes[o] = model.outputs[o].elements * dtype_bytes(instance.program()->dtype);
    outputs[o].resize(data.rows() * row_bytes[o]);
  }
  std::vector<void*> at(model.n_outputs);
  each_batch(data, instance.program()->batch, [&](std::uint64_t first, const Feed& feed) {
    for (std::uint32_t o = 0; o < model.n_outputs; ++o) at[o] = outputs[o].data() + first * row_bytes[o];
    instance.run(INGOT_PREDICT, feed, no_step, at.data());
    if (done) done(first, feed.rows);
    return true;
  });
  return outputs;
}

void to_probabilities(const ingot_model& model, std::uint32_t output, std::span<float> scores) {
  if (model.from_logits[output] == 0) return;
  if (model.classes[output] == 1) {
    for (float& v : scores) v = static_cast<float>(1.0 / (1.0 + std::exp(-static_cast<double>(v))));
  } else {
    const ingot_tensor& row = model.outputs[output];
    const std::size_t width = row.rank == 0 ? 1 : row.dims[row.rank - 1];
    for (std::size_t first = 0; first + width <= scores.size(); first += width) softmax(scores.subspan(first, width));
  }
}

}  // namespace ingot::runtime
