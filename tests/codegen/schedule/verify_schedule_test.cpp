// The verifier of schedules: a sound schedule passes, each kind of damage is seen.
#include "schedule/verify_schedule.hpp"

#include "codegen/support/definition_builder.hpp"
#include "import/build.hpp"
#include "ir/error.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;

namespace {

struct Sample {
  Sample() {
    const DefinitionBuilder b = reference_mlp(64, 0.2);
    plan = plan_program(b.view(), nullptr, 32, DType::f32, {Entry::train}, make_target("x86-64-v3"));
    s = *plan.entries[0].schedule;
  }
  const Graph& graph() const { return plan.entries[0].graph; }
  ScheduledKernel& kernel(KernelKind kind) {
    return *std::find_if(s.kernels.begin(), s.kernels.end(), [&](const ScheduledKernel& k) { return k.kernel.kind == kind; });
  }
  ProgramPlan plan;
  EntrySchedule s;
};

bool reads(const ScheduledKernel& k, int buffer) {
  return std::any_of(k.accesses.begin(), k.accesses.end(), [&](const Access& a) { return !a.write && a.buffer == buffer; });
}

}  // namespace

TEST_CASE("a schedule as it was made passes", "[verify_schedule]") {
  const Sample t;
  CHECK_NOTHROW(verify(t.graph(), t.s));
}

TEST_CASE("a removed phase boundary is seen, whichever it is", "[verify_schedule]") {
  const unsigned phases = Sample().s.phases;
  REQUIRE(phases > 2);
  for (unsigned boundary = 1; boundary < phases; ++boundary) {
    Sample t;
    for (ScheduledKernel& k : t.s.kernels)
      if (k.phase >= boundary) --k.phase;
    --t.s.phases;
    INFO("between phases " << boundary - 1 << " and " << boundary);
    CHECK_THROWS_WITH(verify(t.graph(), t.s), Catch::Contains("need a barrier"));
  }
}

TEST_CASE("a reader before its producer is seen", "[verify_schedule]") {
  Sample t;
  std::reverse(t.s.kernels.begin(), t.s.kernels.end());
  CHECK_THROWS_AS(verify(t.graph(), t.s), InternalError);
  Sample swapped;
  auto& kernels = swapped.s.kernels;
  const auto first =
      std::find_if(kernels.begin(), kernels.end(), [](const ScheduledKernel& k) { return k.kernel.kind == KernelKind::contraction; });
  const int made = std::find_if(first->accesses.begin(), first->accesses.end(), [](const Access& a) { return a.write; })->buffer;
  const auto reader = std::find_if(first, kernels.end(), [&](const ScheduledKernel& k) { return reads(k, made); });
  std::iter_swap(first, reader);
  CHECK_THROWS_WITH(verify(swapped.graph(), swapped.s), Catch::Contains("before it is made"));
}

TEST_CASE("a state that is read after its update is seen", "[verify_schedule]") {
  Sample t;
  auto& kernels = t.s.kernels;
  const auto update = std::find_if(kernels.begin(), kernels.end(), [&](const ScheduledKernel& k) {
    return std::any_of(k.accesses.begin(), k.accesses.end(),
                       [&](const Access& a) { return a.write && t.s.buffers[static_cast<std::size_t>(a.buffer)].state == 0; });
  });
  REQUIRE(update != kernels.end());
  const auto buffer = std::find_if(update->accesses.begin(), update->accesses.end(), [&](const Access& a) {
                        return a.write && t.s.buffers[static_cast<std::size_t>(a.buffer)].state == 0;
                      })->buffer;
  if (&*update == &kernels.back()) std::iter_swap(kernels.end() - 1, kernels.end() - 2);
  kernels.back().accesses.push_back({buffer, false, Slice::all, 0});
  CHECK_THROWS_WITH(verify(t.graph(), t.s), Catch::Contains("after its update"));
}

TEST_CASE("overlapping buffers and a short arena are seen", "[verify_schedule]") {
  Sample overlap;
  for (Buffer& b : overlap.s.buffers)
    if (b.state < 0) b.offset = 0;
  CHECK_THROWS_WITH(verify(overlap.graph(), overlap.s), Catch::Contains("share memory"));
  Sample shifted;
  std::vector<Buffer*> arena;
  for (Buffer& b : shifted.s.buffers)
    if (b.state < 0) arena.push_back(&b);
  std::sort(arena.begin(), arena.end(), [](const Buffer* a, const Buffer* b) { return a->offset < b->offset; });
  arena.back()->offset -= 64;  // its neighbour's last bytes
  CHECK_THROWS_AS(verify(shifted.graph(), shifted.s), InternalError);
  Sample small;
  small.s.arena_bytes -= 64;
  CHECK_THROWS_WITH(verify(small.graph(), small.s), Catch::Contains("behind the arena"));
}

TEST_CASE("kernels of one phase may share panels group by group only", "[verify_schedule]") {
  ScheduledKernel a, b;
  a.kernel.groups = b.kernel.groups = 8;
  a.accesses = {{0, true, Slice::panel, 0}};
  b.accesses = {{0, false, Slice::panel, 0}};
  CHECK(groups_agree(a, b));
  b.kernel.groups = 4;
  CHECK_FALSE(groups_agree(a, b));
  b.kernel.groups = 8;
  b.accesses[0].slice = Slice::all;
  CHECK_FALSE(groups_agree(a, b));
  a.accesses[0] = {0, true, Slice::row_block, 16};
  b.accesses[0] = {0, false, Slice::row_block, 8};
  CHECK_FALSE(groups_agree(a, b));
  b.accesses[0].block = 16;
  CHECK(groups_agree(a, b));
  b.accesses[0] = {1, false, Slice::all, 0};
  CHECK(groups_agree(a, b));
  a.accesses[0].write = false;
  b.accesses[0] = {0, false, Slice::all, 0};
  CHECK(groups_agree(a, b));
  a.accesses[0] = {0, true, Slice::all, 0};
  CHECK_FALSE(groups_agree(a, b));
  a.kernel.groups = b.kernel.groups = 1;
  CHECK(groups_agree(a, b));
}
