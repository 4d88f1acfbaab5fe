// Small primitive graphs, one per group of ops, of any width: what the emitter is tested with op by op.
#pragma once
#include "ir/builder.hpp"
#include "ir/verify.hpp"

#include <array>
#include <string>
#include <utility>

namespace ingot::test {

/// A graph in the making: inputs x [cols] and y [cols], states row [1, cols] and w [cols, out], and its outputs.
class OpGraph {
 public:
  using ValueId = codegen::ValueId;
  using Op = codegen::Op;
  using DType = codegen::DType;

  OpGraph(DType dtype, std::int64_t cols, std::int64_t out = 1) : dtype_(dtype), b_(g_) {
    g_.name = "ops";
    g_.dtype = dtype;
    g_.inputs = {{"x", {cols}, dtype}, {"y", {cols}, dtype}};
    g_.targets = {{"label", {}, DType::i32}, {"value", {cols}, DType::f32}};
    g_.states.push_back({"row", {cols}, dtype, codegen::Role::parameter, codegen::Init::constant, 0, -1});
    g_.states.push_back({"w", {cols, out}, dtype, codegen::Role::parameter, codegen::Init::constant, 0, -1});
    g_.scalars = {{"rate", codegen::ScalarKind::rate, -1, 0},
                  {"step", codegen::ScalarKind::step, -1, 0},
                  {"seed_low", codegen::ScalarKind::seed_low, -1, 0},
                  {"seed_high", codegen::ScalarKind::seed_high, -1, 0}};
    x = port(Op::input, 0, cols);
    y = port(Op::input, 1, cols);
  }
  OpGraph(const OpGraph&) = delete;
  OpGraph& operator=(const OpGraph&) = delete;

  codegen::Builder& operator*() { return b_; }
  codegen::Builder* operator->() { return &b_; }

  ValueId port(Op op, std::int32_t index, std::int64_t cols, std::int64_t rows = 1) {
    codegen::Attr attr;
    attr.index = index;
    return b_.node(op, {}, attr, {dtype_, true, rows, cols});
  }
  /// Booleans leave as 0 and 1.
  void output(ValueId v, std::string name) {
    const auto i = static_cast<std::int32_t>(g_.outputs.size());
    if (g_.type(v).dtype == DType::boolean) v = b_.cast(v, dtype_);
    g_.outputs.push_back({name, {g_.type(v).cols}, dtype_});
    g_.results.push_back({codegen::ResultKind::output, i, v, std::move(name)});
  }
  void assign(std::int32_t state, ValueId v) {
    g_.results.push_back({codegen::ResultKind::assign, state, v, g_.states[index(state)].name});
  }
  void metric(std::int32_t i, ValueId v) { g_.results.push_back({codegen::ResultKind::metric, i, v, "metric " + std::to_string(i)}); }
  codegen::Graph take() {
    codegen::verify(g_, codegen::Stage::primitive, "test");
    return std::move(g_);
  }

  ValueId x = 0, y = 0;

