#include "pass/cse.hpp"

#include "codegen/support/graph_text.hpp"
#include "codegen/support/random_graph.hpp"
#include "pass/dead_code.hpp"

#include <catch2/catch.hpp>

using namespace ingot::codegen;
using namespace ingot::test;

TEST_CASE("cse merges equal nodes, also with swapped operands of commutative ops", "[cse]") {
  Graph g = graph_of(
      "%0 = input : f64[B,4]\n"
      "%1 = state index=1 : f64[1,4]\n"
      "%2 = add %0 %1 : f64[B,4]\n"
      "%3 = state index=1 : f64[1,4]\n"
      "%4 = add %3 %0 : f64[B,4]\n"
      "%5 = mul %2 %4 : f64[B,4]\n"
      "result 0 %5 \"r\"\n");
  CHECK(cse(g));
  CHECK(body_of(g) ==
        "%0 = input : f64[B,4]\n"
        "%1 = state index=1 : f64[1,4]\n"
        "%2 = add %0 %1 : f64[B,4]\n"
        "%3 = mul %2 %2 : f64[B,4]\n"
        "result 0 %3 \"r\"\n");
  CHECK_FALSE(cse(g));
}

TEST_CASE("cse keeps apart what differs in order, attributes, type or sign of zero", "[cse]") {
  Graph g = graph_of(
      "%0 = input : f64[B,4]\n"
      "%1 = state index=1 : f64[1,4]\n"
      "%2 = sub %0 %1 : f64[B,4]\n"
      "%3 = sub %1 %0 : f64[B,4]\n"
      "%4 = maximum %0 %1 : f64[B,4]\n"
      "%5 = maximum %1 %0 : f64[B,4]\n"
      "%6 = constant : f64[1,1]\n"
      "%7 = constant value=-0 : f64[1,1]\n"
      "%8 = slice %0 : f64[B,2]\n"
      "%9 = slice %0 begin=1 : f64[B,2]\n"
      "%10 = iota : f64[1,3]\n"
      "%11 = iota : f64[1,4]\n"
      "%12 = constant value=0.5 : f64[1,1]\n"
      "%13 = keep_mask %12 layer=1 : bool[B,4]\n"
      "%14 = keep_mask %12 layer=2 : bool[B,4]\n");
  const std::string before = body_of(g);
  CHECK_FALSE(cse(g));
  CHECK(body_of(g) == before);
}

TEST_CASE("cse changes no value", "[cse][fuzz]") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Graph g = RandomGraph(seed).run(60);
    const InterpreterInputs in = sample_inputs(g, 2, seed);
    const auto before = interpret(g, in).results;
    cse(g);
    verify(g, Stage::built, "cse");
    const auto after = interpret(g, in).results;
    INFO("seed " << seed);
    for (std::size_t r = 0; r < before.size(); ++r) REQUIRE(same_values(before[r], after[r]));
  }
}
