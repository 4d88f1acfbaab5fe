// Every gradient rule against central differences of the interpreter, in double, with broadcast operands where an op takes them;
// the sweep's results as composites and after the passes.
#include "autodiff/gradient.hpp"

#include "codegen/support/sample_values.hpp"
#include "ir/builder.hpp"
#include "ir/op_info.hpp"
#include "ir/type_rule.hpp"
#include "pass/pipeline.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <set>

using namespace ingot::codegen;
using namespace ingot::test;

namespace {

constexpr std::int64_t samples = 3;

/// One application of an op: operands are inputs (batched) and states (not), the loss is sum(op(...) * c) with random c.
struct Case {
  Op op;
  std::vector<Type> operands;
  Attr attr = {};
  Type asked = {DType::f64, true, 1, 4};
  double low = -2, high = 2;
};

Type batched(std::int64_t cols, std::int64_t rows = 1) { return {DType::f64, true, rows, cols}; }
Type fixed(std::int64_t rows, std::int64_t cols) { return {DType::f64, false, rows, cols}; }

struct Checker {
  Graph g;
  std::vector<ValueId> leaves;
  InterpreterInputs in;

  explicit Checker(std::uint64_t seed) : random(seed) {
    g.name = "case";
    g.dtype = DType::f64;
    g.scalars = {{"step", ScalarKind::step, -1, 0}, {"low", ScalarKind::seed_low, -1, 0}, {"high", ScalarKind::seed_high, -1, 0}};
    in.scalars = {3, 17, 23};
    in.rows = samples;
  }

  ValueId leaf(const Type& t, double low, double high) {
    Builder b(g);
    Attr attr;
    if (t.batched) {
      attr.index = static_cast<std::int32_t>(g.inputs.size());
      g.inputs.push_back({"input" + std::to_string(attr.index), {t.rows, t.cols}, t.dtype});
      in.inputs.push_back(random.values(samples * t.rows * t.cols, low, high));
      return b.node(Op::input, {}, attr, t);
    }
    attr.index = static_cast<std::int32_t>(g.states.size());
    g.states.push_back({"state" + std::to_string(attr.index), {t.rows, t.cols}, t.dtype, Role::parameter, Init::constant, 0, -1});
    in.states.push_back(random.values(t.rows * t.cols, low, high));
    return b.node(Op::state, {}, attr, t);
  }
  Values& value_of(ValueId v) {
    const Node& n = g.node(v);
    return (n.op == Op::input ? in.inputs : in.states)[static_cast<std::size_t>(n.attr.index)];
  }

  ValueId total(ValueId y) {
    Builder b(g);
    const ValueId weighted = b.mul(y, leaf(g.type(y), 0.5, 1.5));
    return b.unary(Op::column_sum, b.unary(Op::row_sum, weighted));
  }

  /// Central differences of the first result.
  Values differences(ValueId v) {
    Values& x = value_of(v);
    Values d;
    for (double& xi : x) {
      const double old = xi, h = 1e-5;
      xi = old + h;
      const double above = interpret(g, in).results[0][0];
      xi = old - h;
      const double below = interpret(g, in).results[0][0];
      xi = old;
      d.push_back((above - below) / (2 * h));
    }
    return d;
  }

  /// Worst relative distance over the leaves, for the composite graph and for what the passes make of it.
  double worst(ValueId loss) {
    g.results = {{ResultKind::metric, 0, loss, "loss"}};
    const Graph forward = g;
    const std::vector<ValueId> grads = gradient(g, loss, leaves);
    verify(g, Stage::built, "gradient");
    for (std::size_t k = 0; k < grads.size(); ++k) {
      REQUIRE(g.type(grads[k]) == g.type(leaves[k]));
      g.results.push_back({ResultKind::output, static_cast<std::int32_t>(k), grads[k], "g"});
    }
    const auto composite = interpret(g, in).results;
    Graph finished = g;
    run_passes(finished, late_passes());
    const auto primitive = interpret(finished, in).results;
    g = forward;
    double worst = 0;
    for (std::size_t k = 0; k < leaves.size(); ++k) {
      const Values numeric = differences(leaves[k]);
      worst = std::max({worst, relative_distance(composite[k + 1], numeric), relative_distance(primitive[k + 1], numeric)});
    }
    return worst;
  }

