// Reproducible numbers for tensors of tests, and comparison of tensors.
#pragma once
#include "ir/interpret.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

namespace ingot::test {

using codegen::Graph;
using codegen::InterpreterInputs;
using codegen::Values;

/// A small generator of our own use: numbers are the same with every standard library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  double uniform(double low, double high) { return low + (high - low) * static_cast<double>(engine_() >> 11) * 0x1p-53; }
  std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(n)); }
  bool chance(double p) { return uniform(0, 1) < p; }
  Values values(std::int64_t n, double low = -1, double high = 1) {
    Values v(static_cast<std::size_t>(n));
    for (double& x : v) x = uniform(low, high);
    return v;
  }

 private:
  std::mt19937_64 engine_;
};

inline std::int64_t elements(const std::vector<std::int64_t>& dims) {
  std::int64_t n = 1;
  for (const std::int64_t d : dims) n *= d;
  return n;
}

/// Inputs for every table of `g`; class targets (i32) are 0 .. classes-1, other targets 0 or 1, the step is 3.
inline InterpreterInputs sample_inputs(const Graph& g, std::int64_t rows, std::uint64_t seed, std::int64_t classes = 4) {
  Random random(seed);
  InterpreterInputs in;
  in.rows = rows;
  for (const auto& p : g.inputs) in.inputs.push_back(random.values(rows * elements(p.dims)));
  for (const auto& p : g.targets) {
    in.targets.push_back({});
    for (std::int64_t i = 0; i < rows * elements(p.dims); ++i)
      in.targets.back().push_back(static_cast<double>(random.below(p.dtype == codegen::DType::i32 ? classes : 2)));
  }
  for (const auto& s : g.states) in.states.push_back(random.values(elements(s.dims)));
  for (const auto& s : g.scalars) {
    if (s.kind == codegen::ScalarKind::step)
      in.scalars.push_back(3);
    else if (s.kind == codegen::ScalarKind::power)
      in.scalars.push_back(std::pow(s.constant, 3));
    else
      in.scalars.push_back(s.kind == codegen::ScalarKind::hp || s.kind == codegen::ScalarKind::rate
                               ? random.uniform(0.05, 0.4)
                               : static_cast<double>(random.below(1 << 30)));
  }
  return in;
}

inline double norm(const Values& v) {
  double s = 0;
  for (const double x : v) s += x * x;
  return std::sqrt(s);
}
/// ||a - b|| / (||a|| + ||b||); 0 when both are zero.
inline double relative_distance(const Values& a, const Values& b) {
  double s = 0;
  for (std::size_t i = 0; i < a.size(); ++i) s += (a[i] - b[i]) * (a[i] - b[i]);
  const double scale = norm(a) + norm(b);
  return scale == 0 ? 0 : std::sqrt(s) / scale;
}
/// Equal numbers; NaN equals NaN, 0 equals -0.
inline bool same_values(const Values& a, const Values& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

}  // namespace ingot::test
