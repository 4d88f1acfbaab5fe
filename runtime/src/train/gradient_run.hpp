// A program's gradient entry with its rows and result buffers, for one point of weight space at a time.
#pragma once
#include <ingot/runtime/data/dataset.hpp>
#include <ingot/runtime/model/instance.hpp>

#include <string>
#include <vector>

namespace ingot::runtime {

/// The gradient entry for batches of `rows` rows or more, for `device`; `beside`: bits of further entries.
[[nodiscard]] Program gradient_program(ProgramSource& source, const Point& point, const Device& device, std::uint32_t rows,
                                       std::uint32_t dtype = INGOT_F32, std::uint32_t beside = 0);

class GradientRun {
 public:
  /// Takes all rows of `data`, which are in memory; the float64 program gets inputs converted to f64. `numbers`: of the step whose random
  /// numbers the entry draws, each time.
  GradientRun(const Point& point, Program program, Device& device, const Dataset& data, const StepNumbers& numbers);

  [[nodiscard]] Instance& instance() noexcept { return instance_; }
  /// Runs the entry: the loss; gradients are then in gradient(i).
  double loss();

  /// What a result is the gradient of.
  struct Variable {
    std::string name;
    bool is_input = false;
    std::uint32_t index = 0;          ///< of the state tensor, or of the input
    std::vector<double> values;       ///< the current ones
    std::vector<std::uint64_t> dims;  ///< extents; of an input the rows first
  };
  [[nodiscard]] std::vector<Variable>& variables() noexcept { return variables_; }
  /// Reads the current values of all variables from the program and the rows.
  void read_values();
  /// Makes `values` the current ones of variable v (without changing variables()[v].values).
  void assign(std::size_t v, const std::vector<double>& values);
  [[nodiscard]] std::vector<double> gradient(std::size_t v) const;

 private:
  void add_variables();

  Instance instance_;
  std::vector<Table> inputs_, targets_;
  std::vector<std::vector<double>> f64_inputs_;  // writable copies; empty for float32 programs
  std::vector<const void*> input_pointers_, target_pointers_;
  std::vector<std::uint32_t> input_dtypes_;
  std::uint32_t rows_, loss_metric_ = 0;
  StepNumbers numbers_;
  std::vector<Variable> variables_;
  std::vector<std::vector<std::byte>> results_;
  std::vector<void*> outputs_;
};

}  // namespace ingot::runtime
