#include "numeric_derivative.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ingot::runtime {
namespace {

constexpr double agreement = 3e-7;      // a third of the tolerance of the check
constexpr double rounding_factor = 16;  // ulps of f: its sums are long

/// What f says at distance h on both sides.
struct Differences {
  double change = 0;  ///< from one side to the other
  double slope = 0;   ///< the central difference
  double step = 0;    ///< slope to the right less that to the left
};
Differences differences(const std::function<double(double)>& f, double at, double h) {
  const double right = f(h), left = f(-h);
  return {right - left, (right - left) / (2 * h), ((right - at) - (at - left)) / h};
}

}  // namespace

NumericDerivative numeric_derivative(const std::function<double(double)>& f, double at, double unit, double expected) {
  const double size = std::max(std::abs(at), 1e-3);
  NumericDerivative last;
  double first_change = 0;
  for (double step : {1e-3, 1e-4, 1e-5, 1e-6}) {
    const double h = step * unit;
    const Differences wide = differences(f, at, h), narrow = differences(f, at, h / 2);
    const double rounding = rounding_factor * std::numeric_limits<double>::epsilon() * size / h;
    if (first_change == 0) first_change = wide.change;
    last = {narrow.slope, rounding, true, narrow.change != 0 && narrow.change == first_change};
    const double allowed = agreement * std::max(std::abs(narrow.slope), expected) + 2 * rounding;
    if (std::abs(wide.slope - narrow.slope) > allowed) continue;
    if (std::abs(2 * narrow.step - wide.step) > 4 * allowed) continue;
    return {(4 * narrow.slope - wide.slope) / 3, rounding, false, false};
  }
  return last;
}

}  // namespace ingot::runtime