  Random random;
};

double check(const Case& c, std::uint64_t seed) {
  Checker checker(seed);
  std::vector<Type> types;
  for (const Type& t : c.operands) checker.leaves.push_back(checker.leaf(t, c.low, c.high));
  Builder b(checker.g);
  const ValueId y = b.node(c.op, checker.leaves, c.attr, c.asked);
  return checker.worst(checker.total(y));
}

Attr value(double v) {
  Attr a;
  a.value = v;
  return a;
}
Attr begin(std::int64_t v) {
  Attr a;
  a.begin = v;
  return a;
}
Attr transposed(bool a, bool b) {
  Attr attr;
  attr.transpose_a = a;
  attr.transpose_b = b;
  return attr;
}

/// Windows over an image of 4 x 5 pixels.
Attr window(std::int32_t kernel, std::int32_t stride, std::int32_t dilation, std::int32_t spread, std::int32_t pad) {
  Attr a;
  a.window = {4, 5, 0, 0, kernel, kernel, stride, stride, dilation, dilation, spread, spread, pad, pad};
  Window& w = a.window;
  w.out_h = std::max(1, ((w.in_h - 1) * spread + 1 + 2 * pad - (kernel - 1) * dilation - 1) / stride + 1);
  w.out_w = std::max(1, ((w.in_w - 1) * spread + 1 + 2 * pad - (kernel - 1) * dilation - 1) / stride + 1);
  return a;
}

std::vector<Case> window_cases() {
  std::vector<Case> list;
  for (const Attr& a : {window(1, 1, 1, 1, 0), window(3, 1, 1, 1, 1), window(3, 2, 1, 1, 1), window(2, 1, 2, 1, 1), window(3, 1, 1, 2, 2),
                        window(2, 2, 1, 1, 0), window(3, 3, 1, 2, 1)}) {
    const Window& w = a.window;
    list.push_back({Op::conv, {batched(2, w.in_pixels()), fixed(w.cells() * 2, 3)}, a});
    list.push_back({Op::depthwise_conv, {batched(3, w.in_pixels()), fixed(w.cells(), 3)}, a});
    if (w.spread_h > 1) continue;
    list.push_back({Op::max_pool, {batched(3, w.in_pixels())}, a});
    list.push_back({Op::avg_pool, {batched(3, w.in_pixels())}, a});
    list.push_back({Op::avg_pool_gradient, {batched(3, w.out_pixels())}, a});
  }
  list.push_back({Op::flip_kernel, {fixed(9 * 2, 3)}, window(3, 1, 1, 1, 1)});
  return list;
}

std::vector<Case> cases() {
  std::vector<Case> list;
  for (const Op op : {Op::neg, Op::exp, Op::abs, Op::tanh, Op::erf, Op::sigmoid, Op::relu, Op::gelu, Op::silu, Op::softmax, Op::log_softmax,
                      Op::row_sum, Op::row_max, Op::row_min, Op::column_sum})
    list.push_back({op, {batched(4)}});
  for (const Op op : {Op::log, Op::log1p, Op::sqrt}) list.push_back({op, {batched(4)}, {}, {}, 0.3, 2});
  for (const double slope : {0.2, 0.0, -0.3}) list.push_back({Op::leaky_relu, {batched(4)}, value(slope)});
  for (const double alpha : {1.0, 0.5, -0.5}) list.push_back({Op::elu, {batched(4)}, value(alpha)});
  for (const Op op : {Op::add, Op::sub, Op::mul, Op::div, Op::maximum, Op::minimum})
    for (const Type& other : {batched(4), batched(1), fixed(1, 4), fixed(1, 1)}) {
      const double low = op == Op::div ? 0.5 : -2;
      list.push_back({op, {batched(4), other}, {}, {}, low, 2});
      list.push_back({op, {other, batched(4)}, {}, {}, low, 2});
    }
  list.push_back({Op::mul, {fixed(3, 1), fixed(1, 4)}});  // both broadcast
  list.push_back({Op::add, {batched(1, 2), fixed(1, 4)}});
  for (const bool ta : {false, true})
    for (const bool tb : {false, true})
      list.push_back({Op::matmul, {ta ? fixed(2, 3) : fixed(3, 2), tb ? fixed(4, 2) : fixed(2, 4)}, transposed(ta, tb)});
  list.push_back({Op::matmul, {batched(2, 2), fixed(2, 4)}});
  list.push_back({Op::matmul, {batched(2), fixed(4, 2)}, transposed(false, true)});
  list.push_back({Op::matmul, {batched(2, 2), batched(4, 2)}, transposed(true, false)});
  list.push_back({Op::reshape, {batched(4)}, {}, batched(2, 2)});
  list.push_back({Op::concat, {batched(4), batched(2)}});
  for (const std::int64_t from : {0, 1, 2}) list.push_back({Op::slice, {batched(4)}, begin(from), batched(2)});
  for (const std::int64_t cols : {3, 1})
    list.push_back({Op::batch_norm, {batched(3, 4), fixed(1, cols), fixed(1, cols), fixed(1, 1)}, {}, {}, 0.3, 2});
  list.push_back({Op::lookup, {fixed(3, 4), batched(1, 2)}, {}, {}, -1, 4});
  for (Case& c : window_cases()) list.push_back(std::move(c));
  return list;
}

}  // namespace

