// Chains of narrow layers as one kernel, on the emulator, against the interpreter: all widths to which a product is padded, batches that
// leave rows of a warp empty, and what stands between two products.
#include "codegen/llvm/low_graphs.hpp"
#include "codegen/llvm/op_graphs.hpp"
#include "codegen/support/device_runner.hpp"
#include "codegen/support/random_program.hpp"
#include "codegen/support/smallest_arena.hpp"
#include "codegen/support/tolerance.hpp"
#include "schedule/device/chain.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;

namespace {

int chains(const DeviceEntryPlan& e) {
  int count = 0;
  for (const DeviceLaunch& l : e.launches)
    count +=
        static_cast<int>(std::count_if(l.parts.begin(), l.parts.end(), [](const LaunchPart& p) { return p.shape == DeviceShape::chain; }));
  return count;
}

/// The rows of a layer, rounded, through its weights backward and forward again, or through w'w where the way back is too wide for a
/// chain: whole numbers so small that sums are exact.
Graph products(DType low, std::int64_t inner, std::int64_t width) {
  OpGraph g(DType::f32, inner, width);
  const auto w = g->cast(g->state(1), low);
  const auto hidden = g->cast(g->binary(Op::maximum, g->matmul(g->cast(g.x, low), w), g->constant(0, DType::f32)), low);
  if (inner > most_chain_cols)
    g.output(g->matmul(hidden, g->cast(g->mul(g->matmul(w, w, true, false), 1.0 / 64), low)), "x w (w' w)");
  else
    g.output(g->matmul(g->cast(g->mul(g->matmul(hidden, w, false, true), 0.0625), low), w), "x w w' w");
  Graph graph = g.take();
  graph.low = low;
  return graph;
}

void compare(const DevicePlan& plan, std::int64_t rows, double allowed, bool whole, std::uint64_t seed) {
  DeviceRunner runner(plan), other(plan, 99);
  for (const DeviceEntryPlan& e : plan.entries) {
    const InterpreterInputs in = whole ? small_whole_numbers(e.graph, rows, seed)
                                       : representable(e.graph, training_inputs(e.graph, static_cast<unsigned>(rows), seed));
    const RunOutput got = runner.run(e.entry, in);
    std::string where;
    const double worst = worst_distance(e.graph, got, interpret(e.graph, in), &where);
    INFO(rows << " rows, " << e.graph.name << ": " << where << "\n" << e.text);
    CHECK(worst <= allowed);
    CHECK(same_output(got, other.run(e.entry, in)));
  }
}

struct Network {
  int input, width, layers;
  act activation;
  unsigned batch;
  double dropout = 0;
};

DefinitionBuilder network(const Network& n) {
  DefinitionBuilder b("narrow");
  b.input({n.input}, "x");
  for (int i = 0; i < n.layers; ++i) {
    b.dense(n.width, n.activation, "hidden" + std::to_string(i + 1));
    if (n.dropout > 0) b.dropout(n.dropout, "dropout" + std::to_string(i + 1));
  }
  b.dense(5, act::linear, "logits");
  b.loss(loss_kind::sparse_categorical_crossentropy, true);
  b.optimizer(opt_kind::adam);
  return b;
}

DevicePlan plan_of(const Network& n, precision_kind kind) {
  const DefinitionBuilder b = mixed(network(n), kind);
  return plan_device_program(b.view(), nullptr, n.batch, {Entry::train, Entry::evaluate, Entry::predict}, portable_device_target());
}

}  // namespace

TEST_CASE("products of a chain are exact where nothing is rounded", "[device][low][chain]") {
  int odd = 0;
  for (const std::int64_t width : {2, 7, 16, 24, 33, 64, 100, 128})
    for (const std::int64_t inner : {3, 16, 100, 144}) {
      const DType low = ++odd % 3 == 0 ? DType::f16 : DType::bf16;
      const unsigned batch = odd % 4 == 0 ? 130 : 19;
      const DevicePlan plan = plan_device_graphs({{Entry::predict, products(low, inner, width)}}, batch, portable_device_target());
      INFO(dtype_name(low) << " " << inner << " " << width);
      CHECK(chains(plan.entries[0]) == 1);
      for (const unsigned rows : {batch, odd % 2 == 0 ? batch - 1 : 1u}) compare(plan, rows, 0, true, rows);
    }
}

TEST_CASE("narrow networks in mixed precision on a device agree with the interpreter", "[device][low][chain]") {
  const Network networks[] = {
      {16, 16, 2, act::relu, 1},        {24, 24, 3, act::tanh, 7},       {20, 64, 4, act::sigmoid, 64}, {100, 100, 2, act::gelu, 130},
      {128, 128, 3, act::relu, 64},     {9, 128, 6, act::tanh, 7},       {784, 64, 5, act::gelu, 7},    {17, 100, 6, act::sigmoid, 19},
      {40, 24, 5, act::relu, 130, 0.3}, {64, 64, 3, act::silu, 64, 0.5},
  };
  std::uint64_t seed = 0;
  for (const Network& n : networks) {
    const DevicePlan plan = plan_of(n, ++seed % 3 == 0 ? precision_kind::bf16 : precision_kind::f16);
    INFO(n.width << " wide, " << n.layers << " layers, batch " << n.batch);
    // The last layer is fp32: with two hidden ones, one product is left on the way back.
    CHECK(chains(plan.entries[0]) == (n.layers > 2 ? 2 : 1));
    CHECK(chains(plan.entries[2]) == 1);
    compare(plan, n.batch, 4 * unit_roundoff(plan.entries[0].graph.low), false, seed);
  }
}

TEST_CASE("chains run again where step_memory wants it, with the same bits", "[device][low][chain]") {
  const Network n{40, 100, 5, act::gelu, 130, 0.3};
  DefinitionBuilder b = mixed(network(n), precision_kind::f16);
  const auto plan_within = [&](std::uint64_t limit) {
    b.recipe.step_memory = static_cast<std::int64_t>(limit);
    return plan_device_program(b.view(), nullptr, n.batch, {Entry::train}, portable_device_target());
  };
  const DevicePlan whole = plan_within(no_limit), fitted = plan_within(smallest_arena(plan_within));
  CHECK(fitted.entries[0].arena_bytes < whole.entries[0].arena_bytes);
  CHECK(chains(fitted.entries[0]) >= 2);
  DeviceRunner one(whole), two(fitted);
  const InterpreterInputs in = representable(whole.graph(), training_inputs(whole.graph(), n.batch, 3));
  INFO(fitted.entries[0].text);
  CHECK(same_output(one.run(Entry::train, in), two.run(Entry::train, in)));
}
