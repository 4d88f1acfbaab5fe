// Derivatives from values alone: central differences on shrinking steps, with Richardson's extrapolation and kink detection.
//
// n(h) = (f(x+h) - f(x-h)) / 2h. Where f is smooth, n(h) - n(h/2) falls as h^2 and (4 n(h/2) - n(h)) / 3 has an error of O(h^4); where
// the two disagree, a kink of f (relu, max, |x|) lies within h, and a smaller step is tried. Large steps come first: the rounding of f
// weighs as 1/h.
#pragma once
#include <functional>
#include <optional>

namespace ingot::runtime {

struct NumericDerivative {
  double value = 0;
  double rounding = 0;  ///< what the rounding errors of f can make up in `value`
};

/// `f(d)`: the function at distance d from the point, along the coordinate or direction; `size`: |f| at the point; `unit`: by what steps
/// are scaled (max(1, |x|)); `expected`: typical magnitude of the derivative, against which agreement is judged. Nothing: a kink on every
/// scale from 1e-3 to 1e-5.
[[nodiscard]] std::optional<NumericDerivative> numeric_derivative(const std::function<double(double)>& f, double size, double unit,
                                                                  double expected);

}  // namespace ingot::runtime
