#include "numeric_derivative.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ingot::runtime {
namespace {

constexpr double agreement = 3e-7;      // a third of the tolerance of the check
constexpr double rounding_factor = 16;  // ulps of f: its sums are long

double central(const std::function<double(double)>& f, double h) { return (f(h) - f(-h)) / (2 * h); }

}  // namespace

std::optional<NumericDerivative> numeric_derivative(const std::function<double(double)>& f, double size, double unit, double expected) {
  for (double step : {1e-3, 1e-4, 1e-5, 1e-6}) {
    const double h = step * unit;
    const double wide = central(f, h), narrow = central(f, h / 2);
    const double rounding = rounding_factor * std::numeric_limits<double>::epsilon() * std::max(size, 1e-3) / h;
    const double scale = std::max({std::abs(narrow), expected});
    if (std::abs(wide - narrow) <= agreement * scale + 2 * rounding) return NumericDerivative{(4 * narrow - wide) / 3, rounding};
  }
  return std::nullopt;
}

}  // namespace ingot::runtime
