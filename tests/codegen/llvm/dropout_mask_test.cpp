// Kernels draw exactly the words that philox.hpp defines, whatever the width of vectors and panels.
#include "codegen/llvm/op_graphs.hpp"
#include "codegen/support/program_runner.hpp"
#include "codegen/support/sample_values.hpp"
#include "codegen/support/targets.hpp"
#include "ir/philox.hpp"

#include <catch2/catch.hpp>

using namespace ingot::codegen;
using namespace ingot::test;

namespace {

constexpr unsigned batch = 21;
constexpr std::int32_t layer = 3;
constexpr double rate = 0.3;
constexpr std::uint32_t step = 70001, seed_low = 0xFEDCBA98u, seed_high = 0x89ABCDEFu;

Graph mask_graph(DType dtype, std::int64_t cols) {
  OpGraph g(dtype, cols);
  const auto mask = g->keep_mask(g->constant(rate, DType::f64), {dtype, true, 1, cols}, layer);
  g.output(g->cast(mask, dtype), "mask");
  g.output(g->select(mask, g->mul(g.x, 2.0), g->constant(0, dtype)), "dropped");
  return g.take();
}

void check_mask(const Target& target, DType dtype, std::int64_t cols) {
  const ProgramPlan plan = plan_graphs({{Entry::predict, mask_graph(dtype, cols)}}, batch, target);
  ProgramRunner runner(plan);
  InterpreterInputs in = representable(plan.graph(), sample_inputs(plan.graph(), batch, 1));
  in.scalars = {0, step, seed_low, seed_high};
  RunOptions options;
  options.threads = 2;
  const RunOutput got = runner.run(Entry::predict, in, options);
  const auto threshold = static_cast<std::uint32_t>(rate * 4294967296.0);
  std::size_t wrong = 0, i = 0;
  for (std::uint32_t r = 0; r < batch; ++r)
    for (std::uint32_t c = 0; c < cols; ++c, ++i) {
      const bool keep = dropout_word(r, c, step, layer, seed_low, seed_high) >= threshold;
      if (got.results[0][i] != (keep ? 1 : 0) || got.results[1][i] != (keep ? 2 * in.inputs[0][i] : 0)) ++wrong;
    }
  INFO(target.name << " " << dtype_name(dtype) << " " << cols << " columns");
  CHECK(wrong == 0);
  CHECK(interpret(plan.graph(), in).results[0] == got.results[0]);
}

/// One decision for each row, spread over its columns.
void check_row_mask(const Target& target, DType dtype, std::int64_t cols) {
  OpGraph g(dtype, cols);
  g.output(g->mul(g.x, g->cast(g->keep_mask(g->constant(rate, DType::f64), {dtype, true, 1, 1}, layer), dtype)), "dropped");
  const ProgramPlan plan = plan_graphs({{Entry::predict, g.take()}}, batch, target);
  ProgramRunner runner(plan);
  InterpreterInputs in = representable(plan.graph(), sample_inputs(plan.graph(), batch, 1));
  in.scalars = {0, step, seed_low, seed_high};
  const Values got = runner.run(Entry::predict, in).results[0];
  const auto threshold = static_cast<std::uint32_t>(rate * 4294967296.0);
  INFO(target.name << " " << dtype_name(dtype) << " " << cols << " columns");
  for (std::uint32_t r = 0; r < batch; ++r) {
    const bool keep = dropout_word(r, 0, step, layer, seed_low, seed_high) >= threshold;
    for (std::size_t i = r * static_cast<std::size_t>(cols); i < (r + 1) * static_cast<std::size_t>(cols); ++i)
      CHECK(got[i] == (keep ? in.inputs[0][i] : 0));
  }
}

void check_normal(const Target& target, DType dtype, std::int64_t cols) {
  OpGraph g(dtype, cols);
  g.output(g->add(g.x, g->normal(g->constant(0.5, DType::f64), {dtype, true, 1, cols}, layer)), "noisy");
  const Graph graph = g.take();
  const ProgramPlan plan = plan_graphs({{Entry::predict, graph}}, batch, target);
  ProgramRunner runner(plan);
  InterpreterInputs in = representable(plan.graph(), sample_inputs(plan.graph(), batch, 1));
  in.scalars = {0, step, seed_low, seed_high};
  const RunOutput got = runner.run(Entry::predict, in);
  const Values expected = interpret(plan.graph(), in).results[0];
  double worst = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) worst = std::max(worst, std::abs(got.results[0][i] - expected[i]));
  INFO(target.name << " " << dtype_name(dtype) << " " << cols << " columns");
  CHECK(worst < (dtype == DType::f32 ? 2e-6 : 1e-14));
}

}  // namespace

TEST_CASE("normal numbers are those of philox.hpp", "[dropout]") {
  for (const Target& target : targets_of_this_machine())
    for (const std::int64_t cols : {1, 7, 16, 33, 64, 130})
      for (const DType dtype : {DType::f32, DType::f64}) check_normal(target, dtype, cols);
}

TEST_CASE("a decision for a row is the same in all its columns", "[dropout]") {
  for (const Target& target : targets_of_this_machine())
    for (const std::int64_t cols : {1, 17, 64, 130}) check_row_mask(target, DType::f32, cols);
}

TEST_CASE("dropout masks are those of philox.hpp, bit for bit", "[dropout]") {
  for (const Target& target : targets_of_this_machine())
    for (const std::int64_t cols : {1, 2, 7, 15, 16, 17, 31, 33, 64, 65, 130}) {
      check_mask(target, DType::f32, cols);
      if (cols > 16) check_mask(target, DType::f64, cols);
    }
}
