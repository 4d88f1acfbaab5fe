// What is computed again instead of stored, as the kernels that come of it.
#include "fuse/recompute.hpp"

#include "codegen/fuse/update_graphs.hpp"
#include "codegen/support/image_text.hpp"
#include "fuse/regions.hpp"

#include <catch2/catch.hpp>

using namespace ingot::codegen;
using namespace ingot::test;

namespace {

std::string regions(const std::string& body) {
  const Graph g = image_graph(body);
  return print(g, fuse(g));
}

constexpr const char* input = "region 0 gather: %0=input\n";

}  // namespace

TEST_CASE("a value moved by a row is computed wherever it is read", "[recompute]") {
  const std::string body =
      "%3 = sub %0 %2 : f32[B*16,16]\n%4 = mul %3 %3 : f32[B*16,16]\n%5 = column_sum %4 : f32[1,16]\n"
      "%6 = mul %3 %5 : f32[B*16,16]\nresult 0 %6 \"y\"\n";
  const Graph g = image_graph(body);
  const std::vector<bool> again = recomputed_values(g);
  CHECK(again[3]);
  CHECK(again[4]);  // only summed
  CHECK_FALSE(again[6]);
  CHECK(regions(body) == std::string(input) + "region 1 columns: %5=column_sum\nregion 2 map: %6=mul\n");
}

TEST_CASE("what waits for a sum is not stored before it", "[recompute]") {
  // %3 could be made behind the convolution, at the price of one more tensor; its operand is kept anyway
  const std::string body = "%3 = conv %0 %1 " + same_3x3 +
                           " : f32[B*16,16]\n%4 = mul %3 %2 : f32[B*16,16]\n%5 = column_sum %3 : f32[1,16]\n"
                           "%6 = sub %4 %5 : f32[B*16,16]\nresult 0 %6 \"y\"\n";
  CHECK(recomputed_values(image_graph(body))[4]);
  CHECK(regions(body) == std::string(input) + "region 1 convolution: %3=conv\nregion 2 columns: %5=column_sum\nregion 3 map: %6=sub\n");
}

TEST_CASE("what waits for one sum does not store what another would have let it make earlier", "[recompute]") {
  // %6 needs the first sum alone, %7 the second as well: the gradient of a batch normalization
  const std::string body =
      "%3 = conv %0 %1 " + same_3x3 +
      " : f32[B*16,16]\n%4 = column_sum %3 : f32[1,16]\n%5 = mul %3 %0 : f32[B*16,16]\n%6 = sub %3 %4 : f32[B*16,16]\n"
      "%7 = mul %6 %2 : f32[B*16,16]\n%8 = column_sum %5 : f32[1,16]\n%9 = sub %7 %8 : f32[B*16,16]\nresult 0 %9 \"y\"\n";
  const std::vector<bool> again = recomputed_values(image_graph(body));
  CHECK(again[7]);
  CHECK(again[6]);  // read by what waits
  CHECK_FALSE(again[9]);
  CHECK(regions(body) ==
        std::string(input) + "region 1 convolution: %3=conv\nregion 2 columns: %4=column_sum %8=column_sum\nregion 3 map: %9=sub\n");
}

TEST_CASE("two sums over the same image are one pass", "[recompute]") {
  CHECK(regions("%3 = conv %0 %1 " + same_3x3 +
                " : f32[B*16,16]\n%4 = column_sum %3 : f32[1,16]\n%5 = mul %3 %0 : f32[B*16,16]\n%6 = column_sum %5 : f32[1,16]\n"
                "result 0 %4 \"a\"\nresult 1 %6 \"b\"\n") ==
        std::string(input) + "region 1 convolution: %3=conv\nregion 2 columns: %4=column_sum %6=column_sum\n");
}

TEST_CASE("a gradient that waits for its own norm is in memory: the norm's kernel squares it", "[recompute]") {
  UpdateGraph g;
  const ValueId squares = g->mul(g.gradient, g.gradient);
  const ValueId factor = g->div(g->constant(1, DType::f32), g.total(squares));
  g.assign(0, g.descend(g.w, g->mul(g.gradient, factor)));
  CHECK(recomputed_values(g.graph())[static_cast<std::size_t>(squares)]);
  const Fusion f = fuse(g.graph());
  CHECK(f.regions[static_cast<std::size_t>(f.region_of[static_cast<std::size_t>(g.gradient)])].nodes == std::vector<ValueId>{g.gradient});

  UpdateGraph h;  // nothing reads the gradient behind the norm: behind the product it need not be stored
  const ValueId alone = h->mul(h.gradient, h.gradient);
  h.metric(h.total(alone));
  h.assign(0, h.descend(h.w, h.gradient));
  CHECK_FALSE(recomputed_values(h.graph())[static_cast<std::size_t>(alone)]);
}

TEST_CASE("results, booleans and values of single rows are stored as ever", "[recompute]") {
  const Graph g = image_graph("%3 = sub %0 %2 : f32[B*16,16]\n%4 = column_sum %3 : f32[1,16]\nresult 0 %3 \"y\"\nresult 1 %4 \"s\"\n");
  CHECK_FALSE(recomputed_values(g)[3]);
}
