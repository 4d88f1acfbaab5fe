// What becomes one kernel: the typical patterns of a network, as text, and what every fusion fulfils.
#include "fuse/regions.hpp"

#include "codegen/support/definition_builder.hpp"
#include "codegen/support/random_program.hpp"
#include "import/build.hpp"
#include "ir/parse.hpp"
#include "ir/print.hpp"
#include "ir/verify.hpp"

#include <catch2/catch.hpp>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;

namespace {

Graph graph_of(const std::string& body) {
  Graph g = parse_graph(
      "graph \"test\" f32\ninput \"x\" f32 [4]\ntarget \"label\" i32 []\noutput \"y\" f32 [5]\noutput \"z\" f32 [5]\n"
      "state 0 \"w\" f32 [4,5] parameter constant 0\nstate 1 \"b\" f32 [5] parameter constant 0\n"
      "scalar 0 \"rate\" rate -1 0\nscalar 1 \"low\" seed_low -1 0\nscalar 2 \"high\" seed_high -1 0\nscalar 3 \"step\" step -1 0\n"
      "%0 = input index=0 : f32[B,4]\n%1 = state index=0 : f32[4,5]\n%2 = state index=1 : f32[1,5]\n%3 = matmul %0 %1 : f32[B,5]\n" +
      body + "end\n");
  verify(g, Stage::primitive, "test");
  return g;
}
std::string regions(const std::string& body) {
  const Graph g = graph_of(body);
  return print(g, fuse(g));
}

constexpr const char* start = "region 0 gather: %0=input\n";

/// Every node in exactly one region, or a leaf, or inline; regions read only smaller numbers.
void check_order(const Graph& g, const Fusion& f) {
  std::vector<int> seen(g.nodes.size(), 0);
  for (std::size_t r = 0; r < f.regions.size(); ++r)
    for (const ValueId v : f.regions[r].nodes) {
      ++seen[static_cast<std::size_t>(v)];
      CHECK(f.region_of[static_cast<std::size_t>(v)] == static_cast<int>(r));
      for (const ValueId in : g.node(v).in) CHECK(f.region_of[static_cast<std::size_t>(in)] <= static_cast<int>(r));
    }
  for (ValueId v = 0; v < g.size(); ++v) {
    const auto i = static_cast<std::size_t>(v);
    CHECK(seen[i] + (f.inlined[i] || (g.node(v).op == Op::state) ? 1 : 0) == 1);
  }
}

}  // namespace

TEST_CASE("bias and activation sit behind the contraction", "[regions]") {
  CHECK(regions("%4 = add %3 %2 : f32[B,5]\n%5 = constant value=0 : f32[1,1]\n%6 = maximum %4 %5 : f32[B,5]\nresult 0 %6 \"y\"\n") ==
        std::string(start) + "region 1 contraction: %3=matmul %4=add %6=maximum\n");
}

TEST_CASE("a dropout mask is drawn where it is used", "[regions]") {
  CHECK(regions("%4 = constant value=0.5 : f64[1,1]\n%5 = keep_mask %4 layer=1 : bool[B,5]\n%6 = constant value=0 : f32[1,1]\n"
                "%7 = select %5 %3 %6 : f32[B,5]\nresult 0 %7 \"y\"\n") ==
        std::string(start) + "region 1 contraction: %3=matmul %7=select\n");
}

TEST_CASE("a softmax is one kernel over rows", "[regions]") {
  CHECK(regions("%4 = row_max %3 : f32[B,1]\n%5 = sub %3 %4 : f32[B,5]\n%6 = exp %5 : f32[B,5]\n%7 = row_sum %6 : f32[B,1]\n"
                "%8 = div %6 %7 : f32[B,5]\nresult 0 %8 \"y\"\n") ==
        std::string(start) + "region 1 contraction: %3=matmul\nregion 2 rows: %4=row_max %5=sub %6=exp %7=row_sum %8=div\n");
}

TEST_CASE("a bias gradient and its update are one kernel over columns", "[regions]") {
  CHECK(regions("%4 = exp %3 : f32[B,5]\n%5 = column_sum %4 : f32[1,5]\n%6 = sub %2 %5 : f32[1,5]\nassign 1 %6 \"b\"\n") ==
        std::string(start) + "region 1 contraction: %3=matmul %4=exp\nregion 2 columns: %5=column_sum %6=sub\n");
}

