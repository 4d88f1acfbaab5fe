// A training step within a limit of memory: what is computed again, how much smaller the arena becomes, that results stay equal bit for
// bit, and the sentence where no plan is small enough.
#include "codegen/support/program_runner.hpp"
#include "codegen/support/random_program.hpp"
#include "codegen/support/smallest_arena.hpp"
#include "codegen/support/targets.hpp"
#include "ir/error.hpp"
#include "schedule/schedule.hpp"

#include <catch2/catch.hpp>
#include <ingot/dsl.hpp>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;

namespace {

ProgramPlan plan_within(const definition_view& d, unsigned batch, std::uint64_t limit, const Target& target) {
  std::vector<std::pair<Entry, Graph>> graphs;
  graphs.emplace_back(Entry::train, build(d, nullptr, Entry::train, DType::f32));
  return plan_graphs(std::move(graphs), batch, target, Convolutions::chosen, limit);
}

/// "phase kind name" of each kernel.
std::string order_of(const ProgramPlan& plan) {
  std::string text;
  for (const KernelInfo& k : plan.entries[0].kernels) text += std::to_string(k.phase) + " " + k.kind + " " + k.name + "\n";
  return text;
}

std::uint64_t arena(const ProgramPlan& plan) { return plan.entries[0].arena_bytes; }

std::uint64_t least_arena(const definition_view& d, unsigned batch, const Target& target) {
  return smallest_arena([&](std::uint64_t limit) { return plan_within(d, batch, limit, target); });
}

bool same_training(const ProgramPlan& a, const ProgramPlan& b, unsigned threads) {
  ProgramRunner one(a), two(b);
  const Graph& g = a.graph();
  const InterpreterInputs in = representable(g, training_inputs(g, a.batch, 7));
  RunOptions options;
  options.threads = threads;
  const RunOutput x = one.run(Entry::train, in), y = two.run(Entry::train, in, options), z = two.run(Entry::train, in, options);
  return same_output(x, y) && same_output(x, z) && y.guards_intact;
}

constexpr auto unit = [](int width) {
  return residual(conv2d(width, 3, same, no_bias) | batch_norm | activation(relu) | conv2d(width, 3, same, no_bias) | batch_norm) |
         activation(relu);
};
constexpr auto down = [](int width) {
  return residual(
             conv2d(width, 3, same, strides(2), no_bias) | batch_norm | activation(relu) | conv2d(width, 3, same, no_bias) | batch_norm,
             conv2d(width, 1, same, strides(2), no_bias) | batch_norm) |
         activation(relu);
};
constexpr auto resnet20 =
    model(input(32, 32, 3) | conv2d(16, 3, same, no_bias) | batch_norm | activation(relu) | unit(16) | unit(16) | unit(16) | down(32) |
              unit(32) | unit(32) | down(64) | unit(64) | unit(64) | global_avg_pool | dense(10),
          sparse_categorical_crossentropy(from_logits), sgd(0.1, momentum(0.9)), batch(64));

}  // namespace

TEST_CASE("what the backward pass needs late is computed again right before it is read", "[rematerialize]") {
  static constexpr auto deep =
      model(input(8, 8, 16) | conv2d(16, 3, same, no_bias) | batch_norm | activation(relu) | conv2d(16, 3, same, no_bias) | batch_norm |
                activation(relu) | conv2d(16, 3, same, relu) | global_avg_pool | dense(2),
            sparse_categorical_crossentropy(from_logits), sgd(0.1), direct_convolutions);
  const Target t = make_target("x86-64-v3");
  const ProgramPlan whole = plan_within(deep.view(), 64, no_limit, t);
  CHECK(order_of(plan_within(deep.view(), 64, arena(whole), t)) == order_of(whole));  // what fits is left alone
  const ProgramPlan fitted = plan_within(deep.view(), 64, arena(whole) * 7 / 10, t);
  const std::string order = order_of(fitted);
  INFO(order);
  const auto has = [&](const char* lines) { return order.find(lines) != std::string::npos; };
  // the flipped kernel waits for its reader, an activation and the input are made twice, and a phase ends where it would hold too much
  CHECK(
      has("14 move conv2d_2.conv/grad\n15 kernel_transform conv2d_2.conv/grad\n15 map batch_norm_1/again\n"
          "16 winograd conv2d_2.conv/grad\n"));
  CHECK(has("18 gather input/again\n18 kernel_gradient conv2d_1.kernel/grad\n"));
  CHECK(has("11 winograd conv2d_3.conv/grad\n12 kernel_gradient conv2d_3.kernel/grad\n"));
  CHECK(fitted.entries[0].unlimited_arena_bytes == arena(whole));
}

