#include "ir/builder.hpp"

#include "ir/error.hpp"
#include "ir/op_info.hpp"
#include "ir/print.hpp"
#include "ir/type_rule.hpp"

#include <array>

namespace ingot::codegen {

ValueId Builder::node(Op op, std::span<const ValueId> in, const Attr& attr, const Type& asked) {
  std::array<Type, max_arity> types;
  for (std::size_t i = 0; i < in.size(); ++i) types[i] = g_.type(in[i]);
  try {
    const Type t = result_type(op, {types.data(), in.size()}, attr, asked);
    return g_.add(op, t, {in.begin(), in.end()}, attr, name_);
  } catch (const TypeProblem& problem) {
    throw InternalError("building " + std::string(op_name(op)) + " '" + name_ + "': " + problem.text + "\n" + print(g_));
  }
}

ValueId Builder::unary(Op op, ValueId a, const Attr& attr) { return node(op, std::array{a}, attr, {}); }
ValueId Builder::binary(Op op, ValueId a, ValueId b, const Attr& attr) { return node(op, std::array{a, b}, attr, {}); }

ValueId Builder::constant(double value, DType dtype) {
  Attr attr;
  attr.value = value;
  return node(Op::constant, {}, attr, {dtype, false, 1, 1});
}
ValueId Builder::scalar(std::int32_t index) {
  Attr attr;
  attr.index = index;
  return node(Op::scalar, {}, attr, {DType::f64, false, 1, 1});
}
ValueId Builder::rows() { return node(Op::rows, {}, {}, {DType::f64, false, 1, 1}); }
ValueId Builder::iota(std::int64_t cols, DType dtype) { return node(Op::iota, {}, {}, {dtype, false, 1, cols}); }

ValueId Builder::state(std::int32_t index) {
  const StateInfo& s = g_.states[static_cast<std::size_t>(index)];
  Attr attr;
  attr.index = index;
  return node(Op::state, {}, attr, {s.dtype, false, s.rows(), s.cols()});
}

ValueId Builder::cast(ValueId a, DType dtype) {
  return type(a).dtype == dtype ? a : node(Op::cast, std::array{a}, {}, {dtype, false, 1, 1});
}
ValueId Builder::select(ValueId condition, ValueId a, ValueId b) { return node(Op::select, std::array{condition, a, b}, {}, {}); }

ValueId Builder::matmul(ValueId a, ValueId b, bool transpose_a, bool transpose_b) {
  Attr attr;
  attr.transpose_a = transpose_a;
  attr.transpose_b = transpose_b;
  return node(Op::matmul, std::array{a, b}, attr, {});
}

ValueId Builder::reshape(ValueId a, std::int64_t rows, std::int64_t cols) {
  if (type(a).rows == rows && type(a).cols == cols) return a;
  return node(Op::reshape, std::array{a}, {}, {DType::f32, false, rows, cols});
}

ValueId Builder::window(Op op, std::span<const ValueId> in, const Window& w) {
  Attr attr;
  attr.window = w;
  return node(op, in, attr, {});
}

ValueId Builder::slice(ValueId a, std::int64_t begin, std::int64_t cols) {
  Attr attr;
  attr.begin = begin;
  return node(Op::slice, std::array{a}, attr, {DType::f32, false, 1, cols});
}

ValueId Builder::first_maximum(ValueId a) {
  const Type t = type(a);
  const ValueId is_maximum = binary(Op::equal, a, unary(Op::row_max, a));
  const ValueId beyond = constant(static_cast<double>(t.cols), t.dtype);
  return unary(Op::row_min, select(is_maximum, iota(t.cols, t.dtype), beyond));
}

ValueId Builder::keep_mask(ValueId rate, const Type& extents, std::int32_t layer) {
  Attr attr;
  attr.layer = layer;
  return node(Op::keep_mask, std::array{rate}, attr, extents);
}

ValueId Builder::normal(ValueId deviation, const Type& type, std::int32_t layer) {
  Attr attr;
  attr.layer = layer;
  return node(Op::normal, std::array{deviation}, attr, type);
}

}  // namespace ingot::codegen
