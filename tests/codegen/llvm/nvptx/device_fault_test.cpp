// The proof that the proof works: kernels with one instruction made wrong (a barrier left out, a shuffle from another lane, an access
// of what lies behind) are caught, by the emulator or by their results.
#include "codegen/llvm/op_graphs.hpp"
#include "codegen/support/device_runner.hpp"
#include "codegen/support/sample_values.hpp"
#include "ir/op_info.hpp"

#include <catch2/catch.hpp>

#include <cstring>
#include <utility>

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

/// A product of 16 bits whose reduction takes four slices: lines of A are copied, those of B, of odd length, go through registers.
Graph low_subject() {
  OpGraph g(DType::f32, 392, 13);
  g.output(g->matmul(g->cast(g.x, DType::f16), g->cast(g->state(1), DType::f16)), "scores");
  Graph graph = g.take();
  graph.low = DType::f16;
  return graph;
}

class Subject {
 public:
  explicit Subject(Graph graph = subject())
      : plan_(plan_device_graphs({{Entry::predict, std::move(graph)}}, batch, portable_device_target())),
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
      return worst <= (is_low(plan_.graph().low) ? 1e-3 : 1e-5) ? "" : "wrong results";
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

/// Three narrow layers on 16 bits, the first over two slices of its reduction.
Graph chain_subject() {
  OpGraph g(DType::f32, 150, 40);
  const auto w = g->cast(g->state(1), DType::f16);
  const auto square = g->cast(g->mul(g->matmul(w, w, true, false), 0.1), DType::f16);
  auto rows = g->matmul(g->cast(g.x, DType::f16), w);
  for (int layer = 0; layer < 2; ++layer) rows = g->matmul(g->cast(g->unary(Op::tanh, rows), DType::f16), square);
  g.output(rows, "scores");
  Graph graph = g.take();
  graph.low = DType::f16;
  return graph;
}

EmulatedFaults fault(std::int64_t EmulatedFaults::* kind, std::int64_t site) {
  EmulatedFaults f;
  f.*kind = site;
  return f;
}
EmulatedFaults skip(std::int64_t site) { return fault(&EmulatedFaults::skipped_barrier, site); }
EmulatedFaults swap(std::int64_t site) { return fault(&EmulatedFaults::swapped_shuffle, site); }
EmulatedFaults shift(std::int64_t site) { return fault(&EmulatedFaults::shifted_access, site); }

void check_each(Subject& subject, const char* what, std::int64_t EmulatedFaults::* kind, std::size_t least) {
  const auto sites = subject.sites(what);
  CHECK(sites.size() >= least);
  for (const std::int64_t s : sites) {
    INFO(subject.site(s));
    CHECK_FALSE(subject.seen(fault(kind, s)).empty());
  }
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

TEST_CASE("in products on tensor cores a missing barrier or wait, a fragment of another lane, a copy of what lies behind are seen",
          "[device][faults][low]") {
  Subject subject(low_subject());
  REQUIRE(subject.seen({}).empty());
  check_each(subject, "barrier", &EmulatedFaults::skipped_barrier, 3);
  check_each(subject, "wait for copies", &EmulatedFaults::skipped_wait, 1);
  check_each(subject, "mma", &EmulatedFaults::swapped_lanes, 2);
  check_each(subject, "ldmatrix", &EmulatedFaults::swapped_lanes, 2);
  check_each(subject, "ldmatrix", &EmulatedFaults::shifted_access, 2);
  check_each(subject, ": copy", &EmulatedFaults::shifted_access, 3);
}

TEST_CASE("in chains a missing barrier, a fragment of another lane, an access of what lies behind are seen", "[device][faults][chain]") {
  Subject subject(chain_subject());
  REQUIRE(subject.seen({}).empty());
  check_each(subject, "barrier", &EmulatedFaults::skipped_barrier, 4);
  check_each(subject, "mma", &EmulatedFaults::swapped_lanes, 2);
  check_each(subject, "ldmatrix", &EmulatedFaults::swapped_lanes, 2);
  check_each(subject, "ldmatrix", &EmulatedFaults::shifted_access, 2);
  check_each(subject, "shared store", &EmulatedFaults::shifted_access, 2);
}
