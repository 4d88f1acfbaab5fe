// One point of a model's search space: a value for every hyper-parameter, in the order of the manifest.
//
// Values are doubles: integers as they are, booleans 0 or 1, choices the chosen entry of `choices`. Setting by text checks the
// value against the manifest; a wrong name, value or range throws UserError with one sentence that lists what is known.
// The model must outlive the point.
#pragma once
#include <ingot_abi.h>

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ingot::runtime {

class Point {
 public:
  /// The point of the program built ahead: every hyper-parameter at its initial value.
  explicit Point(const ingot_model& model);
  /// Takes over `values` (one per hyper-parameter), checked.
  Point(const ingot_model& model, std::span<const double> values);

  [[nodiscard]] const ingot_model& model() const noexcept { return *model_; }
  [[nodiscard]] std::span<const double> values() const noexcept { return values_; }
  [[nodiscard]] double operator[](std::size_t i) const { return values_[i]; }

  /// "units=96", "learning_rate=1e-3", "drop=true", "act=relu".
  void set(std::string_view assignment);
  void set(std::string_view name, std::string_view value);
  void set(std::size_t hp, double value);

  /// Index of a hyper-parameter; throws when the model has none of that name.
  [[nodiscard]] std::size_t index(std::string_view name) const;
  /// Whether hyper-parameter `hp` exists at this point (its guard is on).
  [[nodiscard]] bool active(std::size_t hp) const;
  [[nodiscard]] bool guard_on(std::int32_t guard) const;
  /// The value as the user writes it: "96", "0.001", "true", "relu".
  [[nodiscard]] std::string text(std::size_t hp) const;
  /// "units=96 learning_rate=0.001": the active ones.
  [[nodiscard]] std::string describe() const;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> named() const;

  /// A number of the recipe at this point.
  [[nodiscard]] double value(const ingot_num& number) const;

  friend bool operator==(const Point& a, const Point& b) { return a.model_ == b.model_ && a.values_ == b.values_; }

 private:
  const ingot_model* model_;
  std::vector<double> values_;
};

/// Throws UserError when `value` is not one that the hyper-parameter may take.
void check_value(const ingot_hp& hp, double value);

}  // namespace ingot::runtime
