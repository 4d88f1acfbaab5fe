// The search space of a model, read from its manifest: domains, conditional hyper-parameters, numbering of the points.
//
// A hyper-parameter whose guard is off is inactive: it holds its initial value and makes no difference, so two points that differ in
// inactive ones only are the same point and are counted once. Hyper-parameters linked by guards form a component; the components are
// independent, so the number of points is the product over them.
#pragma once
#include <ingot/runtime/model/point.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ingot::runtime {

/// A value given by hand, `--set name=value`: narrows the domain of that hyper-parameter to it.
using FixedValues = std::vector<std::optional<double>>;

class Space {
 public:
  /// Keeps a reference to the model. `fixed`: empty, or one entry per hyper-parameter.
  explicit Space(const ingot_model& model, FixedValues fixed = {});

  [[nodiscard]] std::size_t count() const { return model_->n_hps; }
  [[nodiscard]] const ingot_hp& hp(std::size_t i) const { return model_->hps[i]; }

  /// Number of distinct points. Nothing: a continuous hyper-parameter, or more points than can be numbered.
  [[nodiscard]] std::optional<std::uint64_t> size() const { return size_; }
  /// Point number `index` < size(). Throws std::out_of_range beyond.
  [[nodiscard]] Point point(std::uint64_t index) const;
  /// The number of a point; inactive values are ignored. Throws std::out_of_range when a value is outside its domain.
  [[nodiscard]] std::uint64_t index(const Point& point) const;

  /// The point of the program built ahead, with the fixed values in place.
  [[nodiscard]] Point initial() const;
  /// The same point with inactive hyper-parameters at their initial values.
  [[nodiscard]] Point canonical(const Point& point) const;

  /// Number of values of hyper-parameter i; 0: continuous.
  [[nodiscard]] std::uint64_t values(std::size_t i) const;
  /// Value number `j` < values(i).
  [[nodiscard]] double value(std::size_t i, std::uint64_t j) const;
  /// The number of a value, or nothing when the domain has no such value.
  [[nodiscard]] std::optional<std::uint64_t> value_index(std::size_t i, double value) const;
  /// The value at quantile u in [0, 1): equally likely values, or log-uniform where the hyper-parameter says so.
  [[nodiscard]] double quantile(std::size_t i, double u) const;

  /// One line per hyper-parameter: "units: 32..512 step 32", "rate: 0.1..0.5, when drop is true". Equal texts: equal spaces.
  [[nodiscard]] std::vector<std::string> lines() const;
  /// One sentence: "48 points", or "unlimited: learning_rate is continuous".
  [[nodiscard]] std::string size_text() const;

 private:
  // The points of a component: a block for every assignment of the hyper-parameters that guards look at.
  struct Block {
    std::vector<double> controls;
    std::vector<std::uint32_t> free;  // active hyper-parameters that no guard looks at
    std::uint64_t first = 0, size = 1;
  };
  struct Component {
    std::vector<std::uint32_t> members, controls;
    std::vector<Block> blocks;
    std::uint64_t size = 0;
  };
  void find_components();
  bool enumerate(Component& component, Point& point, std::size_t control) const;
  bool add_block(Component& component, const Point& point) const;
  [[nodiscard]] std::vector<double> initial_values() const;

  const ingot_model* model_;
  FixedValues fixed_;
  std::vector<Component> components_;
  std::optional<std::uint64_t> size_;
};

/// "name=value" texts of the command line. Throws UserError with one sentence: unknown name, or a value the hyper-parameter cannot take.
FixedValues parse_settings(const ingot_model& model, const std::vector<std::string>& settings);

}  // namespace ingot::runtime
