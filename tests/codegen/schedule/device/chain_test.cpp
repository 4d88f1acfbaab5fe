// Which regions become a chain, as text, and what the cost rule says to it.
#include "schedule/device/chain.hpp"

#include "codegen/llvm/low_graphs.hpp"
#include "codegen/support/definition_builder.hpp"
#include "ir/parse.hpp"
#include "ir/print.hpp"
#include "ir/verify.hpp"
#include "schedule/device/launch.hpp"
#include "schedule/mirror_states.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;
using Catch::Matchers::Contains;

namespace {

/// Two layers of 16 from x [16], with weights w and v: %6 is the first sum, %8 what follows it rounded, %9 the second; without the
/// conversions of the weights they are %3, %5 and %7.
Graph graph_of(const std::string& behind_first, const std::string& behind_second) {
  Graph g = parse_graph(
      "graph \"test\" f32\ninput \"x\" f32 [16]\noutput \"y\" f32 [16]\noutput \"z\" f32 [16]\n"
      "state 0 \"w\" f32 [16,16] parameter constant 0\nstate 1 \"v\" f32 [16,16] parameter constant 0\n"
      "%0 = input index=0 : f32[B,16]\n%1 = cast %0 : f16[B,16]\n%2 = state index=0 : f32[16,16]\n%3 = cast %2 : f16[16,16]\n"
      "%4 = state index=1 : f32[16,16]\n%5 = cast %4 : f16[16,16]\n%6 = matmul %1 %3 : f32[B,16]\n" +
      behind_first + "%8 = cast %7 : f16[B,16]\n%9 = matmul %8 %5 : f32[B,16]\n" + behind_second + "end\n");
  g.low = DType::f16;
  verify(g, Stage::primitive, "test");
  return g;
}

/// With the weights as a device has them, rounded by whoever wrote them.
std::string joined(const Graph& original, std::int64_t batch = 64) {
  const Graph* all[] = {&original};
  const DeviceTarget& device = portable_device_target();
  const Graph g = with_mirrors(original, mirrored_states(all, dense_target(device)));
  return print(g, join_chains(g, fuse(g), batch, device));
}

/// Hidden layers of 64.
DevicePlan plan_of(int input, int layers, unsigned batch, precision_kind kind = precision_kind::f16) {
  DefinitionBuilder b("narrow");
  b.input({input}, "x");
  for (int i = 0; i < layers; ++i) b.dense(64, act::relu, "hidden" + std::to_string(i + 1));
  b.dense(10, act::linear, "logits");
  b.loss(loss_kind::sparse_categorical_crossentropy, true);
  b.optimizer(opt_kind::adam);
  b = mixed(b, kind);
  return plan_device_program(b.view(), nullptr, batch, {Entry::train, Entry::predict}, find_device_target("sm_90"));
}

/// What the rule said, in the order of the launches.
std::vector<std::string> choices(const DeviceEntryPlan& e) {
  std::vector<std::string> all;
  for (const DeviceLaunch& l : e.launches)
    for (const LaunchPart& p : l.parts)
      if (!p.info.choice.empty()) all.push_back(p.info.choice);
  return all;
}

}  // namespace

TEST_CASE("products of which one reads what the other makes are a chain", "[chain]") {
  CHECK(joined(graph_of("%7 = tanh %6 : f32[B,16]\n", "result 0 %9 \"y\"\n")) ==
        "region 0 gather: %0=input %1=cast\nregion 1 chain: %3=matmul %4=tanh %5=cast %7=matmul\n");
}

TEST_CASE("what others read of a layer is left for them", "[chain]") {
  CHECK(joined(graph_of("%7 = tanh %6 : f32[B,16]\n",
                        "%10 = matmul %8 %1 transpose_a : f32[16,16]\nresult 0 %9 \"y\"\nassign 1 %10 \"v\"\n")) ==
        "region 0 gather: %0=input %1=cast\nregion 1 chain: %3=matmul %4=tanh %5=cast %7=matmul\n"
        "region 2 contraction: %8=matmul %9=cast\n");
}

TEST_CASE("a layer that reads its input twice, or what waits for the chain, is none of it", "[chain]") {
  CHECK(joined(graph_of("%7 = tanh %6 : f32[B,16]\n", "%10 = cast %8 : f32[B,16]\n%11 = add %9 %10 : f32[B,16]\nresult 0 %11 \"y\"\n")) ==
        "region 0 gather: %0=input %1=cast\nregion 1 contraction: %3=matmul %4=tanh %5=cast\nregion 2 contraction: %7=matmul %9=add\n");
  CHECK(joined(graph_of("%7 = tanh %6 : f32[B,16]\n", "%10 = row_sum %7 : f32[B,1]\n%11 = add %9 %10 : f32[B,16]\nresult 0 %11 \"y\"\n")) ==
        "region 0 gather: %0=input %1=cast\nregion 1 chain: %3=matmul %4=tanh %5=cast %7=matmul\nregion 2 rows: %8=row_sum %9=add\n");
}

TEST_CASE("only operands of 16 bits, and widths up to 128, make chains", "[chain]") {
  const auto chains = [](int input, int width, bool low) {
    OpGraph g(DType::f32, input, width);
    const auto rounded = [&](ValueId v) { return low ? g->cast(v, DType::bf16) : v; };
    const auto w = rounded(g->state(1));
    const auto hidden = rounded(g->unary(Op::tanh, g->matmul(rounded(g.x), w)));
    g.output(g->matmul(rounded(g->unary(Op::tanh, g->matmul(hidden, w, false, true))), w), "y");
    Graph graph = g.take();
    if (low) graph.low = DType::bf16;
    return find_chains(graph, fuse(graph)).size();
  };
  CHECK(chains(16, 16, true) == 1);
  CHECK(chains(128, 128, true) == 1);
  CHECK(chains(128, 129, true) == 0);
  CHECK(chains(16, 16, false) == 0);
}

TEST_CASE("the rule weighs launches against the weights that every block brings", "[chain]") {
  const auto said = [](int input, int layers) { return choices(plan_of(input, layers, 64).entries[1]); };
  CHECK(said(32, 2) == std::vector<std::string>{"a chain of 2 layers: about 1.6 us, as 2 launches 3.0"});
  CHECK(said(4096, 2) == std::vector<std::string>{"no chain of 2 layers: about 6.7 us, as 2 launches 5.1"});
  CHECK(said(2048, 3) == std::vector<std::string>{"a chain of 2 layers: about 1.6 us, as 2 launches 3.1"});  // all but the first
}

TEST_CASE("launches of four narrow layers, without chains in fp32, with chains, and with the loss scale of f16", "[chain]") {
  const auto launches = [](precision_kind kind, std::size_t entry) { return plan_of(32, 4, 256, kind).entries[entry].launches.size(); };
  CHECK(launches(precision_kind::f32, 0) == 12);
  CHECK(launches(precision_kind::bf16, 0) == 7);
  CHECK(launches(precision_kind::f16, 0) == 12);
  CHECK(launches(precision_kind::f32, 1) == 6);
  CHECK(launches(precision_kind::f16, 1) == 3);
}