TEST_CASE("a weight gradient and its update are one kernel", "[regions]") {
  CHECK(regions("%4 = matmul %0 %3 transpose_a : f32[4,5]\n%5 = scalar index=0 : f64[1,1]\n%6 = cast %5 : f32[1,1]\n"
                "%7 = mul %4 %6 : f32[4,5]\n%8 = sub %1 %7 : f32[4,5]\nassign 0 %8 \"w\"\n") ==
        std::string(start) + "region 1 contraction: %3=matmul\nregion 2 contraction: %4=matmul %7=mul %8=sub\n");
}

TEST_CASE("moves stand alone", "[regions]") {
  CHECK(regions("%4 = exp %3 : f32[B,5]\n%5 = concat %4 %4 : f32[B,10]\n%6 = slice %5 begin=3 : f32[B,5]\nresult 0 %6 \"y\"\n") ==
        std::string(start) + "region 1 contraction: %3=matmul %4=exp\nregion 2 move: %5=concat\nregion 3 move: %6=slice\n");
}

TEST_CASE("without fusion every op is a region of its own", "[regions]") {
  const Graph g = graph_of("%4 = add %3 %2 : f32[B,5]\n%5 = exp %4 : f32[B,5]\nresult 0 %5 \"y\"\n");
  CHECK(print(g, do_not_fuse(g)) == std::string(start) + "region 1 contraction: %3=matmul\nregion 2 map: %4=add\nregion 3 map: %5=exp\n");
}

TEST_CASE("fusions of random networks keep the order", "[regions]") {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const DefinitionBuilder b = RandomProgram(seed).definition();
    for (const Entry e : {Entry::train, Entry::gradient}) {
      const Graph g = build(b.view(), nullptr, e, DType::f32);
      const Fusion fused = fuse(g), apart = do_not_fuse(g);
      check_order(g, fused);
      check_order(g, apart);
      CHECK(fused.regions.size() < apart.regions.size());
      for (const Region& r : apart.regions) CHECK(r.nodes.size() == 1);
    }
  }
}

TEST_CASE("the moments of an optimizer are one pass over a gradient that lies in memory", "[regions]") {
  const Graph g = parse_graph(
      "graph \"adam\" f32\nstate 0 \"w\" f32 [4,5] parameter constant 0\nstate 1 \"g\" f32 [4,5] statistic constant 0\n"
      "state 2 \"w/m\" f32 [4,5] slot constant 0 of 0\nstate 3 \"w/v\" f32 [4,5] slot constant 0 of 0\n"
      "%0 = state index=0 : f32[4,5]\n%1 = state index=1 : f32[4,5]\n%2 = state index=2 : f32[4,5]\n%3 = state index=3 : f32[4,5]\n"
      "%4 = add %2 %1 : f32[4,5]\n%5 = mul %1 %1 : f32[4,5]\n%6 = add %3 %5 : f32[4,5]\n%7 = div %4 %6 : f32[4,5]\n"
      "%8 = sub %0 %7 : f32[4,5]\nassign 2 %4 \"w/m\"\nassign 3 %6 \"w/v\"\nassign 0 %8 \"w\"\nend\n");
  verify(g, Stage::primitive, "test");
  const Fusion f = fuse(g);
  CHECK(print(g, f) == "region 0 map: %4=add %6=add %7=div %8=sub\n");
  check_order(g, f);
}

TEST_CASE("updates that read nothing in common stay apart", "[regions]") {
  const Graph g = parse_graph(
      "graph \"two\" f32\nstate 0 \"a\" f32 [4,5] parameter constant 0\nstate 1 \"b\" f32 [4,5] parameter constant 0\n"
      "%0 = state index=0 : f32[4,5]\n%1 = state index=1 : f32[4,5]\n%2 = add %0 %0 : f32[4,5]\n%3 = add %1 %1 : f32[4,5]\n"
      "assign 0 %2 \"a\"\nassign 1 %3 \"b\"\nend\n");
  CHECK(fuse(g).regions.size() == 2);
}
