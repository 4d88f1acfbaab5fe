// Whole random networks: train, evaluate, predict and gradient as machine code against the interpreter, for every number of
// threads the same bits, and the same numbers when nothing is fused.
#include "codegen/support/random_program.hpp"

#include "codegen/support/conditioning.hpp"
#include "codegen/support/program_runner.hpp"
#include "codegen/support/targets.hpp"
#include "codegen/support/tolerance.hpp"

#include <catch2/catch.hpp>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;

namespace {

const std::vector<Entry> all_entries{Entry::train, Entry::evaluate, Entry::predict, Entry::gradient};

/// The longest sums of these networks run over 135 columns or 34 rows, and one result goes through up to twelve layers both ways.
constexpr std::int64_t longest_path = 12 * 135;
/// Those on images: sums over 9 cells of 24 channels, or as many pixels, and up to thirty layers.
constexpr std::int64_t longest_image_path = 30 * 9 * 24;

struct Sample {
  Sample(const DefinitionBuilder& b, unsigned batch, DType dtype, const Target& target)
      : definition(b), plan(plan_program(definition.view(), nullptr, batch, dtype, all_entries, target)) {}
  InterpreterInputs inputs(std::int64_t rows, bool bytes) const {
    return representable(plan.graph(), training_inputs(plan.graph(), rows, static_cast<std::uint64_t>(rows)), bytes);
  }
  DefinitionBuilder definition;
  ProgramPlan plan;
  std::int64_t path = longest_path;
};

Sample random_sample(std::uint64_t seed, const std::vector<Target>& targets) {
  RandomProgram random(seed);
  const DefinitionBuilder b = random.definition();
  return {b, random.batch(), seed % 4 == 3 ? DType::f64 : DType::f32, targets[seed % targets.size()]};
}

/// Two inputs of different widths, and two outputs: classes and values.
DefinitionBuilder two_ports_each() {
  DefinitionBuilder b("ports");
  const int left = b.input({5, 7}, "left"), right = b.input({33}, "right");
  const int flat = b.flatten();
  b.at(flat).in[0] = static_cast<std::int16_t>(left);
  b.join(op_kind::concat, flat, right, "both");
  const int hidden = b.dense(41, act::gelu, "hidden");
  const int scores = b.dense(3, act::linear, "scores");
  const int values = b.dense(9, act::tanh, "values");
  b.at(values).in[0] = static_cast<std::int16_t>(hidden);
  b.recipe.n_outputs = 2;
  b.recipe.output[0] = static_cast<std::int16_t>(scores);
  b.recipe.output[1] = static_cast<std::int16_t>(values);
  b.loss(loss_kind::sparse_categorical_crossentropy, true, 0);
  b.loss(loss_kind::huber, false, 1);
  b.recipe.loss[1].weight.k = 0.5;
  b.optimizer(opt_kind::adamw, 0.01);
  return b;
}

/// Gradients behind the moments of a batch are differences of sums that nearly cancel.
double allowed(const Sample& s) {
  bool normalized = false;
  for (int i = 0; i < s.definition.size(); ++i) normalized = normalized || s.definition.view().ops[i].kind == op_kind::batch_norm;
  return tolerance(s.plan.dtype, s.path) * (normalized ? 400 : 1);
}

void compare_with_interpreter(const Sample& s, ProgramRunner& runner) {
  const std::int64_t batch = s.plan.batch;
  for (const EntryPlan& e : s.plan.entries)
    for (const std::int64_t rows : {batch, batch - 1, std::int64_t{1}}) {
      RunOptions options;
      options.bytes = rows == batch;
      options.indexed = rows != 1;
      const InterpreterInputs in = s.inputs(rows, options.bytes);
      const RunOutput got = runner.run(e.entry, in, options);
      std::string where;
      const InterpreterOutputs want = interpret(e.graph, in);
      const double worst = worst_distance(e.graph, got, want, &where);
      INFO(e.graph.name << ", " << s.plan.target.name << ", " << rows << " of " << batch << " rows: " << where);
      CHECK((worst <= allowed(s) || within_rounding(e.graph, in, s.plan.dtype, allowed(s), got.results, want.results)));
      CHECK(got.guards_intact);
    }
}

void compare_threads(const Sample& s, ProgramRunner& runner) {
  const InterpreterInputs in = s.inputs(s.plan.batch, false);
  for (const Entry e : all_entries) {
    const RunOutput one = runner.run(e, in);
    for (const unsigned threads : {2u, 3u, 7u}) {
      RunOptions options;
      options.threads = threads;
      INFO(s.plan.entries[0].graph.name << ", " << threads << " threads");
      CHECK(same_output(runner.run(e, in, options), one));
    }
  }
}

void compare_unfused(const Sample& s, ProgramRunner& runner) {
  const ProgramPlan unfused = without_fusion(s.plan);
  ProgramRunner other(unfused);
  const InterpreterInputs in = s.inputs(s.plan.batch, false);
  for (const EntryPlan& e : s.plan.entries) {
    const RunOutput a = runner.run(e.entry, in), b = other.run(e.entry, in);
    bool near = true;
    for (std::size_t r = 0; r < a.results.size(); ++r) near = near && relative_distance(a.results[r], b.results[r]) <= allowed(s);
    INFO(e.graph.name << ", fused and not");
    CHECK((near || within_rounding(e.graph, in, s.plan.dtype, allowed(s), a.results, b.results)));
  }
}

/// True when one of them has a gradient through Winograd.
bool compare_images(std::uint64_t first_seed, std::uint64_t end) {
  const auto targets = targets_of_this_machine();
  bool winograd = false;
  for (std::uint64_t seed = first_seed; seed < end; ++seed) {
    RandomProgram random(seed);
    const DefinitionBuilder b = random.images();
    Sample s(b, random.batch() / 2 + 1, seed % 4 == 3 ? DType::f64 : DType::f32, targets[seed % targets.size()]);
    s.path = longest_image_path;
    const auto& nodes = s.plan.entries[0].graph.nodes;
    winograd = winograd || std::any_of(nodes.begin(), nodes.end(), [](const Node& n) { return n.op == Op::winograd_kernel_gradient; });
    ProgramRunner runner(s.plan);
    compare_with_interpreter(s, runner);
    compare_unfused(s, runner);
    if (seed % 10 == 0) compare_threads(s, runner);
  }
  return winograd;
}

}  // namespace

