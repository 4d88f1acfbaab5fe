#include "gradient_run.hpp"

#include <fmt/format.h>

#include <cstring>
#include <stdexcept>

namespace ingot::runtime {

Program gradient_program(ProgramSource& source, const Point& point, const Device& device, std::uint32_t rows, std::uint32_t dtype,
                         std::uint32_t beside) {
  ProgramRequest request;
  request.target = device.target();
  request.batch = rows;
  request.dtype = dtype;
  request.entries = entry_bit(INGOT_GRADIENT) | beside;
  request.exact_batch = false;
  return source.get(point, request);
}

GradientRun::GradientRun(const Point& point, Program program, Device& device, const Dataset& data, const StepNumbers& numbers)
    : instance_(point, std::move(program), device), rows_(static_cast<std::uint32_t>(data.rows())), numbers_(numbers) {
  const bool f64 = instance_.program()->dtype == INGOT_F64;
  for (const Table& table : data.inputs) {
    inputs_.push_back(f64 ? as_f64(table) : table);
    input_dtypes_.push_back(inputs_.back().dtype);
    input_pointers_.push_back(inputs_.back().data());
    if (!f64) continue;
    const auto* values = static_cast<const double*>(inputs_.back().data());
    f64_inputs_.emplace_back(values, values + rows_ * inputs_.back().row_elements());
    input_pointers_.back() = f64_inputs_.back().data();
  }
  for (const Table& table : data.targets) {
    targets_.push_back(table);
    target_pointers_.push_back(targets_.back().data());
  }
  add_variables();
}

void GradientRun::add_variables() {
  const ingot_entry& entry = *instance_.program().entry(INGOT_GRADIENT);
  const auto metric = instance_.find_metric(INGOT_GRADIENT, "loss");
  if (!metric) throw std::logic_error("the gradient entry has no metric loss");
  loss_metric_ = *metric;
  std::uint32_t input = 0;  // results: parameters by name, then the inputs in order
  for (std::uint32_t r = 0; r < entry.n_results; ++r) {
    const auto state = instance_.find_state(entry.results[r].name);
    Variable variable{entry.results[r].name, !state, state ? *state : input++, {}, {}};
    std::uint64_t elements = entry.results[r].elements;
    if (variable.is_input) {
      const Table& table = inputs_.at(variable.index);
      elements = rows_ * table.row_elements();
      variable.dims.push_back(rows_);
      variable.dims.insert(variable.dims.end(), table.dims.begin(), table.dims.end());
    } else {
      const ingot_tensor& tensor = instance_.states()[variable.index].tensor;
      variable.dims.assign(tensor.dims, tensor.dims + tensor.rank);
    }
    variable.values.resize(elements);
    // An entry may write a whole batch of input gradients, whatever the rows.
    const std::uint64_t room = variable.is_input ? elements / rows_ * instance_.program()->batch : elements;
    results_.emplace_back(room * dtype_bytes(instance_.program()->dtype));
    variables_.push_back(std::move(variable));
  }
  for (auto& result : results_) outputs_.push_back(result.data());
}

double GradientRun::loss() {
  const Feed feed{input_pointers_.data(), input_dtypes_.data(), target_pointers_.data(), nullptr, rows_};
  return instance_.run(INGOT_GRADIENT, feed, numbers_, outputs_.data())[loss_metric_];
}

void GradientRun::read_values() {
  for (Variable& variable : variables_) {
    variable.values = variable.is_input ? f64_inputs_.at(variable.index) : instance_.get_doubles(variable.index);
  }
}

void GradientRun::assign(std::size_t v, const std::vector<double>& values) {
  const Variable& variable = variables_[v];
  if (variable.is_input) {
    f64_inputs_.at(variable.index) = values;  // same size: the memory that input_pointers_ names stays
  } else {
    instance_.set_doubles(variable.index, values);
  }
}

std::vector<double> GradientRun::gradient(std::size_t v) const {
  const std::size_t n = variables_[v].values.size();
  if (instance_.program()->dtype == INGOT_F64) {
    const auto* values = reinterpret_cast<const double*>(results_[v].data());
    return {values, values + n};
  }
  const auto* values = reinterpret_cast<const float*>(results_[v].data());
  return {values, values + n};
}

}  // namespace ingot::runtime
