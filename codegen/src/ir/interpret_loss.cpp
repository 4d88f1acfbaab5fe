#include "ir/error.hpp"
#include "ir/interpret_kernels.hpp"
#include "ir/op_info.hpp"

#include <algorithm>
#include <cmath>

namespace ingot::codegen {
namespace {

double clip(double p) { return std::min(std::max(p, loss_epsilon), 1 - loss_epsilon); }

double log_sum_exp(const double* x, std::int64_t n) {
  const double m = *std::max_element(x, x + n);
  double s = 0;
  for (std::int64_t j = 0; j < n; ++j) s += std::exp(x[j] - m);
  return m + std::log(s);
}

double element_loss(const NodeCall& c, double x, double y) {
  const double e = x - y;
  switch (c.node.op) {
    case Op::bce_logits:
      return std::max(x, 0.0) - x * y + std::log1p(std::exp(-std::abs(x)));
    case Op::bce_probs:
      return -(y * std::log(clip(x)) + (1 - y) * std::log(1 - clip(x)));
    case Op::mse:
      return e * e;
    case Op::mae:
      return std::abs(e);
    default: {  // huber
      const double delta = c.in[2].data[0];
      return std::abs(e) <= delta ? 0.5 * e * e : delta * std::abs(e) - 0.5 * delta * delta;
    }
  }
}

double sparse(Op op, const double* x, std::int64_t n, double target) {
  const auto label = static_cast<std::int64_t>(target);
  if (op == Op::sparse_accuracy) return std::max_element(x, x + n) - x == label ? 1.0 : 0.0;
  // a class number outside the columns picks nothing, as the one-hot comparison of the kernels
  const bool inside = label >= 0 && label < n;
  if (op == Op::sparse_ce_logits) return log_sum_exp(x, n) - (inside ? x[label] : 0.0);
  double s = 0;
  for (std::int64_t j = 0; j < n; ++j) s += clip(x[j]);
  return std::log(s) - (inside ? std::log(clip(x[label])) : 0.0);
}

double dense_ce(Op op, const double* x, const double* y, std::int64_t n) {
  double loss = 0, s = 0;
  const double lse = log_sum_exp(x, n);
  for (std::int64_t j = 0; j < n; ++j) s += x[j];
  for (std::int64_t j = 0; j < n; ++j) loss -= y[j] * (op == Op::ce_logits ? x[j] - lse : std::log(clip(x[j] / s)));
  return loss;
}

double row_loss(const NodeCall& c, std::int64_t i) {
  const std::int64_t n = c.in[0].cols;
  const double *x = c.in[0].data + i * n, *y = c.in[1].data + i * c.in[1].cols;
  switch (c.node.op) {
    case Op::sparse_ce_logits:
    case Op::sparse_ce_probs:
    case Op::sparse_accuracy:
      return sparse(c.node.op, x, n, *y);
    case Op::ce_logits:
    case Op::ce_probs:
      return dense_ce(c.node.op, x, y, n);
    case Op::categorical_accuracy:
      return std::max_element(x, x + n) - x == std::max_element(y, y + n) - y ? 1.0 : 0.0;
    default:
      break;
  }
  double s = 0;
  for (std::int64_t j = 0; j < n; ++j)
    s += c.node.op == Op::binary_accuracy ? ((x[j] > c.node.attr.value) == (y[j] > 0.5) ? 1.0 : 0.0) : element_loss(c, x[j], y[j]);
  return s / static_cast<double>(n);
}

}  // namespace

void interpret_loss(const NodeCall& c) {
  for (std::int64_t i = 0; i < c.rows; ++i) c.out[i] = row_loss(c, i);
}

}  // namespace ingot::codegen
