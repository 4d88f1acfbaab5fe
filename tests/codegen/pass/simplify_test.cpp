#include "pass/simplify.hpp"

#include "codegen/support/graph_text.hpp"
#include "codegen/support/random_graph.hpp"
#include "pass/dead_code.hpp"

#include <catch2/catch.hpp>

using namespace ingot::codegen;
using namespace ingot::test;

namespace {

/// The text after simplify and dead_code of `node` (number 4, on the leaves below) as the only result.
std::string simplified(const std::string& node) {
  Graph g = graph_of(
      "%0 = input : f64[B,4]\n"
      "%1 = constant : f64[1,1]\n"
      "%2 = constant value=1 : f64[1,1]\n"
      "%3 = state index=1 : f64[1,4]\n" +
      node + "result 0 %" + std::to_string(3 + std::count(node.begin(), node.end(), '\n')) + " \"r\"\n");
  simplify(g);
  verify(g, Stage::built, "simplify");
  dead_code(g);
  return body_of(g);
}
const std::string x = "%0 = input : f64[B,4]\nresult 0 %0 \"r\"\n", v = "%0 = state index=1 : f64[1,4]\nresult 0 %0 \"r\"\n";

}  // namespace

TEST_CASE("neutral elements", "[simplify]") {
  CHECK(simplified("%4 = mul %0 %2 : f64[B,4]\n") == x);
  CHECK(simplified("%4 = mul %2 %0 : f64[B,4]\n") == x);
  CHECK(simplified("%4 = add %0 %1 : f64[B,4]\n") == x);
  CHECK(simplified("%4 = add %1 %0 : f64[B,4]\n") == x);
  CHECK(simplified("%4 = sub %0 %1 : f64[B,4]\n") == x);
  CHECK(simplified("%4 = div %0 %2 : f64[B,4]\n") == x);
}

TEST_CASE("signs, casts, shapes", "[simplify]") {
  CHECK(simplified("%4 = neg %0 : f64[B,4]\n%5 = neg %4 : f64[B,4]\n") == x);
  CHECK(simplified("%4 = constant value=-1 : f64[1,1]\n%5 = mul %4 %0 : f64[B,4]\n") ==
        "%0 = input : f64[B,4]\n%1 = neg %0 : f64[B,4]\nresult 0 %1 \"r\"\n");
  CHECK(simplified("%4 = cast %0 : f64[B,4]\n") == x);
  CHECK(simplified("%4 = reshape %0 : f64[B*2,2]\n%5 = reshape %4 : f64[B,4]\n") == x);
  CHECK(simplified("%4 = slice %0 : f64[B,4]\n") == x);
  CHECK(simplified("%4 = greater %0 %1 : bool[B,4]\n%5 = select %4 %0 %0 : f64[B,4]\n") == x);
  CHECK(simplified("%4 = div %3 %2 : f64[1,4]\n%5 = add %4 %1 : f64[1,4]\n") == v);
}

TEST_CASE("widening casts vanish, narrowing ones stay", "[simplify]") {
  const std::string narrowed = "%4 = cast %0 : f32[B,4]\n";
  CHECK(simplified(narrowed + "%5 = cast %4 : f64[B,4]\n").find("cast %1 : f64") != std::string::npos);
  CHECK(simplified(narrowed + "%5 = cast %4 : f64[B,4]\n%6 = cast %5 : f32[B,4]\n") ==
        "%0 = input : f64[B,4]\n%1 = cast %0 : f32[B,4]\nresult 0 %1 \"r\"\n");
}

TEST_CASE("division by a power of two becomes a product, by others not", "[simplify]") {
  CHECK(simplified("%4 = constant value=8 : f64[1,1]\n%5 = div %0 %4 : f64[B,4]\n") ==
        "%0 = input : f64[B,4]\n%1 = constant value=0.125 : f64[1,1]\n%2 = mul %0 %1 : f64[B,4]\nresult 0 %2 \"r\"\n");
  CHECK(simplified("%4 = constant value=10 : f64[1,1]\n%5 = div %0 %4 : f64[B,4]\n").find("div") != std::string::npos);
}

TEST_CASE("what broadcasts or may be NaN is left alone", "[simplify]") {
  // the product with 1 has the extents of x, so v alone cannot stand for it; 0 * x is NaN for an infinite x
  CHECK(simplified("%4 = greater %0 %1 : bool[B,4]\n%5 = select %4 %3 %3 : f64[B,4]\n").find("select") != std::string::npos);
  CHECK(simplified("%4 = mul %0 %1 : f64[B,4]\n").find("mul") != std::string::npos);
  CHECK(simplified("%4 = sub %0 %0 : f64[B,4]\n").find("sub") != std::string::npos);
}

TEST_CASE("simplify changes no value", "[simplify][fuzz]") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Graph g = RandomGraph(seed).run(70);
    const InterpreterInputs in = sample_inputs(g, 2, seed);
    const auto before = interpret(g, in).results;
    simplify(g);
    verify(g, Stage::built, "simplify");
    const auto after = interpret(g, in).results;
    INFO("seed " << seed);
    for (std::size_t r = 0; r < before.size(); ++r) REQUIRE(same_values(before[r], after[r]));
  }
}
