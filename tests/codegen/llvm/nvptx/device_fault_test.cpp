// The proof that the proof works: kernels with one instruction made wrong (a barrier left out, a shuffle from another lane, an access
// of what lies behind) are caught, by the emulator or by their results.
#include "codegen/llvm/op_graphs.hpp"
#include "codegen/support/device_runner.hpp"
#include "codegen/support/sample_values.hpp"

#include <catch2/catch.hpp>
#include <cstring>

using namespace ingot::codegen;
using namespace ingot::test;

namespace {

constexpr unsigned batch = 70;

/// A contraction whose reduction takes three slices, one over the batch, a softmax, and column sums behind which something waits.
Graph subject() {
  OpGraph g(DType::f32, 150, 12);
  const auto scores = g->matmul(g.x, g->state(1));
  const auto e = g->unary(Op::exp, g->sub(scores, g->unary(Op::row_max, scores)));
  const auto softmax = g->div(e, g->unary(Op::row_sum, e));
  g.output(softmax, "softmax");
  g.output(g->matmul(g.y, softmax, true, false), "gradient");
  g.output(g->sub(g.x, g->unary(Op::column_sum, g.y)), "centred");
  return g.take();
}

class Subject {
 public:
  Subject()
      : plan_(plan_device_graphs({{Entry::predict, subject()}}, batch, portable_device_target())),
        runner_(plan_),
        in_(representable(plan_.graph(), sample_inputs(plan_.graph(), batch, 3))),
        expected_(interpret(plan_.graph(), in_)) {}

  std::vector<std::int64_t> sites(const char* what) const {
    std::vector<std::int64_t> found;
    for (std::uint64_t i = 0; i < runner_.image().n_sites; ++i)
      if (std::strstr(runner_.image().sites[i], what) != nullptr) found.push_back(static_cast<std::int64_t>(i));
    return found;
  }
  const std::string& first_kernel() const { return plan_.entries[0].launches[0].symbol; }
  std::string site(std::int64_t i) const { return runner_.image().sites[i]; }

  /// What is seen of a fault: an error of the emulator, or wrong results; empty: nothing.
  std::string seen(const EmulatedFaults& faults) {
    runner_.emulator().faults = faults;
    try {
      const double worst = worst_distance(plan_.graph(), runner_.run(Entry::predict, in_), expected_);
      return worst <= 1e-5 ? "" : "wrong results";
    } catch (const EmulationError& e) {
      return e.what();
    }
  }

 private:
  DevicePlan plan_;
  DeviceRunner runner_;
  InterpreterInputs in_;
  InterpreterOutputs expected_;
};

EmulatedFaults skip(std::int64_t site) {
  EmulatedFaults f;
  f.skipped_barrier = site;
  return f;
}
EmulatedFaults swap(std::int64_t site) {
  EmulatedFaults f;
  f.swapped_shuffle = site;
  return f;
}
EmulatedFaults shift(std::int64_t site) {
  EmulatedFaults f;
  f.shifted_access = site;
  return f;
}

}  // namespace

TEST_CASE("a barrier left out is seen as a race", "[device][faults]") {
  Subject subject;
  REQUIRE(subject.seen({}).empty());
  const auto barriers = subject.sites("barrier");
  REQUIRE(barriers.size() >= 7);
  for (const std::int64_t b : barriers) {
    INFO(subject.site(b));
    const std::string seen = subject.seen(skip(b));
    const bool named = seen.find("race") != std::string::npos || seen.find("nobody wrote") != std::string::npos;
    CHECK(named);  // whatever the results are
  }
}

TEST_CASE("a shuffle from another lane gives wrong results", "[device][faults]") {
  Subject subject;
  const auto shuffles = subject.sites("shuffle");
  REQUIRE(shuffles.size() >= 8);  // two reductions over four halvings of a warp
  for (const std::int64_t s : shuffles) {
    INFO(subject.site(s));
    CHECK_FALSE(subject.seen(swap(s)).empty());
  }
}

TEST_CASE("an access of what lies behind is caught", "[device][faults]") {
  Subject subject;
  std::size_t all = 0;
  for (const char* kind : {"shared load", "shared store", "global load", "global store"})
    for (const std::int64_t s : subject.sites(kind)) {
      // The gathers: of the two forms of an input one never runs, and both inputs have the same dtype.
      if (subject.site(s).starts_with(subject.first_kernel() + ": global load")) continue;
      INFO(subject.site(s));
      CHECK_FALSE(subject.seen(shift(s)).empty());
      ++all;
    }
  CHECK(all >= 50);
}
