#include "schedule/choose_convolution.hpp"

#include "codegen/support/graph_text.hpp"
#include "codegen/support/image_text.hpp"
#include "codegen/support/sample_values.hpp"

#include <catch2/catch.hpp>

using namespace ingot::codegen;
using namespace ingot::test;

TEST_CASE("a 3 x 3 convolution in steps of 1 goes through Winograd", "[choose_convolution]") {
  Graph g = image_graph("%3 = conv %0 %1 " + same_3x3 + " : f32[B*16,16]\nresult 0 %3 \"y\"\n");
  CHECK(choose_convolutions(g));
  CHECK(body_of(g) == "%0 = input : f32[B*16,16]\n%1 = state : f32[144,16]\n%2 = state index=1 : f32[1,16]\n%3 = winograd_kernel %1 " +
                          same_3x3 + " : f32[576,16]\n%4 = winograd_conv %0 %3 " + same_3x3 + " : f32[B*16,16]\nresult 0 %4 \"y\"\n");
  verify(g, Stage::primitive, "test");
  CHECK_FALSE(choose_convolutions(g));
}

TEST_CASE("the two forms of a convolution mean the same", "[choose_convolution]") {
  Graph g = image_graph("%3 = conv %0 %1 " + same_3x3 + " : f32[B*16,16]\nresult 0 %3 \"y\"\n");
  const InterpreterInputs in = sample_inputs(g, 3, 4);
  const Values direct = interpret(g, in).results[0];
  REQUIRE(choose_convolutions(g));
  CHECK(relative_distance(interpret(g, in).results[0], direct) < 1e-13);
}

TEST_CASE("the gradient of its kernel goes through Winograd as well", "[choose_convolution]") {
  Graph g = image_graph("%3 = conv_kernel_gradient %0 %0 " + same_3x3 + " : f32[144,16]\nresult 0 %3 \"y\"\n");
  const InterpreterInputs in = sample_inputs(g, 3, 4);
  const Values direct = interpret(g, in).results[0];
  REQUIRE(choose_convolutions(g));
  CHECK(body_of(g).find("%3 = winograd_kernel_gradient %0 %0 " + same_3x3 + " : f32[144,16]") != std::string::npos);
  verify(g, Stage::primitive, "test");
  CHECK(relative_distance(interpret(g, in).results[0], direct) < 1e-13);
}

TEST_CASE("what Winograd cannot do, or not well, stays direct", "[choose_convolution]") {
  const auto stays = [](const std::string& window, const std::string& type, const std::string& dtype = "f32") {
    Graph g = image_graph("%3 = conv %0 %1 " + window + " : " + type + "\nresult 0 %3 \"y\"\n", dtype);
    return !choose_convolutions(g);
  };
  CHECK(stays(same_3x3, "f64[B*16,16]", "f64"));  // gradients are checked with it
  CHECK(stays("window=4,4->2,2 kernel=3,3 stride=2,2 dilation=1,1 spread=1,1 pad=0,0", "f32[B*4,16]"));
  CHECK(stays("window=4,4->4,4 kernel=3,3 stride=1,1 dilation=2,2 spread=1,1 pad=2,2", "f32[B*16,16]"));
  CHECK(stays("window=4,4->9,9 kernel=3,3 stride=1,1 dilation=1,1 spread=2,2 pad=2,2", "f32[B*81,16]"));
  CHECK(stays("window=4,4->2,2 kernel=3,3 stride=1,1 dilation=1,1 spread=1,1 pad=0,0", "f32[B*4,16]"));  // a quarter of a piece
}
