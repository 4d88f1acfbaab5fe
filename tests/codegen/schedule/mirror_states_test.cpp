// Which weights get a copy in 16 bits, what the graph looks like with it, and that no step converts a weight.
#include "schedule/mirror_states.hpp"

#include "codegen/support/definition_builder.hpp"
#include "ir/parse.hpp"
#include "ir/print.hpp"
#include "ir/verify.hpp"
#include "schedule/device/launch.hpp"
#include "schedule/schedule.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;

namespace {

Graph graph_of(const std::string& body) {
  Graph g = parse_graph(
      "graph \"g\" f32 low=bf16\n"
      "input \"x\" f32 [4]\n"
      "state 0 \"a\" f32 [4,4] parameter constant 0\n"
      "state 1 \"b\" f32 [4,4] parameter constant 0\n"
      "%0 = input : f32[B,4]\n"
      "%1 = cast %0 : bf16[B,4]\n"
      "%2 = state : f32[4,4]\n"
      "%3 = cast %2 : bf16[4,4]\n" +
      body + "end\n");
  verify(g, Stage::primitive, "test");
  return g;
}

const char* const product_and_update =
    "%4 = matmul %1 %3 : f32[B,4]\n"
    "%5 = neg %2 : f32[4,4]\n"
    "result 0 %4 \"y\"\n"
    "assign 0 %5 \"a\"\n";

std::vector<std::int32_t> mirrored(const Graph& g, const char* target) {
  const Graph* const graphs[] = {&g};
  return mirrored_states(graphs, make_target(target));
}

}  // namespace

TEST_CASE("a weight that products read has a copy, which changes with it", "[mirror]") {
  const Graph g = graph_of(product_and_update);
  REQUIRE(mirrored(g, "x86-64-v4bf16") == std::vector<std::int32_t>{0});
  const Graph with = with_mirrors(g, mirrored(g, "x86-64-v4bf16"));
  verify(with, Stage::primitive, "mirrors");
  const std::string text = print(with);
  CHECK(text.substr(text.find("state 2")) ==
        "state 2 \"a/bf16\" bf16 [4,4] mirror constant 0 of 0\n"
        "%0 = input : f32[B,4]\n"
        "%1 = cast %0 : bf16[B,4]\n"
        "%2 = state index=2 : bf16[4,4]\n"
        "%3 = matmul %1 %2 : f32[B,4]\n"
        "%4 = state : f32[4,4]\n"
        "%5 = neg %4 : f32[4,4]\n"
        "%6 = cast %5 : bf16[4,4]\n"
        "result 0 %3 \"y\"\n"
        "assign 0 %5 \"a\"\n"
        "assign 2 %6 \"a/bf16\"\n"
        "end\n");
}

TEST_CASE("a copy whose rows lie in pairs serves products only", "[mirror]") {
  const Graph g =
      graph_of(std::string("%4 = matmul %1 %3 : f32[B,4]\n%5 = reshape %3 : bf16[2,8]\n%6 = cast %5 : f32[2,8]\n"
                           "result 0 %4 \"y\"\nresult 1 %6 \"z\"\n"));
  CHECK(mirrored(g, "x86-64-v4bf16").empty());
  CHECK(mirrored(g, "x86-64-v4") == std::vector<std::int32_t>{0});
}

namespace {

DefinitionBuilder deep() {
  DefinitionBuilder b("deep");
  b.input({40}, "x");
  b.dense(48, act::relu, "one");
  b.dense(56, act::relu, "two");
  b.dense(5, act::linear, "logits");
  b.loss(loss_kind::sparse_categorical_crossentropy, true);
  b.optimizer(opt_kind::adam);
  b.recipe.craft.precision.compute = precision_kind::bf16;
  return b;
}

/// Elementwise work alone that makes numbers of 16 bits.
bool converts(const Kernel& k) {
  return k.kind == KernelKind::map &&
         std::any_of(k.stores.begin(), k.stores.end(), [&](const KernelStore& s) { return k.argument(s.argument).dtype == DType::bf16; });
}

}  // namespace

TEST_CASE("no kernel of a training step converts a weight", "[mirror]") {
  const DefinitionBuilder b = deep();
  for (const char* target : {"x86-64-v3", "x86-64-v4bf16"}) {
    const ProgramPlan plan = plan_program(b.view(), nullptr, 16, DType::f32, {Entry::train, Entry::evaluate}, make_target(target));
    CHECK(plan.mirrors.size() == 2);
    CHECK(plan.graph().states.size() == plan.state_offsets.size() - 2);
    for (const EntryPlan& e : plan.entries)
      for (const ScheduledKernel& k : e.schedule->kernels) CHECK_FALSE(converts(k.kernel));
  }
}

TEST_CASE("nor does a launch of a device; who updates a weight there writes its copy, too", "[mirror][device]") {
  const DevicePlan plan = plan_device_program(deep().view(), nullptr, 16, {Entry::train, Entry::evaluate}, portable_device_target());
  REQUIRE(plan.mirrors.size() == 2);
  CHECK(plan.graph().states.size() == plan.state_offsets.size() - 2);
  CHECK(plan.state_offsets.back() == plan.mirrors[1].offset);
  CHECK(plan.state_bytes >= plan.mirrors[1].offset + 48 * 56 * 2);
  int writers = 0;
  for (const DeviceEntryPlan& e : plan.entries)
    for (const DeviceLaunch& l : e.launches) {
      for (const LaunchPart& p : l.parts) CHECK_FALSE(converts(p.kernel));
      for (const DeviceOperand& o : l.operands) writers += o.written && o.space == DeviceSpace::state && o.offset >= plan.mirrors[0].offset;
    }
  CHECK(writers == 2);
}