TEST_CASE("every rule agrees with central differences", "[gradient]") {
  std::set<Op> covered;
  std::uint64_t seed = 1;
  for (const Case& c : cases()) {
    INFO(op_name(c.op) << " on " << c.operands.size() << " operands, case " << seed);
    CHECK(check(c, seed++) < 2e-9);
    covered.insert(c.op);
  }
  // the rest: casts, select and dropout below, losses in loss_gradient_test.cpp
  for (const Op op : {Op::cast, Op::select, Op::dropout}) covered.insert(op);
  for (int i = 0; i < op_count; ++i) {
    const Op op = static_cast<Op>(i);
    INFO(op_name(op));
    if (has_gradient_rule(op) && op_family(op) != Family::loss) CHECK(covered.count(op) == 1);
  }
}

TEST_CASE("select, cast and dropout", "[gradient]") {
  Checker c(7);
  Builder b(c.g);
  const ValueId x = c.leaf(batched(4), -1, 1), y = c.leaf(fixed(1, 4), -1, 1), z = c.leaf(fixed(1, 1), 0.2, 0.3);
  c.leaves = {x, y, z};
  const ValueId chosen = b.select(b.greater(x, 0.0), b.mul(x, x), y);
  const ValueId narrow = b.cast(b.cast(b.mul(chosen, z), DType::f32), DType::f64);
  Attr attr;
  attr.layer = 5;
  attr.training = true;
  const ValueId rate = b.constant(0.4, DType::f64);
  CHECK(c.worst(c.total(b.binary(Op::dropout, narrow, rate, attr))) < 2e-9);
}

TEST_CASE("values used several times sum their gradients", "[gradient]") {
  Checker c(8);
  Builder b(c.g);
  const ValueId x = c.leaf(batched(4), -1, 1), w = c.leaf(fixed(4, 4), -1, 1);
  c.leaves = {x, w};
  const ValueId h = b.unary(Op::tanh, b.matmul(x, w));
  const ValueId again = b.matmul(b.add(h, x), w, false, true);
  CHECK(c.worst(c.total(b.mul(again, h))) < 2e-9);
}

TEST_CASE("adjoints that are constant along an axis", "[gradient]") {
  // column_sum and row_sum pass on adjoints smaller than their operands; matmul, reshape and concat need them whole
  Checker c(9);
  Builder b(c.g);
  const ValueId x = c.leaf(batched(4), -1, 1), w = c.leaf(fixed(4, 2), -1, 1), v = c.leaf(fixed(1, 2), -1, 1);
  c.leaves = {x, w, v};
  const ValueId y = b.add(b.matmul(x, w), v);
  const ValueId joined = b.reshape(b.binary(Op::concat, y, b.unary(Op::log_softmax, y)), 2, 2);
  CHECK(c.worst(b.unary(Op::row_sum, b.unary(Op::column_sum, joined))) < 2e-9);
}

TEST_CASE("what the loss does not depend on has a zero gradient of its shape", "[gradient]") {
  Checker c(10);
  Builder b(c.g);
  const ValueId x = c.leaf(batched(4), -1, 1), w = c.leaf(fixed(3, 4), -1, 1);
  c.leaves = {x, w};
  const ValueId loss = b.unary(Op::row_sum, b.unary(Op::column_sum, b.mul(x, b.cast(b.greater(x, 0.0), DType::f64))));
  c.g.results = {{ResultKind::metric, 0, loss, "loss"}};
  const std::vector<ValueId> grads = gradient(c.g, loss, c.leaves);
  CHECK(c.g.type(grads[1]) == c.g.type(w));
  CHECK(interpret_all(c.g, c.in)[static_cast<std::size_t>(grads[1])] == Values(12, 0.0));
}

TEST_CASE("conventions at kinks: relu'(0) = 0, |x|'(0) = 0, the first maximum takes all", "[gradient]") {
  for (const Op op : {Op::relu, Op::abs, Op::row_max}) {
    Checker c(11);
    Builder b(c.g);
    c.leaves = {c.leaf(fixed(1, 4), 0, 0)};
    const ValueId loss = b.unary(Op::row_sum, b.unary(op, c.leaves[0]));
    const std::vector<ValueId> grads = gradient(c.g, loss, c.leaves);
    const Values dx = interpret_all(c.g, c.in)[static_cast<std::size_t>(grads[0])];
    INFO(op_name(op));
    CHECK(dx == (op == Op::row_max ? Values{1, 0, 0, 0} : Values(4, 0.0)));
  }
}