TEST_CASE("random networks agree with the interpreter", "[program]") {
  const auto targets = targets_of_this_machine();
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Sample s = random_sample(seed, targets);
    ProgramRunner runner(s.plan);
    compare_with_interpreter(s, runner);
    if (seed % 3 == 0) compare_threads(s, runner);
    if (seed % 6 == 1) compare_unfused(s, runner);
  }
}

TEST_CASE("networks with several inputs and outputs agree with the interpreter", "[program]") {
  for (const Target& target : targets_of_this_machine())
    for (const DType dtype : {DType::f32, DType::f64}) {
      const Sample s(two_ports_each(), 17, dtype, target);
      ProgramRunner runner(s.plan);
      compare_with_interpreter(s, runner);
      compare_threads(s, runner);
    }
}

TEST_CASE("networks of mixed layers on images agree with the interpreter, fused and not", "[program][images]") {
  CHECK(compare_images(0, 30));  // some of them through Winograd
}

// By name only: minutes.
TEST_CASE("two hundred networks of mixed layers on images agree with the interpreter", "[.long]") { CHECK(compare_images(30, 230)); }

// By name only: minutes.
TEST_CASE("hundreds of random networks agree with the interpreter", "[.long]") {
  const auto targets = targets_of_this_machine();
  for (std::uint64_t seed = 1000; seed < 1600; ++seed) {
    const Sample s = random_sample(seed, targets);
    ProgramRunner runner(s.plan);
    compare_with_interpreter(s, runner);
    compare_threads(s, runner);
    compare_unfused(s, runner);
  }
}
