// The schedule of the reference network: gates on the number of kernels, phases and groups, and the life of arena buffers.
#include "codegen/support/definition_builder.hpp"
#include "codegen/support/program_runner.hpp"
#include "codegen/support/random_program.hpp"
#include "schedule/schedule.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;

namespace {

const std::vector<Entry> all_entries{Entry::train, Entry::evaluate, Entry::predict, Entry::gradient};

ProgramPlan reference_plan(double dropout_rate = 0) {
  const DefinitionBuilder b = reference_mlp(512, dropout_rate);
  return plan_program(b.view(), nullptr, 32, DType::f32, all_entries, make_target("x86-64-v4"));
}

}  // namespace

TEST_CASE("the reference network has few kernels and phases", "[phases]") {
  struct Expected {
    std::size_t kernels;
    unsigned phases;
  };
  constexpr Expected expected[] = {{14, 4}, {9, 4}, {4, 3}, {18, 6}};
  const ProgramPlan plan = reference_plan();
  for (std::size_t i = 0; i < all_entries.size(); ++i) {
    INFO(plan.entries[i].text);
    CHECK(plan.entries[i].kernels.size() <= expected[i].kernels);
    CHECK(plan.entries[i].phases <= expected[i].phases);
  }
}

TEST_CASE("dropout costs no kernel and no phase", "[phases]") {
  const ProgramPlan plain = reference_plan(), dropped = reference_plan(0.5);
  for (std::size_t i = 0; i < all_entries.size(); ++i) {
    CHECK(dropped.entries[i].kernels.size() == plain.entries[i].kernels.size());
    CHECK(dropped.entries[i].phases == plain.entries[i].phases);
  }
}

TEST_CASE("wide kernels are cut into enough groups for many threads", "[phases]") {
  const ProgramPlan plan = reference_plan();
  for (const KernelInfo& k : plan.entries[0].kernels)
    if (k.flops > 1e6) {
      INFO(k.name << " " << k.ops);
      CHECK(k.groups >= 8);
    }
}

TEST_CASE("kernels are listed phase by phase, and describe agrees with the schedule", "[phases]") {
  const ProgramPlan plan = reference_plan();
  for (const EntryPlan& e : plan.entries) {
    REQUIRE(e.kernels.size() == e.schedule->kernels.size());
    for (std::size_t k = 0; k < e.kernels.size(); ++k) {
      CHECK(e.kernels[k].phase == e.schedule->kernels[k].phase);
      if (k > 0) CHECK(e.kernels[k].phase >= e.kernels[k - 1].phase);
      CHECK(e.kernels[k].bytes <= e.kernels[k].unfused_bytes);
      CHECK_FALSE(e.kernels[k].ops.empty());
    }
    CHECK(e.kernels.back().phase + 1 == e.phases);
  }
  double flops = 0;
  for (const KernelInfo& k : plan.entries[2].kernels) flops += k.flops;
  CHECK(flops == Approx(2.0 * 32 * (784 * 512 + 512 * 10)));
}

TEST_CASE("buffers of the arena are reused and shorter than all of them together", "[arena]") {
  DefinitionBuilder b("deep");
  b.input({64}, "x");
  for (int i = 0; i < 6; ++i) {
    std::string name = "d";
    name += std::to_string(i);
    b.dense(64, act::relu, name);
  }
  b.dense(3, act::linear, "out");
  b.loss(loss_kind::mse);
  b.optimizer(opt_kind::sgd);
  const ProgramPlan plan = plan_program(b.view(), nullptr, 32, DType::f32, {Entry::train, Entry::predict}, make_target("x86-64-v3"));
  for (const EntryPlan& e : plan.entries) {
    std::uint64_t all = 0, largest = 0;
    for (const Buffer& buffer : e.schedule->buffers)
      if (buffer.state < 0) {
        all += static_cast<std::uint64_t>(buffer.layout.bytes());
        largest = std::max(largest, static_cast<std::uint64_t>(buffer.layout.bytes()));
        CHECK(buffer.offset % 64 == 0);
      }
    INFO(e.text);
    CHECK(e.arena_bytes >= largest);
    CHECK(e.arena_bytes < all);
  }
  // forward only: never more than three activations at a time
  CHECK(plan.entries[1].arena_bytes <= 3u * (32 + 16) * 64 * 4);
}

TEST_CASE("state tensors do not overlap and lie inside the block", "[arena]") {
  const ProgramPlan plan = reference_plan();
  const auto& states = plan.graph().states;
  for (std::size_t i = 0; i < states.size(); ++i) {
    const Layout l = make_layout({states[i].dtype, false, states[i].rows(), states[i].cols()}, 32, plan.target);
    const std::uint64_t end = plan.state_offsets[i] + static_cast<std::uint64_t>(l.bytes());
    CHECK(plan.state_offsets[i] % 64 == 0);
    CHECK(end <= (i + 1 < states.size() ? plan.state_offsets[i + 1] : plan.state_bytes));
  }
}

TEST_CASE("schedules of random networks are legal, fused or not", "[phases]") {
  for (std::uint64_t seed = 100; seed < 140; ++seed) {
    RandomProgram random(seed);
    const DefinitionBuilder b = random.definition();
    const ProgramPlan plan =
        plan_program(b.view(), nullptr, random.batch(), seed % 2 == 0 ? DType::f32 : DType::f64, all_entries, make_target("x86-64-v3"));
    const ProgramPlan unfused = without_fusion(plan);  // make_schedule verifies
    for (std::size_t i = 0; i < all_entries.size(); ++i) CHECK(plan.entries[i].kernels.size() < unfused.entries[i].kernels.size());
  }
}
