#include "ir/error.hpp"
#include "ir/interpret_kernels.hpp"

#include <algorithm>
#include <cmath>

namespace ingot::codegen {
namespace {

double row_reduce(Op op, const double* x, std::int64_t n) {
  switch (op) {
    case Op::row_sum: {
      double s = 0;
      for (std::int64_t j = 0; j < n; ++j) s += x[j];
      return s;
    }
    case Op::row_max:
      return *std::max_element(x, x + n);
    default:
      return *std::min_element(x, x + n);
  }
}

void softmax_row(bool logarithm, const double* x, double* y, std::int64_t n) {
  const double m = *std::max_element(x, x + n);
  double s = 0;
  for (std::int64_t j = 0; j < n; ++j) s += std::exp(x[j] - m);
  for (std::int64_t j = 0; j < n; ++j) y[j] = logarithm ? x[j] - m - std::log(s) : std::exp(x[j] - m) / s;
}

void matmul(const NodeCall& c) {
  const Matrix &a = c.in[0], &b = c.in[1];
  const bool ta = c.node.attr.transpose_a, tb = c.node.attr.transpose_b;
  const std::int64_t inner = ta ? a.rows : a.cols;
  for (std::int64_t i = 0; i < c.rows; ++i)
    for (std::int64_t k = 0; k < inner; ++k) {
      const double x = ta ? a.data[k * a.cols + i] : a.data[i * a.cols + k];
      for (std::int64_t j = 0; j < c.cols; ++j) c.out[i * c.cols + j] += x * (tb ? b.data[j * b.cols + k] : b.data[k * b.cols + j]);
    }
}

void concat(const NodeCall& c) {
  const Matrix &a = c.in[0], &b = c.in[1];
  for (std::int64_t i = 0; i < c.rows; ++i) {
    std::copy_n(a.data + i * a.cols, a.cols, c.out + i * c.cols);
    std::copy_n(b.data + i * b.cols, b.cols, c.out + i * c.cols + a.cols);
  }
}

void column_sum(const NodeCall& c) {
  const Matrix& x = c.in[0];
  const std::int64_t block = c.node.attr.block * c.rows_per_sample;
  for (std::int64_t i = 0; i < x.rows; ++i)
    for (std::int64_t j = 0; j < x.cols; ++j) c.out[(block == 0 ? 0 : i / block) * x.cols + j] += x.data[i * x.cols + j];
}

void batch_norm(const NodeCall& c) {
  const Matrix& x = c.in[0];
  const auto n = static_cast<double>(x.rows);
  for (std::int64_t j = 0; j < x.cols; ++j) {
    double mean = 0, variance = 0;
    for (std::int64_t i = 0; i < x.rows; ++i) mean += x.data[i * x.cols + j] / n;
    for (std::int64_t i = 0; i < x.rows; ++i) variance += (x.data[i * x.cols + j] - mean) * (x.data[i * x.cols + j] - mean) / n;
    const double scale = c.in[1].at(0, j) / std::sqrt(variance + c.in[3].data[0]);
    for (std::int64_t i = 0; i < x.rows; ++i) c.out[i * x.cols + j] = (x.data[i * x.cols + j] - mean) * scale + c.in[2].at(0, j);
  }
}

void flip_kernel(const NodeCall& c) {
  const Matrix& k = c.in[0];
  const std::int64_t cells = c.node.attr.window.cells(), channels = k.rows / cells, filters = k.cols;
  for (std::int64_t cell = 0; cell < cells; ++cell)
    for (std::int64_t i = 0; i < channels; ++i)
      for (std::int64_t f = 0; f < filters; ++f)
        c.out[((cells - 1 - cell) * filters + f) * channels + i] = k.data[(cell * channels + i) * filters + f];
}

void by_row(const NodeCall& c) {
  const Matrix& x = c.in[0];
  for (std::int64_t i = 0; i < c.rows; ++i) {
    const double* row = x.data + i * x.cols;
    double* out = c.out + i * c.cols;
    switch (c.node.op) {
      case Op::softmax:
      case Op::log_softmax:
        softmax_row(c.node.op == Op::log_softmax, row, out, x.cols);
        break;
      case Op::slice:
        std::copy_n(row + c.node.attr.begin, c.cols, out);
        break;
      default:
        *out = row_reduce(c.node.op, row, x.cols);
    }
  }
}

void lookup(const NodeCall& c) {
  const bool forward = c.node.op == Op::lookup;
  const Matrix &numbers = c.in[forward ? 1 : 0], &rows = c.in[forward ? 0 : 1];
  const std::int64_t table_rows = forward ? rows.rows : c.rows;
  for (std::int64_t r = 0; r < numbers.rows; ++r) {
    const double number = numbers.data[r];
    if (!(number >= 0 && number < static_cast<double>(table_rows))) continue;
    const auto at = static_cast<std::int64_t>(number);
    for (std::int64_t i = 0; i < c.cols; ++i) c.out[(forward ? r : at) * c.cols + i] += rows.data[(forward ? at : r) * c.cols + i];
  }
}

}  // namespace

void interpret_rows(const NodeCall& c) {
  const Matrix& x = c.in[0];
  switch (c.node.op) {
    case Op::matmul:
      return matmul(c);
    case Op::concat:
      return concat(c);
    case Op::reshape:
      std::copy_n(x.data, x.rows * x.cols, c.out);
      return;
    case Op::column_sum:
      return column_sum(c);
    case Op::fold_rows:
      for (std::int64_t i = 0; i < x.rows * x.cols; ++i) c.out[i % (c.rows * c.cols)] += x.data[i];
      return;
    case Op::flip_kernel:
      return flip_kernel(c);
    case Op::lookup:
    case Op::lookup_gradient:
      return lookup(c);
    case Op::batch_norm:
      return batch_norm(c);
    default:
      return by_row(c);
  }
}

}  // namespace ingot::codegen
