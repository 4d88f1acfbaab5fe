#include "schedule/split_reductions.hpp"

#include "codegen/support/graph_text.hpp"
#include "codegen/support/image_text.hpp"
#include "codegen/support/sample_values.hpp"
#include "schedule/partition.hpp"

#include <catch2/catch.hpp>

using namespace ingot::codegen;
using namespace ingot::test;

namespace {
const Target target = make_target("x86-64-v4");
const std::string sums = "%3 = column_sum %0 : f32[1,16]\n%4 = conv_kernel_gradient %0 %0 " + same_3x3 +
                         " : f32[144,16]\nresult 0 %3 \"s\"\nresult 1 %4 \"k\"\n";
}  // namespace

TEST_CASE("a sum over images becomes partial sums and a fold", "[split_reductions]") {
  Graph g = image_graph(sums);
  CHECK(split_reductions(g, 64, target));
  CHECK(body_of(g) ==
        "%0 = input : f32[B*16,16]\n%1 = state : f32[144,16]\n%2 = state index=1 : f32[1,16]\n"
        "%3 = column_sum %0 block=4 : f32[16,16]\n%4 = fold_rows %3 : f32[1,16]\n"
        "%5 = conv_kernel_gradient %0 %0 block=4 " +
            same_3x3 + " : f32[2304,16]\n%6 = fold_rows %5 : f32[144,16]\nresult 0 %4 \"s\"\nresult 1 %6 \"k\"\n");
  verify(g, Stage::primitive, "test");
}

TEST_CASE("partial sums mean the same for every number of rows", "[split_reductions]") {
  const Graph whole = image_graph(sums);
  Graph split = whole;
  REQUIRE(split_reductions(split, 33, target));
  for (const std::int64_t rows : {1, 3, 4, 32, 33}) {
    const InterpreterInputs in = sample_inputs(whole, rows, 5);
    for (std::size_t r = 0; r < 2; ++r) CHECK(relative_distance(interpret(whole, in).results[r], interpret(split, in).results[r]) < 1e-13);
  }
}

TEST_CASE("one sample, and sums of rows that are no images, stay whole", "[split_reductions]") {
  Graph one = image_graph(sums);
  CHECK_FALSE(split_reductions(one, 1, target));
  Graph rows = graph_of("%0 = input : f64[B,4]\n%1 = column_sum %0 : f64[1,4]\nresult 0 %1 \"r\"\n");
  CHECK_FALSE(split_reductions(rows, 64, target));
}

TEST_CASE("groups of samples cover every batch in at most 16 groups", "[split_reductions]") {
  for (std::int64_t batch = 1; batch <= 300; ++batch) {
    const std::int64_t block = sample_block(batch);
    CHECK(block >= 1);
    CHECK((batch + block - 1) / block <= 16);
  }
}
