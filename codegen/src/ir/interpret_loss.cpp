#include "ir/error.hpp"
#include "ir/interpret_kernels.hpp"
#include "ir/op_info.hpp"

#include <algorithm>
#include <cmath>

namespace ingot::codegen {
namespace {

double clip(double p) { return std::min(std::max(p, loss_epsilon), 1 - loss_epsilon); }
double clip_to_one(double p) { return std::min(std::max(p, loss_epsilon), 1.0); }
double bce(double p, double y) { return -(y * std::log(p) + (1 - y) * std::log(1 - p)); }
double bce_of_logit(double x, double y) { return std::max(x, 0.0) - x * y + std::log1p(std::exp(-std::abs(x))); }
double number(const NodeCall& c, std::size_t operand) { return c.in[operand].data[0]; }

double log_sum_exp(const double* x, std::int64_t n) {
  const double m = *std::max_element(x, x + n);
  double s = 0;
  for (std::int64_t j = 0; j < n; ++j) s += std::exp(x[j] - m);
  return m + std::log(s);
}

double binary_focal(const NodeCall& c, double x, double y) {
  const bool logits = c.node.op == Op::binary_focal_logits;
  const double p = clip(logits ? 1 / (1 + std::exp(-x)) : x), alpha = number(c, 3);
  const double weight = c.node.attr.value != 0 ? y * alpha + (1 - y) * (1 - alpha) : 1;
  return weight * std::pow(y * (1 - p) + (1 - y) * p, number(c, 2)) * (logits ? bce_of_logit(x, y) : bce(p, y));
}

double hinge(double x, double y) { return std::max(1 - (y == 0 ? -1 : y) * x, 0.0); }

double element_loss(const NodeCall& c, double x, double y) {
  const double e = x - y;
  switch (c.node.op) {
    case Op::bce_logits:
      return bce_of_logit(x, y);
    case Op::bce_probs:
      return bce(clip(x), y);
    case Op::binary_focal_probs:
    case Op::binary_focal_logits:
      return binary_focal(c, x, y);
    case Op::msle:
      return std::pow(std::log1p(std::max(x, loss_epsilon)) - std::log1p(std::max(y, loss_epsilon)), 2);
    case Op::mape:
      return 100 * std::abs(e) / std::max(std::abs(y), loss_epsilon);
    case Op::log_cosh:
      return std::abs(e) + std::log1p(std::exp(-2 * std::abs(e))) - std::log(2.0);
    case Op::poisson:
      return x - y * std::log(x + loss_epsilon);
    case Op::hinge:
      return hinge(x, y);
    case Op::squared_hinge:
      return hinge(x, y) * hinge(x, y);
    case Op::mse:
      return e * e;
    case Op::mae:
      return std::abs(e);
    default: {  // huber
      const double delta = number(c, 2);
      return std::abs(e) <= delta ? 0.5 * e * e : delta * std::abs(e) - 0.5 * delta * delta;
    }
  }
}

double sparse(const Node& node, const double* x, std::int64_t n, double target) {
  const auto label = static_cast<std::int64_t>(target);
  const Op op = node.op;
  if (op == Op::sparse_accuracy) return std::max_element(x, x + n) - x == label ? 1.0 : 0.0;
  // a class number outside the columns picks nothing, as the one-hot comparison of the kernels
  const bool inside = label >= 0 && label < n;
  if (op == Op::sparse_top_k_accuracy) {
    const double own = inside ? x[label] : 0;
    return static_cast<double>(std::count_if(x, x + n, [&](double other) { return !(own >= other); })) < node.attr.value ? 1.0 : 0.0;
  }
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

double categorical_focal(const NodeCall& c, const double* x, const double* y, std::int64_t n) {
  const bool logits = c.node.op == Op::categorical_focal_logits;
  const double lse = log_sum_exp(x, n), gamma = number(c, 2);
  double loss = 0, s = 0;
  for (std::int64_t j = 0; j < n; ++j) s += x[j];
  for (std::int64_t j = 0; j < n; ++j) {
    const double p = clip(logits ? std::exp(x[j] - lse) : x[j] / s);
    loss -= y[j] * std::pow(1 - p, gamma) * (logits ? x[j] - lse : std::log(p));
  }
  return loss;
}

double kl_divergence(const double* x, const double* y, std::int64_t n) {
  double loss = 0;
  for (std::int64_t j = 0; j < n; ++j) loss += clip_to_one(y[j]) * std::log(clip_to_one(y[j]) / clip_to_one(x[j]));
  return loss;
}

double cosine_similarity(const double* x, const double* y, std::int64_t n) {
  double xx = 0, yy = 0, xy = 0;
  for (std::int64_t j = 0; j < n; ++j) {
    xx += x[j] * x[j];
    yy += y[j] * y[j];
    xy += x[j] * y[j];
  }
  return -xy / (std::max(std::sqrt(xx), loss_epsilon) * std::max(std::sqrt(yy), loss_epsilon));
}

double row_loss(const NodeCall& c, std::int64_t i) {
  const std::int64_t n = c.in[0].cols;
  const double *x = c.in[0].data + i * n, *y = c.in[1].data + i * c.in[1].cols;
  switch (c.node.op) {
    case Op::sparse_ce_logits:
    case Op::sparse_ce_probs:
    case Op::sparse_accuracy:
    case Op::sparse_top_k_accuracy:
      return sparse(c.node, x, n, *y);
    case Op::ce_logits:
    case Op::ce_probs:
      return dense_ce(c.node.op, x, y, n);
    case Op::categorical_focal_probs:
    case Op::categorical_focal_logits:
      return categorical_focal(c, x, y, n);
    case Op::kl_divergence:
      return kl_divergence(x, y, n);
    case Op::cosine_similarity:
      return cosine_similarity(x, y, n);
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
