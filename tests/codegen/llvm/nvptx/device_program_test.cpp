// Whole networks on the emulated device: train, evaluate, predict and gradient against the interpreter, in whatever order threads
// run the same bits; every optimizer and option of the update; dropout masks bit for bit those of philox.hpp.
#include "codegen/llvm/op_graphs.hpp"
#include "codegen/support/conditioning.hpp"
#include "codegen/support/device_runner.hpp"
#include "codegen/support/random_program.hpp"
#include "codegen/support/smallest_arena.hpp"
#include "codegen/support/tolerance.hpp"
#include "codegen/support/update_steps.hpp"
#include "import/build.hpp"
#include "ir/philox.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <sstream>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;

namespace {

const std::vector<Entry> all_entries{Entry::train, Entry::evaluate, Entry::predict, Entry::gradient};

/// The longest sums of these networks run over 135 columns or 34 rows, and one result goes through up to twelve layers both ways;
/// gradients behind the moments of a batch are differences of sums that nearly cancel.
double allowed(const DefinitionBuilder& b) {
  bool normalized = false;
  for (int i = 0; i < b.size(); ++i) normalized = normalized || b.view().ops[i].kind == op_kind::batch_norm;
  return tolerance(DType::f32, 12 * 135) * (normalized ? 400 : 1);
}

void compare(const DefinitionBuilder& b, unsigned batch, bool both_orders) {
  const DevicePlan plan = plan_device_program(b.view(), nullptr, batch, all_entries, portable_device_target());
  DeviceRunner runner(plan), other(plan, 99);
  for (const DeviceEntryPlan& e : plan.entries)
    for (const std::int64_t rows : {std::int64_t{batch}, std::int64_t{1}}) {
      RunOptions options;
      options.bytes = rows == batch;
      options.indexed = rows != 1;
      const Graph& g = plan.graph();
      const InterpreterInputs in = representable(g, training_inputs(g, rows, static_cast<std::uint64_t>(rows)), options.bytes);
      INFO(e.graph.name << ", " << rows << " of " << batch << " rows\n" << e.text);
      const RunOutput got = runner.run(e.entry, in, options);
      std::string where;
      const InterpreterOutputs want = interpret(e.graph, in);
      const double worst = worst_distance(e.graph, got, want, &where);
      INFO(where);
      CHECK((worst <= allowed(b) || within_rounding(e.graph, in, DType::f32, allowed(b), got.results, want.results)));
      if (both_orders) CHECK(same_output(got, other.run(e.entry, in, options)));
    }
}

void check_steps(const Graph& g) {
  const DevicePlan plan = plan_device_graphs({{Entry::train, g}}, 5, portable_device_target());
  DeviceRunner runner(plan);
  InterpreterInputs in = first_step(g, 5);
  for (int t = 1; t <= 3; ++t) {
    set_step(g, in, t);
    in = representable(g, in);
    const InterpreterOutputs expected = interpret(g, in);
    std::string where;
    const double worst = worst_distance(g, runner.run(Entry::train, in), expected, &where);
    INFO("step " << t << " " << where << "\n" << plan.entries[0].text);
    CHECK(worst <= tolerance(DType::f32, 30));
    in.states = expected.states;
  }
}

}  // namespace

TEST_CASE("random networks on a device agree with the interpreter", "[device][program]") {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    RandomProgram random(seed);
    const DefinitionBuilder b = random.definition();
    compare(b, random.batch(), seed % 4 == 0);
  }
}

// By name only: minutes.
TEST_CASE("hundreds of random networks on a device agree with the interpreter", "[.long]") {
  for (std::uint64_t seed = 1000; seed < 1300; ++seed) {
    RandomProgram random(seed);
    const DefinitionBuilder b = random.definition();
    compare(b, random.batch(), true);
  }
}

TEST_CASE("a step of every optimizer on a device equals the interpreter's", "[device][update]") {
  for (const UpdateCase& c : optimizer_cases()) {
    INFO(optimizer_name(c.optimizer) << ", " << c.name);
    check_steps(train_graph(c));
  }
  for (const UpdateCase& c : recipe_cases(opt_kind::adam)) {
    INFO(c.name);
    check_steps(train_graph(c));
  }
}

