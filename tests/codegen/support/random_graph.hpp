// Random graphs that fulfil the type rules: for fuzzing the text form, the verifier and the passes.
#pragma once
#include "codegen/support/sample_values.hpp"
#include "ir/builder.hpp"
#include "ir/op_info.hpp"
#include "ir/type_rule.hpp"

#include <array>
#include <string>

namespace ingot::test {

class RandomGraph {
 public:
  explicit RandomGraph(std::uint64_t seed) : random_(seed), b_(g_) {}

  Graph run(int nodes) {
    tables();
    leaves();
    for (int tries = 0; g_.size() < nodes && tries < nodes * 50; ++tries) add_node();
    for (codegen::ValueId v = std::max(0, g_.size() - 5); v < g_.size(); ++v)
      if (codegen::is_float(g_.type(v).dtype))
        g_.results.push_back({codegen::ResultKind::output, static_cast<std::int32_t>(g_.results.size()), v, "r" + std::to_string(v)});
    return g_;
  }

 private:
  using Op = codegen::Op;
  using Type = codegen::Type;
  using ValueId = codegen::ValueId;

  void tables() {
    using codegen::DType;
    using codegen::ScalarKind;
    g_.name = "random \"graph\"\\\n";
    g_.dtype = DType::f64;
    g_.inputs = {{"x", {3, 4}, DType::u8}, {"y", {4}, DType::f64}};
    g_.targets = {{"label", {}, DType::i32}};
    g_.states.push_back({"w", {3, 4}, DType::f64, codegen::Role::parameter, codegen::Init::uniform, 0.1, -1});
    g_.states.push_back({"b", {4}, DType::f64, codegen::Role::parameter, codegen::Init::constant, 0, -1});
    g_.states.push_back({"w/slot", {3, 4}, DType::f64, codegen::Role::slot, codegen::Init::constant, 0, 0});
    g_.states.push_back({"taps", {9, 1}, DType::f64, codegen::Role::parameter, codegen::Init::constant, 0, -1});
    g_.scalars = {{"rate", ScalarKind::rate, -1, 0},
                  {"step", ScalarKind::step, -1, 0},
                  {"low", ScalarKind::seed_low, -1, 0},
                  {"high", ScalarKind::seed_high, -1, 0},
                  {"p", ScalarKind::power, -1, 0.9}};
  }

  void leaves() {
    using codegen::DType;
    codegen::Attr second;
    second.index = 1;
    b_.node(Op::input, {}, {}, {DType::f64, true, 3, 4});
    b_.node(Op::input, {}, second, {DType::f64, true, 1, 4});
    b_.node(Op::target, {}, {}, {DType::f64, true, 1, 1});
    for (std::int32_t i = 0; i < 3; ++i) b_.state(i);
    for (std::int32_t i = 0; i < 3; ++i) b_.scalar(i);
    b_.rows();
    b_.iota(4, DType::f64);
    for (const double c : {0.0, 1.0, -1.0, 2.0, 0.3}) b_.constant(c, DType::f64);
  }

  void add_node() {
    const auto op = static_cast<Op>(random_.below(codegen::op_count));
    if (codegen::op_family(op) == codegen::Family::leaf) return;
    if (op == Op::max_pool_gradient) return add_pool_gradient();
    if (op == Op::winograd_kernel || op == Op::winograd_conv || op == Op::winograd_kernel_gradient) return add_winograd(op);
    std::vector<ValueId> in;
    std::array<Type, codegen::max_arity> types;
    for (int k = 0; k < codegen::op_arity(op); ++k) {
      in.push_back(static_cast<ValueId>(random_.below(g_.size())));
      types[static_cast<std::size_t>(k)] = g_.type(in.back());
    }
    codegen::Attr attr;
    attr.transpose_a = op == Op::matmul && random_.chance(0.5);
    attr.transpose_b = op == Op::matmul && random_.chance(0.5);
    attr.training = op == Op::dropout && random_.chance(0.8);
    if (op == Op::leaky_relu || op == Op::elu || op == Op::binary_accuracy) attr.value = random_.uniform(-1, 1);
    if (op == Op::sparse_top_k_accuracy) attr.value = static_cast<double>(1 + random_.below(4));
    if (op == Op::keep_mask || op == Op::normal || op == Op::dropout) attr.layer = static_cast<std::int32_t>(random_.below(3));
    if (op == Op::slice) attr.begin = random_.below(3);
    if (op_family(op) == codegen::Family::window || op == Op::flip_kernel) attr.window = window(types[0].rows, op == Op::avg_pool_gradient);
    Type asked = g_.type(static_cast<ValueId>(random_.below(g_.size())));
    if (op == Op::slice) asked.cols = 1 + random_.below(4);
    if (op == Op::fold_rows) asked.rows = 1;
    if (op == Op::cast && asked.dtype != codegen::DType::boolean)
      asked.dtype = random_.chance(0.5) ? codegen::DType::f32 : codegen::DType::f64;
    try {
      const Type t = codegen::result_type(op, {types.data(), in.size()}, attr, asked);
      if (t.rows * t.cols <= 64) g_.add(op, t, in, attr, random_.chance(0.7) ? "n" + std::to_string(g_.size()) + ".\"x\"\t" : "");
    } catch (const codegen::TypeProblem&) {
    }
  }

  void add_pool_gradient() {
    for (ValueId v = 0; v < g_.size(); ++v) {
      if (g_.node(v).op != Op::max_pool || !random_.chance(0.5)) continue;
      b_.node(Op::max_pool_gradient, std::array{g_.node(v).in[0], v, v}, codegen::Attr(g_.node(v).attr), {});
      return;
    }
  }

  void add_winograd(codegen::Op op) {
    codegen::Window w = window(3, false);
    w.kernel_h = w.kernel_w = 3;
    w.stride_w = w.dilation_w = w.spread_w = 1;
    const ValueId image = b_.slice(0, 0, 1);  // the first input has three rows, the pixels
    const ValueId result = b_.window(Op::winograd_conv, std::array{image, b_.window(Op::winograd_kernel, std::array{b_.state(3)}, w)}, w);
    if (op == Op::winograd_kernel_gradient) b_.window(op, std::array{image, result}, w);
  }

  /// Over an image of one line of pixels, or the result of such a window.
  codegen::Window window(std::int64_t pixels, bool of_result) {
    codegen::Window w;
    w.in_h = 1;
    w.out_h = static_cast<std::int32_t>(1 + random_.below(2));
    w.out_w = static_cast<std::int32_t>(1 + random_.below(3));
    w.in_w = static_cast<std::int32_t>(pixels);
    if (of_result) {
      w.in_w = static_cast<std::int32_t>(1 + random_.below(4));
      w.out_h = 1;
      w.out_w = static_cast<std::int32_t>(pixels);
    }
    w.kernel_w = static_cast<std::int32_t>(1 + random_.below(2));
    w.kernel_h = static_cast<std::int32_t>(1 + random_.below(2));
    w.stride_w = static_cast<std::int32_t>(1 + random_.below(2));
    w.spread_w = static_cast<std::int32_t>(1 + random_.below(2));
    w.dilation_w = static_cast<std::int32_t>(1 + random_.below(2));
    w.pad_left = static_cast<std::int32_t>(random_.below(3) - 1);
    return w;
  }

  Random random_;
  Graph g_;
  codegen::Builder b_;
};

}  // namespace ingot::test