TEST_CASE("the arena of ResNet-20 becomes half as large for two operations more in a hundred", "[rematerialize]") {
  const Target t = make_target("x86-64-v4");
  const auto flops = [](const ProgramPlan& p) {
    double sum = 0;
    for (const KernelInfo& k : p.entries[0].kernels) sum += k.flops;
    return sum;
  };
  const ProgramPlan whole = plan_within(resnet20.view(), 64, no_limit, t);
  const ProgramPlan half = plan_within(resnet20.view(), 64, arena(whole) / 2, t);
  CHECK(arena(whole) >= 100 << 20);
  CHECK(arena(half) <= arena(whole) / 2);
  CHECK(flops(half) < 1.03 * flops(whole));
  const std::uint64_t least = least_arena(resnet20.view(), 64, t);
  CHECK(least <= arena(whole) * 42 / 100);
  const ProgramPlan smallest = plan_within(resnet20.view(), 64, least, t);  // what the refusal names is possible
  CHECK(arena(smallest) == least);
  CHECK(flops(smallest) < 1.15 * flops(whole));
}

TEST_CASE("ResNet-20 trains to the same bits within any limit", "[rematerialize]") {
  const Target t = targets_of_this_machine().back();
  const ProgramPlan whole = plan_within(resnet20.view(), 4, no_limit, t);
  const std::uint64_t least = least_arena(resnet20.view(), 4, t);
  for (const std::uint64_t limit : {arena(whole) * 3 / 4, least}) {
    const ProgramPlan fitted = plan_within(resnet20.view(), 4, limit, t);
    CHECK(arena(fitted) <= limit);
    CHECK(fitted.hash != whole.hash);
    CHECK(same_training(whole, fitted, 3));
  }
}

TEST_CASE("random networks train to the same bits within the smallest arena", "[rematerialize]") {
  const auto targets = targets_of_this_machine();
  std::size_t again = 0;
  for (std::uint64_t seed = 0; seed < 24; ++seed) {
    RandomProgram random(seed);
    const DefinitionBuilder b = seed % 2 == 0 ? random.images() : random.definition();
    const Target& t = targets[seed % targets.size()];
    const std::uint64_t least = least_arena(b.view(), 16, t);
    const ProgramPlan whole = plan_within(b.view(), 16, no_limit, t), fitted = plan_within(b.view(), 16, least, t);
    INFO("seed " << seed);
    CHECK(arena(fitted) <= least);
    CHECK(least <= arena(whole));
    CHECK(same_training(whole, fitted, 1 + static_cast<unsigned>(seed % 3)));
    for (const KernelInfo& k : fitted.entries[0].kernels) again += k.name.ends_with("/again") ? 1 : 0;
  }
  CHECK(again > 0);
}

TEST_CASE("a limit that no plan keeps is refused with the smallest arena", "[rematerialize]") {
  static constexpr auto small = model(input(8, 8, 16) | conv2d(16, 3, same, relu) | flatten | dense(2),
                                      sparse_categorical_crossentropy(from_logits), sgd(0.1), step_memory(1_KiB));
  const std::string sentence = [] {
    try {
      (void)plan_program(small.view(), nullptr, 8, DType::f32, {Entry::train}, make_target("x86-64-v3"));
    } catch (const UserError& e) {
      return std::string(e.what());
    }
    return std::string();
  }();
  CHECK(
      sentence.ends_with(": a step of 8 rows takes 230400 bytes of memory at least, whatever is computed again, and step_memory allows "
                         "1024; raise it to that or make the batch smaller"));
  // other entries have no backward pass, and gradients are checked one small batch at a time
  CHECK_NOTHROW(plan_program(small.view(), nullptr, 8, DType::f32, {Entry::evaluate, Entry::gradient}, make_target("x86-64-v3")));
}
