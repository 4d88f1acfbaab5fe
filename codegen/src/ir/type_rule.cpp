#include "ir/type_rule.hpp"

#include "ir/op_info.hpp"
#include "ir/print.hpp"

#include <algorithm>

namespace ingot::codegen {
namespace {

[[noreturn]] void broken(std::string text) { throw TypeProblem{std::move(text)}; }

void require(bool ok, const char* text) {
  if (!ok) broken(text);
}
void require_float(const Type& t) {
  if (!is_float(t.dtype)) broken("needs a floating-point operand, not " + print_type(t));
}
void require_same_dtype(const Type& a, const Type& b) {
  if (a.dtype != b.dtype) broken("operands differ in dtype: " + print_type(a) + " and " + print_type(b));
}
bool is_scalar(const Type& t) { return !t.batched && t.rows == 1 && t.cols == 1; }

Type map_type(Op op, std::span<const Type> in, const Type& asked) {
  switch (op) {
    case Op::cast: {
      Type t = in[0];
      t.dtype = asked.dtype;
      return t;
    }
    case Op::select: {
      require(in[0].dtype == DType::boolean, "select: the condition must be boolean");
      require_same_dtype(in[1], in[2]);
      Type t = broadcast(broadcast(in[1], in[2]), in[0]);
      return t;
    }
    case Op::keep_mask: {
      require(is_scalar(in[0]) && in[0].dtype == DType::f64, "keep_mask: the rate must be f64[1,1]");
      Type t = asked;
      t.dtype = DType::boolean;
      return t;
    }
    case Op::normal:
      require(is_scalar(in[0]) && in[0].dtype == DType::f64, "normal: the deviation must be f64[1,1]");
      require_float(asked);
      return asked;
    case Op::dropout:
      require_float(in[0]);
      require(is_scalar(in[1]) && in[1].dtype == DType::f64, "dropout: the rate must be f64[1,1]");
      return in[0];
    default:
      break;
  }
  require_float(in[0]);
  if (in.size() == 1) return in[0];
  require_same_dtype(in[0], in[1]);
  Type t = broadcast(in[0], in[1]);
  if (op == Op::greater || op == Op::greater_equal || op == Op::equal) t.dtype = DType::boolean;
  return t;
}

Type rows_type(Op op, const Type& in) {
  require_float(in);
  Type t = in;
  if (op == Op::row_sum || op == Op::row_max || op == Op::row_min) t.cols = 1;
  return t;
}

Type matmul_type(const Type& a, const Type& b, const Attr& attr) {
  require_float(a);
  require_same_dtype(a, b);
  const bool over_batch = a.batched && attr.transpose_a;
  if (over_batch || (b.batched && !attr.transpose_b)) {
    require(over_batch && b.batched && !attr.transpose_b,
            "matmul: a reduction over the batch needs both operands batched, the first transposed");
    require(a.rows == b.rows, "matmul: operands have different numbers of rows per sample");
    return {a.dtype, false, a.cols, b.cols};
  }
  require(!b.batched, "matmul: a transposed batched second operand has no static extent");
  const std::int64_t inner_a = attr.transpose_a ? a.rows : a.cols, inner_b = attr.transpose_b ? b.cols : b.rows;
  if (inner_a != inner_b) broken("matmul: inner extents differ: " + std::to_string(inner_a) + " and " + std::to_string(inner_b));
  return {a.dtype, a.batched, attr.transpose_a ? a.cols : a.rows, attr.transpose_b ? b.rows : b.cols};
}

/// Where the window reaches the spread image; padding may be of any size.
void check_window(const Window& w) {
  require(w.in_h >= 1 && w.in_w >= 1 && w.out_h >= 1 && w.out_w >= 1, "the window has no image");
  require(w.kernel_h >= 1 && w.kernel_w >= 1 && w.stride_h >= 1 && w.stride_w >= 1 && w.dilation_h >= 1 && w.dilation_w >= 1 &&
              w.spread_h >= 1 && w.spread_w >= 1,
          "the window has an extent below 1");
}

Type window_type(Op op, std::span<const Type> in, const Attr& attr, const Type& asked) {
  const Window& w = attr.window;
  check_window(w);
  for (const Type& t : in) {
    require_float(t);
    require_same_dtype(in[0], t);
  }
  const auto is_image = [&](const Type& t, std::int64_t pixels) {
    require(t.batched && t.rows == pixels, "a sample has another number of pixels");
  };
  const auto partial = [&](std::int64_t rows) { return attr.block == 0 ? rows : std::max<std::int64_t>(asked.rows / rows, 1) * rows; };
  if (op == Op::winograd_kernel) {
    require(w.kernel_h == 3 && w.kernel_w == 3 && !in[0].batched && in[0].rows % 9 == 0,
            "winograd_kernel: the kernel is not [9 * channels, filters]");
    return {in[0].dtype, false, in[0].rows * 4, in[0].cols};
  }
  is_image(in[0], op == Op::avg_pool_gradient ? w.out_pixels() : w.in_pixels());
  const Type result{in[0].dtype, true, w.out_pixels(), in[0].cols};
  const auto require_winograd = [&] {
    require(w.kernel_h == 3 && w.kernel_w == 3 && w.stride_h == 1 && w.stride_w == 1 && w.dilation_h == 1 && w.dilation_w == 1 &&
                w.spread_h == 1 && w.spread_w == 1,
            "a window of Winograd's algorithm is not 3 x 3 in steps of 1");
  };
  switch (op) {
    case Op::conv:
      require(!in[1].batched && in[1].rows == w.cells() * in[0].cols, "conv: the kernel has another number of rows than cells * channels");
      return {in[0].dtype, true, w.out_pixels(), in[1].cols};
    case Op::winograd_conv:
      require_winograd();
      require(!in[1].batched && in[1].rows == 36 * in[0].cols, "winograd_conv: the kernel has another number of rows than 36 * channels");
      return {in[0].dtype, true, w.out_pixels(), in[1].cols};
    case Op::depthwise_conv:
      require(!in[1].batched && in[1].rows == w.cells() && in[1].cols == in[0].cols, "depthwise_conv: the kernel is not [cells, channels]");
      return result;
    case Op::winograd_kernel_gradient:
      require_winograd();
      [[fallthrough]];
    case Op::conv_kernel_gradient:
      is_image(in[1], w.out_pixels());
      return {in[0].dtype, false, partial(w.cells() * in[0].cols), in[1].cols};
    case Op::depthwise_kernel_gradient:
      is_image(in[1], w.out_pixels());
      require(in[1].cols == in[0].cols, "depthwise_kernel_gradient: operands differ in channels");
      return {in[0].dtype, false, partial(w.cells()), in[0].cols};
    case Op::max_pool_gradient:
      require(in[1] == result && in[2] == result, "max_pool_gradient: operands differ from the pool's result");
      return in[0];
    case Op::avg_pool_gradient:
      return {in[0].dtype, true, w.in_pixels(), in[0].cols};
    default:
      return result;
  }
}

Type norm_type(std::span<const Type> in) {
  require_float(in[0]);
  require(in[0].batched, "batch_norm: the moments are those of a batch");
  for (const Type& t : in.subspan(1)) require_same_dtype(in[0], t);
  const auto is_row = [&](const Type& t) { return !t.batched && t.rows == 1 && (t.cols == in[0].cols || t.cols == 1); };
  require(is_row(in[1]) && is_row(in[2]), "batch_norm: gamma and beta must be one row");
  require(is_scalar(in[3]), "batch_norm: epsilon must be [1,1]");
  return in[0];
}

Type flip_kernel_type(const Type& t, const Attr& attr) {
  check_window(attr.window);
  require(!t.batched && t.rows % attr.window.cells() == 0, "flip_kernel: rows are not cells * channels");
  return {t.dtype, false, attr.window.cells() * t.cols, t.rows / attr.window.cells()};
}

Type move_type(Op op, std::span<const Type> in, const Attr& attr, const Type& asked) {
  Type t = in[0];
  switch (op) {
    case Op::flip_kernel:
      return flip_kernel_type(t, attr);
    case Op::reshape:
      require(asked.rows >= 1 && asked.cols >= 1, "reshape: extents must be positive");
      require(asked.rows <= t.rows * t.cols && asked.cols == t.rows * t.cols / asked.rows && asked.rows * asked.cols == t.rows * t.cols,
              "reshape: the number of elements changes");
      t.rows = asked.rows;
      t.cols = asked.cols;
      return t;
    case Op::concat:
      require_same_dtype(in[0], in[1]);
      require(in[0].batched == in[1].batched && in[0].rows == in[1].rows, "concat: operands differ in rows");
      t.cols += in[1].cols;
      return t;
    default:
      require(attr.begin >= 0 && asked.cols >= 1 && asked.cols <= t.cols && attr.begin <= t.cols - asked.cols,
              "slice: columns outside the operand");
      t.cols = asked.cols;
      return t;
  }
}

bool takes_class_numbers(Op op) {
  return op == Op::sparse_ce_logits || op == Op::sparse_ce_probs || op == Op::sparse_accuracy || op == Op::sparse_top_k_accuracy;
}

Type loss_type(Op op, std::span<const Type> in) {
  require_float(in[0]);
  require_same_dtype(in[0], in[1]);
  require(in[0].batched == in[1].batched && in[0].rows == in[1].rows, "the target differs from the prediction in rows");
  require(in[1].cols == (takes_class_numbers(op) ? 1 : in[0].cols), "the target has a wrong number of columns");
  for (const Type& number : in.subspan(2)) {
    require_same_dtype(in[0], number);
    require(is_scalar(number), "the numbers of a loss must be [1,1]");
  }
  Type t = in[0];
  t.cols = 1;
  return t;
}

Type leaf_type(Op op, const Type& asked) {
  require(asked.rows >= 1 && asked.cols >= 1, "extents must be positive");
  if (op == Op::scalar || op == Op::rows) require(asked == Type{DType::f64, false, 1, 1}, "must be f64[1,1]");
  if (op == Op::constant) require(is_scalar(asked) && is_float(asked.dtype), "a constant must be floating-point [1,1]");
  if (op == Op::iota) require(!asked.batched && asked.rows == 1 && is_float(asked.dtype), "iota must be floating-point [1,C]");
  if (op == Op::input || op == Op::target) require(asked.batched && is_float(asked.dtype), "must be batched and floating-point");
  if (op == Op::state) require(!asked.batched, "a state is not batched");
  return asked;
}

}  // namespace

bool broadcasts_to(const Type& from, const Type& to) {
  const bool rows = (from.batched == to.batched && from.rows == to.rows) || (!from.batched && from.rows == 1);
  return rows && (from.cols == to.cols || from.cols == 1);
}

Type broadcast(const Type& a, const Type& b) {
  Type t = a;
  if (b.batched || b.rows != 1) {
    t.batched = b.batched;
    t.rows = b.rows;
  }
  if (t.cols == 1) t.cols = b.cols;
  if (!broadcasts_to(a, t) || !broadcasts_to(b, t)) broken("extents do not go together: " + print_type(a) + " and " + print_type(b));
  return t;
}

Type result_type(Op op, std::span<const Type> operands, const Attr& attr, const Type& asked) {
  if (operands.size() != static_cast<std::size_t>(op_arity(op)))
    broken(std::string(op_name(op)) + " takes " + std::to_string(op_arity(op)) + " operands");
  switch (op_family(op)) {
    case Family::leaf:
      return leaf_type(op, asked);
    case Family::map:
      return map_type(op, operands, asked);
    case Family::rows:
      return rows_type(op, operands[0]);
    case Family::columns:
      require_float(operands[0]);
      require(attr.block == 0 || (operands[0].batched && asked.rows >= 1), "partial sums are of batched values");
      return {operands[0].dtype, false, attr.block == 0 ? 1 : asked.rows, operands[0].cols};
    case Family::fold:
      require_float(operands[0]);
      require(!operands[0].batched && asked.rows >= 1 && operands[0].rows % asked.rows == 0,
              "fold_rows: the operand is no stack of such matrices");
      return {operands[0].dtype, false, asked.rows, operands[0].cols};
    case Family::norm:
      return norm_type(operands);
    case Family::window:
      return window_type(op, operands, attr, asked);
    case Family::matmul:
      return matmul_type(operands[0], operands[1], attr);
    case Family::move:
      return move_type(op, operands, attr, asked);
    default:
      return loss_type(op, operands);
  }
}

}  // namespace ingot::codegen
