// Each rule of the verifier: a graph that breaks only that rule is refused with a sentence about it.
#include "ir/verify.hpp"

#include "codegen/support/graph_text.hpp"
#include "ir/error.hpp"

#include <catch2/catch.hpp>

using namespace ingot::codegen;

namespace {

const char* const good =
    "graph \"g\" f32\n"
    "input \"x\" f32 [4]\n"
    "target \"label\" i32 []\n"
    "state 0 \"w\" f32 [4,3] parameter constant 0\n"
    "state 1 \"w/m\" f32 [4,3] slot constant 0 of 0\n"
    "scalar 0 \"rate\" rate -1 0\n"
    "%0 = input : f32[B,4]\n"
    "%1 = state : f32[4,3]\n"
    "%2 = matmul %0 %1 : f32[B,3]\n"
    "%3 = target : f32[B,1]\n"
    "%4 = sparse_ce_logits %2 %3 : f32[B,1]\n"
    "%5 = column_sum %4 : f32[1,1]\n"
    "%6 = scalar : f64[1,1]\n"
    "%7 = cast %6 : f32[1,1]\n"
    "%8 = mul %1 %7 : f32[4,3]\n"
    "metric 0 %5 \"loss\"\n"
    "assign 0 %8 \"w\"\n"
    "end\n";

/// The good graph with `from` replaced by `to`, verified: the sentence, or "".
std::string verdict(std::string_view from, std::string_view to, Stage stage = Stage::built) {
  std::string text = good;
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
  const Graph g = parse_graph(text);
  try {
    verify(g, stage, "stage x");
    return "";
  } catch (const InternalError& e) {
    const std::string what = e.what();
    CHECK(what.rfind("stage x: ", 0) == 0);
    CHECK(what.find("graph \"g\"") != std::string::npos);
    return what.substr(9, what.find('\n') - 9);
  }
}
bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a good graph passes", "[verify]") { CHECK(verdict("rate -1 0", "rate -1 0").empty()); }

TEST_CASE("composites are refused after decompose", "[verify]") {
  CHECK(contains(verdict("rate -1 0", "rate -1 0", Stage::primitive), "node %4: sparse_ce_logits is not primitive"));
}

TEST_CASE("type rules", "[verify]") {
  CHECK(contains(verdict("%2 = matmul %0 %1 : f32[B,3]", "%2 = matmul %0 %1 : f32[B,4]"), "node %2: has another type"));
  CHECK(contains(verdict("%2 = matmul %0 %1 : f32[B,3]", "%2 = matmul %1 %0 : f32[B,3]"), "node %2: matmul: a reduction over the batch"));
  CHECK(contains(verdict("%2 = matmul %0 %1 :", "%2 = matmul %0 %1 transpose_b :"), "inner extents differ: 4 and 3"));
  CHECK(contains(verdict("%2 = matmul %0 %1 :", "%2 = matmul %0 :"), "matmul takes 2 operands"));
  CHECK(contains(verdict("%8 = mul %1 %7", "%8 = mul %1 %6"), "operands differ in dtype"));
  CHECK(contains(verdict("%8 = mul %1 %7", "%8 = mul %1 %0"), "extents do not go together"));
  CHECK(contains(verdict("%8 = mul %1 %7", "%8 = select %1 %1 %1"), "the condition must be boolean"));
  CHECK(contains(verdict("%4 = sparse_ce_logits %2 %3", "%4 = sparse_ce_logits %2 %2"), "wrong number of columns"));
  CHECK(contains(verdict("%8 = mul %1 %7", "%8 = reshape %1"), "has another type") == false);  // the same extents are allowed
  CHECK(contains(verdict("%5 = column_sum %4", "%5 = reshape %4"), "has another type"));
  CHECK(contains(verdict("%2 = matmul %0 %1 : f32[B,3]", "%2 = slice %0 begin=2 : f32[B,3]"), "columns outside"));
  CHECK(contains(verdict("%2 = matmul %0 %1", "%2 = concat %0 %1"), "differ in rows"));
  CHECK(contains(verdict("%7 = cast %6 : f32[1,1]", "%7 = rows : f32[1,1]"), "must be f64[1,1]"));
  CHECK(contains(verdict("%7 = cast %6 : f32[1,1]", "%7 = iota : f32[2,1]"), "iota must be"));
}

TEST_CASE("a reduction over the batch needs the same rows per sample", "[verify]") {
  const auto verdict_of = [](const char* rows) {
    const std::string text = "graph \"g\" f32\ninput \"x\" f32 [4]\n%0 = input : f32[B,4]\n%1 = reshape %0 : f32[B*" + std::string(rows) +
                             "]\n" + "%2 = matmul %0 %1 transpose_a : f32[4," + std::string(rows).substr(2) + "]\nend\n";
    try {
      verify(parse_graph(text), Stage::built, "x");
      return std::string();
    } catch (const InternalError& e) {
      return std::string(e.what());
    }
  };
  CHECK(verdict_of("1,4").empty());
  CHECK(contains(verdict_of("2,2"), "different numbers of rows per sample"));
}

TEST_CASE("tables", "[verify]") {
  CHECK(contains(verdict("%0 = input :", "%0 = input index=1 :"), "node %0: no such port"));
  CHECK(contains(verdict("%0 = input : f32[B,4]", "%0 = input : f32[B,5]"), "differs from its port in size"));
  CHECK(contains(verdict("%1 = state :", "%1 = state index=1 :"), "") == true);  // a slot of the same shape
  CHECK(contains(verdict("%1 = state :", "%1 = state index=2 :"), "node %1: no such state"));
  CHECK(contains(verdict("state 0 \"w\" f32 [4,3]", "state 0 \"w\" f32 [3,4]"), "slot 'w/m' differs from its parameter in shape"));
  CHECK(contains(verdict(" of 0", " of 1"), "belongs to no parameter"));
  CHECK(contains(verdict("slot constant 0 of 0", "parameter constant 0 of 0"), "only slots and mirrors belong to another state"));
  CHECK(contains(verdict("%6 = scalar :", "%6 = scalar index=4 :"), "node %6: no such scalar"));
  CHECK(contains(verdict("%8 = mul %1 %7 : f32[4,3]", "%8 = keep_mask %6 : bool[4,3]"), "no seed"));
}

TEST_CASE("results", "[verify]") {
  CHECK(contains(verdict("metric 0 %5", "metric 0 %4"), "is not a [1,1] number"));
  CHECK(contains(verdict("assign 0 %8", "assign 0 %5"), "assigned a value of another type"));
  CHECK(contains(verdict("assign 0 %8", "assign 2 %8"), "assigns no state"));
  CHECK(contains(verdict("metric 0 %5 \"loss\"", "assign 0 %1 \"w\""), "assigned twice"));
}

TEST_CASE("operands come before their users", "[verify]") {
  Graph g = parse_graph(good);
  g.nodes[2].in[0] = 4;
  CHECK_THROWS_AS(verify(g, Stage::built, "x"), InternalError);
  g.nodes[2].in[0] = -1;
  CHECK_THROWS_AS(verify(g, Stage::built, "x"), InternalError);
}
