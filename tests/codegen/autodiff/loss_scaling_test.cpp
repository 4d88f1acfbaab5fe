// The rules of dynamic loss scaling, state by state, as the interpreter evaluates them.
#include "autodiff/loss_scaling.hpp"

#include "ir/interpret.hpp"
#include "ir/verify.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace ingot::codegen;

namespace {

struct Numbers {
  double scale = 1024, good = 0, skipped = 0;
};

/// Two gradients of 4 numbers that come as the inputs; what the states are afterwards, and the unscaled gradients.
struct Case {
  Numbers before;
  double growth = 4;
  bool gathers = false, applies = true;
  double one_number = 8;  ///< of the second gradient

  [[nodiscard]] InterpreterOutputs run() const {
    Graph g;
    g.name = "scaling";
    g.inputs = {{"a", {4}, DType::f32}, {"b", {4}, DType::f32}};
    for (const char* name : {"loss_scale", "loss_scale.good", "loss_scale.skipped"})
      g.states.push_back({name, {}, DType::f32, Role::slot, Init::constant, 0, -1});
    g.scalars = {{"applies", ScalarKind::apply, -1, 0}};
    Builder b(g);
    Attr second;
    second.index = 1;
    const std::vector<ValueId> grads{b.node(Op::input, {}, {}, {DType::f32, true, 1, 4}),
                                     b.node(Op::input, {}, second, {DType::f32, true, 1, 4})};
    const LossScaling s{0, 1, 2};
    const std::vector<ValueId> unscaled = unscale_gradients(b, s, grads);
    const ValueId finite = all_finite(b, unscaled), due = gathers ? b.greater(b.scalar(0), 0.5) : no_value;
    const ValueId skipped = move_loss_scale(b, s, b.constant(growth, DType::f64), finite, due);
    g.results.push_back({ResultKind::metric, 0, skipped, "skipped"});
    g.results.push_back({ResultKind::output, 0, unscaled[1], "b"});
    verify(g, Stage::primitive, "test");
    InterpreterInputs in;
    in.inputs = {{1, 2, 3, 4}, {1, 2, one_number, 4}};
    in.states = {{before.scale}, {before.good}, {before.skipped}};
    in.scalars = {applies ? 1.0 : 0.0};
    return interpret(g, in);
  }
  [[nodiscard]] std::vector<double> states() const {
    const InterpreterOutputs out = run();
    return {out.states[0][0], out.states[1][0], out.states[2][0]};
  }
};

using Vector = std::vector<double>;
const double infinity = std::numeric_limits<double>::infinity(), not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("gradients are divided by the scale", "[loss_scaling]") {
  CHECK(Case{}.run().results[4] == Vector{1 / 1024.0, 2 / 1024.0, 8 / 1024.0, 4 / 1024.0});
}

TEST_CASE("a good update counts, and the scale doubles when there were enough", "[loss_scaling]") {
  CHECK(Case{{1024, 0, 7}}.states() == Vector{1024, 1, 7});
  CHECK(Case{{1024, 2, 0}}.states() == Vector{1024, 3, 0});
  CHECK(Case{{1024, 3, 0}}.states() == Vector{2048, 0, 0});
  CHECK(Case{{1 << 24, 3, 0}}.states() == Vector{1 << 24, 0, 0});
}

TEST_CASE("an infinity or a NaN in any gradient halves it, down to 1", "[loss_scaling]") {
  for (const double bad : {infinity, -infinity, not_a_number}) {
    Case c{{1024, 3, 7}};
    c.one_number = bad;
    CHECK(c.states() == Vector{512, 0, 8});
    CHECK(c.run().results[3][0] == 8);
    c.before.scale = 1;
    CHECK(c.states() == Vector{1, 0, 8});
  }
}

TEST_CASE("growth 0 keeps the scale, and counts skips all the same", "[loss_scaling]") {
  Case c{{1024, 3, 0}, 0};
  CHECK(c.states()[0] == 1024);
  c.one_number = infinity;
  CHECK(c.states() == Vector{1024, 0, 1});
}

TEST_CASE("a statistic keeps what it was where the new value is not finite", "[loss_scaling]") {
  Graph g;
  g.inputs = {{"new", {4}, DType::f32}, {"old", {4}, DType::f32}};
  Builder b(g);
  Attr second;
  second.index = 1;
  const ValueId value = b.node(Op::input, {}, {}, {DType::f32, true, 1, 4}), old = b.node(Op::input, {}, second, {DType::f32, true, 1, 4});
  g.results.push_back({ResultKind::output, 0, finite_or(b, value, old), "kept"});
  InterpreterInputs in;
  in.inputs = {{1, infinity, not_a_number, -infinity}, {5, 6, 7, 8}};
  CHECK(interpret(g, in).results[0] == Vector{1, 6, 7, 8});
}

TEST_CASE("nothing moves before the update is due", "[loss_scaling]") {
  for (const double last : {8.0, infinity}) {
    Case c{{1024, 3, 1}, 4, true, false, last};
    CHECK(c.states() == Vector{1024, 3, 1});
    c.applies = true;
    CHECK(c.states() != Vector{1024, 3, 1});
  }
}
