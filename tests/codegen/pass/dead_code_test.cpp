#include "pass/dead_code.hpp"

#include "codegen/support/graph_text.hpp"

#include <catch2/catch.hpp>

using namespace ingot::codegen;
using namespace ingot::test;

TEST_CASE("dead_code keeps what results reach, and renumbers", "[dead_code]") {
  Graph g = graph_of(
      "%0 = input : f64[B,4]\n"
      "%1 = exp %0 : f64[B,4]\n"
      "%2 = state index=1 : f64[1,4]\n"
      "%3 = neg %1 : f64[B,4]\n"
      "%4 = add %0 %2 : f64[B,4]\n"
      "result 0 %4 \"sum\"\n");
  CHECK(dead_code(g));
  CHECK(body_of(g) ==
        "%0 = input : f64[B,4]\n"
        "%1 = state index=1 : f64[1,4]\n"
        "%2 = add %0 %1 : f64[B,4]\n"
        "result 0 %2 \"sum\"\n");
  CHECK_FALSE(dead_code(g));
}

TEST_CASE("the order follows the results, not the making", "[dead_code]") {
  Graph a =
      graph_of("%0 = input : f64[B,4]\n%1 = neg %0 : f64[B,4]\n%2 = exp %0 : f64[B,4]\n%3 = sub %1 %2 : f64[B,4]\nresult 0 %3 \"r\"\n");
  Graph b =
      graph_of("%0 = input : f64[B,4]\n%1 = exp %0 : f64[B,4]\n%2 = neg %0 : f64[B,4]\n%3 = sub %2 %1 : f64[B,4]\nresult 0 %3 \"r\"\n");
  dead_code(a);
  dead_code(b);
  CHECK(print(a) == print(b));
}
