// Contractions that skip blocks of zeros against the interpreter. The weights of skipped blocks are NaN for the kernel: it must not read
// them.
#include "codegen/support/definition_builder.hpp"
#include "codegen/support/program_runner.hpp"
#include "codegen/support/sample_values.hpp"
#include "codegen/support/targets.hpp"
#include "codegen/support/tolerance.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;

namespace {

struct Case {
  int in, out;
  std::int64_t rows, columns;
  double kept;
};

BlockPattern random_pattern(const Case& c, std::uint64_t seed) {
  Random random(seed);
  BlockPattern p{c.rows, c.columns, (c.out + c.columns - 1) / c.columns, {}};
  for (std::int64_t b = 0; b < (c.in + c.rows - 1) / c.rows * p.across; ++b) p.kept.push_back(random.uniform(0, 1) < c.kept ? 1 : 0);
  return p;
}

void fill_dropped(Values& w, const Case& c, const BlockPattern& p, double value) {
  for (std::int64_t r = 0; r < c.in; ++r)
    for (std::int64_t k = 0; k < c.out; ++k)
      if (p.kept[static_cast<std::size_t>(r / p.rows * p.across + k / p.columns)] == 0) w[static_cast<std::size_t>(r * c.out + k)] = value;
}

/// True when the plan skips.
bool check(const Case& c, const Target& target, DType dtype, unsigned batch) {
  DefinitionBuilder b("net");
  b.input({c.in}, "x");
  b.dense(c.out, act::relu, "hidden");
  b.dense(3, act::linear, "scores");
  const BlockPattern pattern = random_pattern(c, static_cast<std::uint64_t>(c.in + c.out));
  const ProgramPlan plan = plan_program(b.view(), nullptr, batch, dtype, {Entry::predict}, target, {{"hidden.kernel", pattern}});
  ProgramRunner runner(plan);
  InterpreterInputs in = representable(plan.graph(), sample_inputs(plan.graph(), batch, 7));
  fill_dropped(in.states[0], c, pattern, 0);
  const InterpreterOutputs expected = interpret(plan.graph(), in);
  const bool skips = plan.entries[0].text.find(" runs ") != std::string::npos;
  const bool whole_vectors = c.columns % 16 == 0;  // else a vector with a kept block is read whole
  if (skips && whole_vectors) fill_dropped(in.states[0], c, pattern, std::numeric_limits<double>::quiet_NaN());
  for (const unsigned threads : {1U, 2U}) {
    RunOptions options;
    options.threads = threads;
    RunOutput got = runner.run(Entry::predict, in, options);
    got.states = expected.states;  // NaNs are none of its results
    INFO(target.name << " " << dtype_name(dtype) << " " << c.in << " x " << c.out << " in blocks of " << c.rows << " x " << c.columns
                     << ", batch " << batch);
    CHECK(worst_distance(plan.graph(), got, expected) <= tolerance(dtype, c.in));
    CHECK(got.guards_intact);
  }
  return skips;
}

}  // namespace

TEST_CASE("contractions skip blocks of zeros", "[sparse]") {
  const Case cases[] = {{64, 64, 16, 16, 0.2}, {784, 48, 16, 16, 0.2}, {100, 33, 20, 16, 0.3}, {96, 130, 8, 32, 0.3},
                        {48, 64, 48, 8, 0.4},  {64, 40, 4, 64, 0.5},   {64, 16, 32, 5, 0.2},   {64, 64, 16, 16, 0}};
  for (const Target& target : targets_of_this_machine())
    for (const Case& c : cases)
      for (const unsigned batch : {1U, 5U, 64U}) {
        CHECK(check(c, target, DType::f32, batch));
        if (batch == 5) CHECK(check(c, target, DType::f64, batch));
      }
}

TEST_CASE("runs that are too short, or too many, are not skipped", "[sparse]") {
  const Target target = make_target("x86-64-v3");
  CHECK(!check({64, 64, 1, 1, 0.2}, target, DType::f32, 5));
  CHECK(!check({61, 64, 16, 16, 0.2}, target, DType::f32, 5));
  CHECK(!check({64, 64, 16, 16, 1}, target, DType::f32, 5));
}

TEST_CASE("a pattern is part of what a kernel is", "[sparse]") {
  DefinitionBuilder b("net");
  b.input({64}, "x");
  b.dense(64, act::linear, "y");
  const Target target = make_target("x86-64-v3");
  BlockPattern p{16, 16, 4, std::vector<std::uint8_t>(16, 0)};
  p.kept[3] = 1;
  const std::string one = plan_program(b.view(), nullptr, 4, DType::f32, {Entry::predict}, target, {{"y.kernel", p}}).hash;
  p.kept[3] = 0;
  p.kept[4] = 1;
  CHECK(plan_program(b.view(), nullptr, 4, DType::f32, {Entry::predict}, target, {{"y.kernel", p}}).hash != one);
}
