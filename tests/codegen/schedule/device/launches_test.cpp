// Launches of device programs: what shares one, how much they are, and where operands lie.
#include "codegen/llvm/op_graphs.hpp"
#include "codegen/support/definition_builder.hpp"
#include "codegen/support/update_steps.hpp"
#include "ir/error.hpp"
#include "schedule/device/launch.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;
using Catch::Matchers::Contains;

namespace {

DevicePlan mlp_plan(const char* device, unsigned batch = 32) {
  DefinitionBuilder b = reference_mlp(512, 0.2);
  b.optimizer(opt_kind::adam);
  return plan_device_program(b.view(), nullptr, batch, {Entry::train, Entry::predict}, find_device_target(device));
}

std::uint64_t moved(const DeviceEntryPlan& e, std::uint64_t KernelInfo::* field) {
  std::uint64_t sum = 0;
  for (const DeviceLaunch& l : e.launches)
    for (const LaunchPart& p : l.parts) sum += p.info.*field;
  return sum;
}

}  // namespace

TEST_CASE("a training step of two dense layers is six launches", "[launch]") {
  for (const DeviceTarget& device : device_targets()) {
    const DevicePlan plan = mlp_plan(std::string(device.name).c_str());
    INFO(plan.entries[0].text);
    CHECK(plan.entries[0].launches.size() == 6);
    CHECK(plan.entries[1].launches.size() == 3);
  }
}

TEST_CASE("fusion leaves at most half of the bytes of a training step", "[launch]") {
  const DevicePlan plan = mlp_plan("sm_80");
  CHECK(moved(plan.entries[0], &KernelInfo::bytes) * 2 <= moved(plan.entries[0], &KernelInfo::unfused_bytes));
}

TEST_CASE("plans are functions of graph, batch and description", "[launch]") {
  CHECK(mlp_plan("sm_80").entries[0].text == mlp_plan("sm_80").entries[0].text);
  CHECK(mlp_plan("sm_80").hash == mlp_plan("sm_80").hash);
  CHECK(mlp_plan("sm_80").hash != mlp_plan("sm_90").hash);
  CHECK(mlp_plan("sm_80").hash != mlp_plan("sm_80", 33).hash);
}

TEST_CASE("outputs and metrics are written where the caller wants them", "[launch]") {
  const DevicePlan plan = mlp_plan("sm_80");
  for (const DeviceEntryPlan& e : plan.entries)
    for (const DeviceLaunch& l : e.launches)
      for (const LaunchPart& p : l.parts) CHECK(p.kernel.kind != KernelKind::write);
  const auto& last = plan.entries[1].launches.back().operands;
  CHECK(std::count_if(last.begin(), last.end(), [](const DeviceOperand& o) { return o.space == DeviceSpace::output && o.written; }) == 1);
}

TEST_CASE("a reshape is no launch", "[launch]") {
  OpGraph g(DType::f32, 12);
  g.output(g->mul(g->reshape(g->mul(g.x, 2.0), 3, 4), 0.5), "folded");
  const DevicePlan plan = plan_device_graphs({{Entry::predict, g.take()}}, 7, portable_device_target());
  INFO(plan.entries[0].text);
  CHECK(plan.entries[0].launches.size() == 2);  // the gather with its product, and the other product
}

TEST_CASE("elementwise work that knows no columns takes four elements at a time", "[launch]") {
  OpGraph g(DType::f32, 12);
  const auto image = g.port(Op::input, 1, 3, 4);
  g.output(g->mul(image, 0.5), "pixels");
  g.output(g->mul(image, g->slice(g->state(0), 0, 3)), "channels");
  const DevicePlan plan = plan_device_graphs({{Entry::predict, g.take()}}, 7, portable_device_target());
  INFO(plan.entries[0].text);
  int runs_of_four = 0, single = 0;
  for (const DeviceLaunch& l : plan.entries[0].launches)
    for (const LaunchPart& p : l.parts) {
      if (p.kernel.kind == KernelKind::gather) CHECK(p.kernel.domain.cols == 12);
      if (p.kernel.kind == KernelKind::gather && p.run == 4) ++runs_of_four;
      if (p.kernel.kind == KernelKind::map && p.run == 1) ++single;  // a row of channels beside it
    }
  CHECK(runs_of_four >= 1);
  CHECK(single == 1);
}

TEST_CASE("launches of equal work share their code", "[launch]") {
  OpGraph g(DType::f32, 32, 32);
  ValueId x = g.x;
  for (int i = 0; i < 3; ++i) x = g->matmul(x, g->state(1));
  g.output(g->mul(x, 1.0), "product");
  const DevicePlan plan = plan_device_graphs({{Entry::predict, g.take()}}, 7, portable_device_target());
  const auto& l = plan.entries[0].launches;
  REQUIRE(l.size() >= 3);
  CHECK(l[1].symbol == l[2].symbol);
  CHECK(l[1].operands != l[2].operands);
}

TEST_CASE("a phase with more operands than a kernel has room for is several launches", "[launch]") {
  OpGraph g(DType::f32, 4);
  for (int i = 0; i < 600; ++i) g.output(g->matmul(g.x, g->state(1)), "output " + std::to_string(i));
  const DevicePlan plan = plan_device_graphs({{Entry::predict, g.take()}}, 3, portable_device_target());
  CHECK(plan.entries[0].launches.size() == 3);  // the gather, and 600 products in two
  for (const DeviceLaunch& l : plan.entries[0].launches) CHECK(l.operands.size() <= 500);

  OpGraph h(DType::f32, 4);
  for (int i = 0; i < 600; ++i) h.output(h->mul(h.x, 1.0 + i), "output " + std::to_string(i));
  CHECK_THROWS_WITH(plan_device_graphs({{Entry::predict, h.take()}}, 3, portable_device_target()), Contains("500 tensors at most"));
}

TEST_CASE("what is too large for 32-bit indices is refused, with the layer", "[launch]") {
  DefinitionBuilder b("wide");
  b.input({70000}, "x");
  b.dense(70000, act::relu, "giant");
  b.loss(loss_kind::mse, false);
  CHECK_THROWS_WITH(plan_device_program(b.view(), nullptr, 2, {Entry::predict}, portable_device_target()),
                    Contains("giant") && Contains("too large"));
}

TEST_CASE("float64 is the processor's", "[launch]") {
  CHECK_THROWS_WITH(plan_device_graphs({{Entry::predict, map_graph(DType::f64, 4)}}, 2, portable_device_target()), Contains("float32"));
}