 private:
  static std::size_t index(std::int32_t i) { return static_cast<std::size_t>(i); }
  DType dtype_;
  codegen::Graph g_;
  codegen::Builder b_;
};

/// Every map op but the random ones, with operands that broadcast along rows, along columns and both.
inline codegen::Graph map_graph(codegen::DType dtype, std::int64_t cols) {
  using codegen::Op;
  OpGraph g(dtype, cols);
  const auto positive = g->add(g->unary(Op::abs, g.x), 0.125);
  const auto row = g->state(0), column = g->unary(Op::row_sum, g.y), rate = g->cast(g->scalar(0), dtype);
  const auto small = g->mul(g.x, 0.0625);  // bytes up to 255: keeps exp finite
  for (const Op op : {Op::exp, Op::tanh, Op::erf, Op::sigmoid}) g.output(g->unary(op, small), std::string(op_name(op)));
  for (const Op op : {Op::neg, Op::abs, Op::sign}) g.output(g->unary(op, g.x), std::string(op_name(op)));
  for (const Op op : {Op::log, Op::log1p, Op::sqrt}) g.output(g->unary(op, positive), std::string(op_name(op)));
  for (const Op op : {Op::add, Op::sub, Op::mul, Op::maximum, Op::minimum, Op::greater, Op::greater_equal})
    g.output(g->binary(op, g.x, g.y), std::string(op_name(op)));
  g.output(g->div(g.x, positive), "div");
  g.output(g->binary(Op::equal, g->binary(Op::maximum, g.x, g.y), g.x), "equal");
  g.output(g->select(g->greater(g.x, 0), g.y, row), "select");
  g.output(g->add(g->mul(g.x, row), rate), "row operand");
  g.output(g->sub(g->add(g.x, column), g->mul(row, rate)), "column operand");
  g.output(g->mul(g.x, g->cast(g->rows(), dtype)), "rows");
  g.output(g->add(g.x, g->iota(cols, dtype)), "iota");
  g.output(g->mul(row, row), "row only");
  g.output(g->unary(Op::exp, rate), "scalar only");
  return g.take();
}

/// Reductions along rows and down columns, alone and between elementwise work, and two metrics.
inline codegen::Graph reduction_graph(codegen::DType dtype, std::int64_t cols) {
  using codegen::Op;
  OpGraph g(dtype, cols);
  const auto highest = g->unary(Op::row_max, g.x), lowest = g->unary(Op::row_min, g.y);
  g.output(highest, "row_max");
  g.output(lowest, "row_min");
  g.output(g->unary(Op::row_sum, g.x), "row_sum");
  const auto e = g->unary(Op::exp, g->sub(g.x, highest));
  g.output(g->div(e, g->unary(Op::row_sum, e)), "softmax");
  const auto first = g->select(g->binary(Op::equal, g.x, highest), g->iota(cols, dtype), g->constant(1e9, dtype));
  g.output(g->unary(Op::row_min, first), "first maximum");
  const auto sums = g->unary(Op::column_sum, g->mul(g.x, g.y));
  g.output(sums, "column_sum");
  g.output(g->sub(g.x, g->div(sums, g->cast(g->rows(), dtype))), "centred");
  g.output(g->unary(Op::column_sum, g->sub(g.x, highest)), "column_sum of a row kernel");
  g.metric(0, g->unary(Op::column_sum, lowest));
  g.metric(1, g->unary(Op::row_sum, g->unary(Op::tanh, sums)));
  return g.take();
}

/// The three forms of a contraction over the batch with epilogues, and those of matrices without one.
inline codegen::Graph matmul_graph(codegen::DType dtype, std::int64_t cols, std::int64_t out) {
  using codegen::Op;
  OpGraph g(dtype, cols, out);
  const auto w = g->state(1), row = g->state(0);
  const auto forward = g->matmul(g.x, w);
  g.output(forward, "x w");
  g.output(g->binary(Op::maximum, g->add(g->matmul(g.y, w), g->unary(Op::column_sum, w)), g->constant(0, dtype)), "epilogue");
  g.output(g->add(g->matmul(forward, w, false, true), row), "x w w'");
  const auto gradient = g->matmul(g.y, forward, true, false);
  g.output(gradient, "y' (x w)");
  g.output(g->matmul(w, w, true, false), "w' w");
  g.output(g->matmul(w, w, false, true), "w w'");
  g.output(g->matmul(gradient, g->matmul(w, gradient, true, false)), "plain, no batch");
  g.assign(1, g->sub(w, g->mul(gradient, g->cast(g->scalar(0), dtype))));
  return g.take();
}

/// Rows of a table by number, with numbers outside it, and their gradient; with work behind the lookup.
inline codegen::Graph table_graph(codegen::DType dtype, std::int64_t cols, std::int64_t table_rows) {
  using codegen::Op;
  OpGraph g(dtype, table_rows, cols);
  const auto table = g->state(1), numbers = g->mul(g->slice(g.x, 0, 1), 2.5);
  const auto found = g->node(Op::lookup, std::array{table, numbers}, {}, {});
  g.output(found, "lookup");
  g.output(g->unary(Op::tanh, g->add(g->mul(found, 0.5), numbers)), "epilogue");
  const auto gradient = g->node(Op::lookup_gradient, std::array{numbers, found}, {}, {dtype, false, table_rows, cols});
  g.output(gradient, "lookup_gradient");
  g.assign(1, g->sub(table, g->mul(gradient, g->cast(g->scalar(0), dtype))));
  return g.take();
}

/// Ports and moves: bytes and floats, class numbers and values, reshape, concat, slice.
inline codegen::Graph move_graph(codegen::DType dtype, std::int64_t cols) {
  OpGraph g(dtype, cols);
  g.output(g.port(codegen::Op::target, 0, 1), "label");
  g.output(g.port(codegen::Op::target, 1, cols), "value");
  g.output(g.x, "x");
  g.output(g.port(codegen::Op::input, 1, 1, cols), "y as a column");
  if (cols % 4 == 0) g.output(g.port(codegen::Op::input, 1, cols / 4, 4), "y in four rows");
  const auto joined = g->binary(codegen::Op::concat, g->mul(g.x, 2.0), g.y);
  g.output(joined, "concat");
  g.output(g->slice(joined, cols / 2, cols), "slice");
  const auto folded = g->reshape(joined, 2, cols);
  g.output(g->mul(folded, g->state(0)), "reshape");
  g.output(g->reshape(folded, cols, 2), "reshape again");
  g.output(g->reshape(g->state(0), cols, 1), "reshape of a state");
  g.output(g->binary(codegen::Op::concat, g->slice(g.x, 0, 1), g->slice(g.y, cols - 1, 1)), "one column each");
  return g.take();
}

}  // namespace ingot::test
