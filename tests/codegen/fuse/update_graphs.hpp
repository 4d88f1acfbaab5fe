// Training steps of one layer, as small as they can be: a gradient x' d and what is done with it.
#pragma once
#include "ir/builder.hpp"
#include "ir/verify.hpp"

namespace ingot::test {

/// Inputs x [6] and d [5]; states w [6,5], its slot m, a statistic [5], and another parameter u [5,5].
class UpdateGraph {
 public:
  using ValueId = codegen::ValueId;
  using Op = codegen::Op;

  UpdateGraph() : b_(g_) {
    using codegen::DType;
    g_.name = "update";
    g_.inputs = {{"x", {6}, DType::f32}, {"d", {5}, DType::f32}};
    const auto state = [&](const char* name, std::vector<std::int64_t> dims, codegen::Role role, std::int32_t parameter) {
      g_.states.push_back({name, std::move(dims), DType::f32, role, codegen::Init::constant, 0, parameter});
    };
    state("w", {6, 5}, codegen::Role::parameter, -1);
    state("w/m", {6, 5}, codegen::Role::slot, 0);
    state("mean", {5}, codegen::Role::statistic, -1);
    state("u", {5, 5}, codegen::Role::parameter, -1);
    g_.scalars = {{"rate", codegen::ScalarKind::rate, -1, 0}};
    x = port(0, 6);
    d = port(1, 5);
    w = b_.state(0);
    m = b_.state(1);
    u = b_.state(3);
    rate = b_.cast(b_.scalar(0), DType::f32);
    gradient = b_.matmul(x, d, true, false);
  }
  UpdateGraph(const UpdateGraph&) = delete;
  UpdateGraph& operator=(const UpdateGraph&) = delete;
  codegen::Builder* operator->() { return &b_; }

  [[nodiscard]] ValueId descend(ValueId parameter, ValueId along) { return b_.sub(parameter, b_.mul(along, rate)); }
  [[nodiscard]] ValueId total(ValueId v) { return b_.unary(Op::row_sum, b_.unary(Op::column_sum, v)); }
  void assign(std::int32_t state, ValueId v) {
    result(codegen::ResultKind::assign, state, v, g_.states[static_cast<std::size_t>(state)].name);
  }
  void metric(ValueId v) { result(codegen::ResultKind::metric, 0, v, "metric"); }
  void output(ValueId v) {
    g_.outputs.push_back({"out", {g_.type(v).cols}, codegen::DType::f32});
    result(codegen::ResultKind::output, 0, v, "out");
  }
  const codegen::Graph& graph() {
    codegen::verify(g_, codegen::Stage::primitive, "test");
    return g_;
  }

  ValueId x = 0, d = 0, w = 0, m = 0, u = 0, rate = 0, gradient = 0;

 private:
  ValueId port(std::int32_t index, std::int64_t cols) {
    codegen::Attr attr;
    attr.index = index;
    return b_.node(Op::input, {}, attr, {codegen::DType::f32, true, 1, cols});
  }
  void result(codegen::ResultKind kind, std::int32_t index, ValueId v, std::string name) {
    g_.results.push_back({kind, index, v, std::move(name)});
  }

  codegen::Graph g_;
  codegen::Builder b_;
};

}  // namespace ingot::test
