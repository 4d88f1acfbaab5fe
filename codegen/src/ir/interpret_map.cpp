#include "ir/error.hpp"
#include "ir/interpret_kernels.hpp"
#include "ir/philox.hpp"

#include <cmath>
#include <numbers>

namespace ingot::codegen {
namespace {

double cast(double x, DType to) {
  switch (to) {
    case DType::boolean:
      return x != 0 ? 1.0 : 0.0;
    case DType::u8:
    case DType::i32:
      return std::trunc(x);
    default:
      return x;
  }
}

double sigmoid(double x) { return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x)); }
double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }
double sign(double x) { return x > 0 ? 1.0 : x < 0 ? -1.0 : x; }  // NaN and signed zeros stay

double unary(const Node& n, double x) {
  switch (n.op) {
    case Op::cast:
      return cast(x, n.type.dtype);
    case Op::neg:
      return -x;
    case Op::exp:
      return std::exp(x);
    case Op::log:
      return std::log(x);
    case Op::log1p:
      return std::log1p(x);
    case Op::sqrt:
      return std::sqrt(x);
    case Op::abs:
      return std::abs(x);
    case Op::sign:
      return sign(x);
    case Op::tanh:
      return std::tanh(x);
    case Op::erf:
      return std::erf(x);
    case Op::sigmoid:
      return sigmoid(x);
    case Op::relu:
      return 0 > x ? 0.0 : x;  // NaN stays
    case Op::leaky_relu:
      return x > 0 ? x : n.attr.value * x;
    case Op::elu:
      return x > 0 ? x : n.attr.value * std::expm1(x);
    case Op::gelu:
      return x * normal_cdf(x);
    case Op::silu:
      return x * sigmoid(x);
    default:
      throw InternalError("interpreter: not a unary op");
  }
}

double binary(Op op, double a, double b) {
  switch (op) {
    case Op::add:
      return a + b;
    case Op::sub:
      return a - b;
    case Op::mul:
      return a * b;
    case Op::div:
      return a / b;
    case Op::maximum:
      return a > b ? a : b;
    case Op::minimum:
      return a < b ? a : b;
    case Op::greater:
      return a > b ? 1.0 : 0.0;
    case Op::greater_equal:
      return a >= b ? 1.0 : 0.0;
    case Op::equal:
      return a == b ? 1.0 : 0.0;
    default:
      throw InternalError("interpreter: not a binary op");
  }
}

std::uint32_t word_of(const NodeCall& c, std::int32_t layer, std::int64_t row, std::int64_t column) {
  return dropout_word(static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(column), c.random.step, static_cast<std::uint32_t>(layer),
                      c.random.seed_low, c.random.seed_high);
}

bool kept(const NodeCall& c, double rate, std::int64_t row, std::int64_t column) {
  return static_cast<double>(word_of(c, c.node.attr.layer, row, column)) >= std::floor(rate * 4294967296.0);
}

double normal(const NodeCall& c, std::int64_t row, std::int64_t column) {
  const double u = unit_of_word(word_of(c, c.node.attr.layer, row, column));
  const double v = unit_of_word(word_of(c, c.node.attr.layer + second_stream, row, column));
  return c.in[0].data[0] * std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
}

double dropout(const NodeCall& c, std::int64_t row, std::int64_t column) {
  const double x = c.in[0].at(row, column), rate = c.in[1].data[0];
  if (!c.node.attr.training) return x;
  return kept(c, rate, row, column) ? x * (1 / (1 - rate)) : 0.0;
}

double element(const NodeCall& c, std::int64_t i, std::int64_t j) {
  const std::vector<Matrix>& in = c.in;
  switch (c.node.op) {
    case Op::select:
      return in[0].at(i, j) != 0 ? in[1].at(i, j) : in[2].at(i, j);
    case Op::keep_mask:
      return kept(c, in[0].data[0], i, j) ? 1.0 : 0.0;
    case Op::normal:
      return normal(c, i, j);
    case Op::dropout:
      return dropout(c, i, j);
    default:
      return in.size() == 1 ? unary(c.node, in[0].at(i, j)) : binary(c.node.op, in[0].at(i, j), in[1].at(i, j));
  }
}

}  // namespace

void interpret_map(const NodeCall& c) {
  for (std::int64_t i = 0; i < c.rows; ++i)
    for (std::int64_t j = 0; j < c.cols; ++j) c.out[i * c.cols + j] = element(c, i, j);
}

}  // namespace ingot::codegen
