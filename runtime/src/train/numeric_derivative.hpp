// Derivatives from values alone: central differences on shrinking steps, with Richardson's extrapolation and kink detection.
//
// n(h) = (f(x+h) - f(x-h)) / 2h. Where f is smooth, n(h) - n(h/2) falls as h^2 and (4 n(h/2) - n(h)) / 3 has an error of O(h^4); where
// the two disagree, a kink of f (relu, max, |x|) lies within h, and a smaller step is tried. A kink at x itself makes them agree on the
// mean of both slopes; there the slopes to the right and to the left differ by d(h) = (f(x+h) - 2 f(x) + f(x-h)) / h, which falls as h
// where f is smooth, so that 2 d(h/2) - d(h) is the step of the slope. Large steps come first: the rounding of f weighs as 1/h.
#pragma once
#include <functional>

namespace ingot::runtime {

struct NumericDerivative {
  double value = 0;
  double rounding = 0;  ///< what the rounding errors of f can make up in `value`
  bool kink = false;    ///< on every scale; `value` is then the central difference on the smallest
  bool jump = false;    ///< f takes one value on each side, whatever the step: that of another class or token
};

/// `f(d)`: the function at distance d from the point, along the coordinate or direction; `at`: its value at the point; `unit`: by what
/// steps are scaled (max(1, |x|)); `expected`: typical magnitude of the derivative, against which agreement is judged.
[[nodiscard]] NumericDerivative numeric_derivative(const std::function<double(double)>& f, double at, double unit, double expected);

}  // namespace ingot::runtime