TEST_CASE("dropout masks of a device are those of philox.hpp, bit for bit", "[device][dropout]") {
  constexpr std::uint32_t batch = 9, layer = 3, step = 70001, seed_low = 0xFEDCBA98u, seed_high = 0x89ABCDEFu;
  constexpr double rate = 0.3;
  for (const std::uint32_t cols : {1u, 7u, 16u, 33u, 64u, 132u}) {
    OpGraph g(DType::f32, cols);
    g.output(g->cast(g->keep_mask(g->constant(rate, DType::f64), {DType::f32, true, 1, cols}, layer), DType::f32), "mask");
    g.output(g->add(g.x, g->normal(g->constant(0.5, DType::f64), {DType::f32, true, 1, cols}, layer)), "noisy");
    const auto row_mask = g->keep_mask(g->constant(rate, DType::f64), {DType::f32, true, 1, 1}, layer);
    g.output(g->select(row_mask, g.x, g->constant(0, DType::f32)), "rows");  // one word for all columns
    const DevicePlan plan = plan_device_graphs({{Entry::predict, g.take()}}, batch, portable_device_target());
    DeviceRunner runner(plan);
    InterpreterInputs in = representable(plan.graph(), sample_inputs(plan.graph(), batch, 1));
    in.scalars = {0, step, seed_low, seed_high};
    const RunOutput got = runner.run(Entry::predict, in);
    const auto threshold = static_cast<std::uint32_t>(rate * 4294967296.0);
    std::size_t wrong = 0;
    for (std::uint32_t i = 0; i < batch * cols; ++i)
      if (got.results[0][i] != (dropout_word(i / cols, i % cols, step, layer, seed_low, seed_high) >= threshold ? 1 : 0)) ++wrong;
    INFO(cols << " columns");
    CHECK(wrong == 0);
    CHECK(got.results[2] == interpret(plan.graph(), in).results[2]);
    const Values noisy = interpret(plan.graph(), in).results[1];
    double worst = 0;
    for (std::size_t i = 0; i < noisy.size(); ++i) worst = std::max(worst, std::abs(got.results[1][i] - noisy[i]));
    CHECK(worst < 2e-6);
  }
}

namespace {

/// The products that a library may do, as the plan says them. Its sums have an order of their own.
std::multiset<std::string> library_products(const DeviceEntryPlan& e) {
  std::multiset<std::string> found;
  std::istringstream lines(e.text);
  for (std::string line; std::getline(lines, line);)
    if (const std::size_t at = line.find("  library "); at != std::string::npos) found.insert(line.substr(at, line.find(',', at) - at));
  return found;
}

}  // namespace

TEST_CASE("a training step within step_memory has the same bits on a device", "[device][program]") {
  const auto plan_within = [](const DefinitionBuilder& b, std::uint64_t limit) {
    std::vector<std::pair<Entry, Graph>> graphs;
    graphs.emplace_back(Entry::train, build(b.view(), nullptr, Entry::train, DType::f32));
    return plan_device_graphs(std::move(graphs), 16, portable_device_target(), DeviceFusion::fused, limit);
  };
  std::size_t again = 0, compared = 0;
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    RandomProgram random(seed);
    const DefinitionBuilder b = seed % 2 == 0 ? random.images() : random.definition();
    const DevicePlan whole = plan_within(b, no_limit);
    const std::uint64_t least = smallest_arena([&](std::uint64_t limit) { return plan_within(b, limit); });
    const DevicePlan fitted = plan_within(b, least);
    INFO("seed " << seed << "\n" << fitted.entries[0].text);
    CHECK(fitted.entries[0].arena_bytes <= least);
    CHECK(least <= whole.entries[0].arena_bytes);
    DeviceRunner one(whole), two(fitted);
    const InterpreterInputs in = representable(whole.graph(), training_inputs(whole.graph(), 16, seed));
    const bool same = same_output(one.run(Entry::train, in), two.run(Entry::train, in));
    if (library_products(whole.entries[0]) == library_products(fitted.entries[0])) {
      CHECK(same);
      ++compared;
    }
    for (const DeviceLaunch& l : fitted.entries[0].launches)
      for (const LaunchPart& part : l.parts) again += part.name.ends_with("/again") ? 1 : 0;
  }
  CHECK(again > 0);
  CHECK(compared >= 4);
}
