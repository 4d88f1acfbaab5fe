#include "pass/pipeline.hpp"

#include "codegen/support/graph_text.hpp"
#include "codegen/support/random_graph.hpp"
#include "ir/error.hpp"

#include <catch2/catch.hpp>

using namespace ingot::codegen;
using namespace ingot::test;

TEST_CASE("the pipeline logs passes that changed something, in order", "[pipeline]") {
  Graph g =
      graph_of("%0 = input : f64[B,4]\n%1 = relu %0 : f64[B,4]\n%2 = relu %0 : f64[B,4]\n%3 = add %1 %2 : f64[B,4]\nresult 0 %3 \"r\"\n");
  std::string log;
  run_passes(g, late_passes(),
             [&](std::string_view pass, const Graph& now) { log += std::string(pass) + " " + std::to_string(now.size()) + "; "; });
  CHECK(log == "decompose 6; dead_code 6; cse 4; ");
}

TEST_CASE("a pass that breaks the graph is named", "[pipeline]") {
  const PassInfo breaking[] = {{"breaker",
                                [](Graph& g) {
                                  g.nodes.back().type.cols = 9;
                                  return true;
                                },
                                Stage::built}};
  Graph g = graph_of("%0 = input : f64[B,4]\n%1 = relu %0 : f64[B,4]\n");
  try {
    run_passes(g, breaking);
    FAIL("no error");
  } catch (const InternalError& e) {
    CHECK(std::string(e.what()).rfind("breaker: node %1: ", 0) == 0);
  }
}

TEST_CASE("passes are found by name", "[pipeline]") {
  for (const auto passes : {early_passes(), late_passes()})
    for (const PassInfo& p : passes) CHECK(find_pass(p.name) == &p);
  CHECK(find_pass("nothing") == nullptr);
}

TEST_CASE("random graphs reach the primitive stage, and a second run changes nothing", "[pipeline][fuzz]") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    INFO("seed " << seed);
    Graph g = RandomGraph(seed).run(60);
    run_passes(g, early_passes());
    run_passes(g, late_passes());
    verify(g, Stage::primitive, "test");
    for (int i = 0; i < 4; ++i) run_passes(g, late_passes());  // to the fixed point: one pass may feed another
    const std::string before = print(g);
    run_passes(g, late_passes());
    REQUIRE(print(g) == before);
  }
}
