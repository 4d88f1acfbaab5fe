// The profile of steps that were marked by hand: what is summed, sorted and traced.
#include "report/profile_table.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace ingot::runtime;

namespace {

struct Profiled {
  ingot_kernel kernels[2] = {{"first", "add", "map", 0, 1, 1000, 2000, 500, ""},
                             {"second", "matmul", "contraction", 0, 2, 3000, 3000, 9000, ""}};
  ingot_entry entry{};
  ingot_program described{};
  KernelProfile profile;
  ingot_call call{};

  Profiled() {
    entry.kind = INGOT_TRAIN;
    entry.n_kernels = 2;
    entry.kernels = kernels;
    described.n_entries = 1;
    described.entries = &entry;
    Program program;
    program.abi = &described;
    profile.start(program, INGOT_TRAIN, 2);
  }
  void mark(std::uint32_t thread, std::uint32_t kernel) { call.mark(call.profile, thread, kernel); }
  void step() {
    profile.begin_step(call);
    mark(0, INGOT_MARK_BEGIN);
    mark(0, 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    mark(0, 1);
    mark(1, INGOT_MARK_BEGIN);
    mark(1, 1);
    profile.end_step();
  }
};

}  // namespace

TEST_CASE("a kernel has the time since the thread's mark before, and what is no kernel is waiting", "[profile]") {
  Profiled p;
  for (int s = 0; s < 3; ++s) p.step();
  const std::vector<KernelProfile::Kernel> kernels = p.profile.kernels();
  CHECK((kernels[0].groups == 3 && kernels[1].groups == 6));
  CHECK(kernels[1].seconds >= 6e-3);
  CHECK(kernels[1].seconds < p.profile.seconds());
  const std::vector<ProfileRow> rows = profile_rows(p.profile);
  REQUIRE(rows.size() == 3);
  CHECK(rows.front().name == "second");
  CHECK(rows.front().groups == 2);
  CHECK(rows.front().microseconds == Approx(kernels[1].seconds / 2 / 3 * 1e6));  // two threads, three steps
  CHECK(rows.front().gb_per_s == Approx(3000 / rows.front().microseconds * 1e-3));
  CHECK(rows.front().gflops == Approx(9000 / rows.front().microseconds * 1e-3));
  CHECK(rows.back().name == "waiting");
  double microseconds = 0, share = 0;
  for (const ProfileRow& row : rows) {
    microseconds += row.microseconds;
    share += row.share;
  }
  CHECK(microseconds == Approx(p.profile.seconds() / 3 * 1e6));
  CHECK(share == Approx(1));
}

TEST_CASE("the trace holds the last steps only", "[profile]") {
  Profiled p;
  for (int s = 0; s < 11; ++s) p.step();
  std::vector<std::uint64_t> steps;
  for (const KernelProfile::Interval& i : p.profile.trace()) {
    CHECK(i.end >= i.begin);
    if (i.kernel == INGOT_MARK_BEGIN) steps.push_back(i.step);
  }
  CHECK(steps == std::vector<std::uint64_t>{5, 6, 7, 8, 9, 10, 11});
}

TEST_CASE("without steps there are no rows", "[profile]") { CHECK(profile_rows(Profiled().profile).empty()); }
