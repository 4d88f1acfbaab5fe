#include "pass/fold_constants.hpp"

#include "codegen/support/graph_text.hpp"
#include "codegen/support/random_graph.hpp"

#include <catch2/catch.hpp>

using namespace ingot::codegen;
using namespace ingot::test;

TEST_CASE("fold_constants evaluates chains of maps", "[fold_constants]") {
  Graph g = graph_of(
      "%0 = constant value=1 : f64[1,1]\n"
      "%1 = constant value=0.75 : f64[1,1]\n"
      "%2 = sub %0 %1 : f64[1,1]\n"
      "%3 = sqrt %2 : f64[1,1]\n"
      "%4 = cast %3 : f32[1,1]\n"
      "result 0 %4 \"r\"\n");
  CHECK(fold_constants(g));
  CHECK(g.node(4).op == Op::constant);
  CHECK(g.node(4).attr.value == 0.5);
  CHECK(g.type(4).dtype == DType::f32);
  verify(g, Stage::primitive, "test");
  CHECK_FALSE(fold_constants(g));
}

TEST_CASE("fold_constants leaves run-time values, booleans and random bits", "[fold_constants]") {
  Graph g = graph_of(
      "%0 = scalar : f64[1,1]\n"
      "%1 = constant value=0.5 : f64[1,1]\n"
      "%2 = mul %0 %1 : f64[1,1]\n"
      "%3 = greater %1 %1 : bool[1,1]\n"
      "%4 = keep_mask %1 : bool[1,1]\n"
      "%5 = row_sum %1 : f64[1,1]\n");
  CHECK_FALSE(fold_constants(g));
}

TEST_CASE("fold_constants changes no value", "[fold_constants][fuzz]") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Graph g = RandomGraph(seed).run(60);
    const InterpreterInputs in = sample_inputs(g, 2, seed);
    const auto before = interpret(g, in).results;
    fold_constants(g);
    verify(g, Stage::built, "fold_constants");
    const auto after = interpret(g, in).results;
    INFO("seed " << seed);
    for (std::size_t r = 0; r < before.size(); ++r) REQUIRE(same_values(before[r], after[r]));
  }
}
