// A plan is a function of graph, batch and target: equal for equal requests, different for others.
#include "codegen/support/definition_builder.hpp"
#include "schedule/schedule.hpp"

#include <catch2/catch.hpp>
#include <ingot/dsl.hpp>

#include <set>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;

namespace {

ProgramPlan plan_of(const DefinitionBuilder& b, unsigned batch = 32, const char* target = "x86-64-v4", DType dtype = DType::f32) {
  return plan_program(b.view(), nullptr, batch, dtype, {Entry::train, Entry::predict}, make_target(target));
}

constexpr auto small_net = [](auto... parts) {
  return model(input(8, 8, 16) | conv2d(16, 3, same) | flatten | dense(2), sparse_categorical_crossentropy(from_logits), sgd(0.1),
               parts...);
};
constexpr auto chosen = small_net();
constexpr auto direct = small_net(direct_convolutions);

std::set<std::string> kinds_of(const definition_view& d) {
  const ProgramPlan plan = plan_program(d, nullptr, 8, DType::f32, {Entry::predict}, make_target("x86-64-v4"));
  std::set<std::string> kinds;
  for (const KernelInfo& k : plan.entries[0].kernels) kinds.insert(k.kind);
  return kinds;
}

}  // namespace

TEST_CASE("the recipe may ask for direct convolutions", "[plan]") {
  CHECK(kinds_of(chosen.view()).contains("winograd"));
  CHECK_FALSE(kinds_of(direct.view()).contains("winograd"));
  CHECK(kinds_of(direct.view()).contains("convolution"));
}

TEST_CASE("reports say which algorithm a convolution takes, and why", "[plan]") {
  const auto choice_of = [](const definition_view& d, DType dtype = DType::f32) {
    const ProgramPlan plan = plan_program(d, nullptr, 8, dtype, {Entry::predict}, make_target("x86-64-v4"));
    for (const KernelInfo& k : plan.entries[0].kernels)
      if (!k.choice.empty()) return k.choice;
    return std::string();
  };
  static constexpr auto grey = model(input(9, 9, 1) | conv2d(32, 3) | flatten | dense(2), mse, sgd(0.1));
  static constexpr auto strided = model(input(8, 8, 16) | conv2d(32, 3, strides(2)) | flatten | dense(2), mse, sgd(0.1));
  CHECK(choice_of(chosen.view()) == "winograd F(4x4, 3x3): 0.59 MFLOP of products instead of 2.36");
  CHECK(choice_of(direct.view()) == "direct, tile 16 pixels x 16 filters: the recipe asks for it");
  CHECK(choice_of(chosen.view(), DType::f64) == "direct, tile 8 pixels x 16 filters: f64 is to be exact");
  CHECK(choice_of(grey.view()) == "direct, tile 7 pixels x 32 filters: it has less than 16 channels or filters");
  CHECK(choice_of(strided.view()) == "direct, tile 3 pixels x 32 filters: the window is not 3 x 3 in steps of 1");
}

TEST_CASE("equal requests give equal plans", "[plan]") {
  const DefinitionBuilder b = reference_mlp(64, 0.1);
  const ProgramPlan one = plan_of(b), two = plan_of(b);
  CHECK(one.hash == two.hash);
  CHECK(one.hash.size() == 16);
  CHECK(one.hash.find_first_not_of("0123456789abcdef") == std::string::npos);
  for (std::size_t i = 0; i < one.entries.size(); ++i) CHECK(one.entries[i].text == two.entries[i].text);
}

TEST_CASE("other targets, batches, extents and dtypes give other hashes", "[plan]") {
  const DefinitionBuilder b = reference_mlp(64);
  std::set<std::string> hashes{plan_of(b).hash,
                               plan_of(b, 33).hash,
                               plan_of(b, 32, "x86-64-v3").hash,
                               plan_of(b, 32, "x86-64-v4", DType::f64).hash,
                               plan_of(reference_mlp(65)).hash,
                               plan_of(reference_mlp(64, 0.1)).hash};
  CHECK(hashes.size() == 6);
}

TEST_CASE("numbers of the recipe that are scalars do not change the plan", "[plan]") {
  DefinitionBuilder a = reference_mlp(64), b = reference_mlp(64);
  b.recipe.learning_rate.k = 0.5;
  b.recipe.epochs.k = 99;
  CHECK(plan_of(a).hash == plan_of(b).hash);
}

TEST_CASE("canonical texts tell kernels apart by what they compute, not by their names", "[plan]") {
  const ProgramPlan plan = plan_of(reference_mlp(64));
  std::set<std::string> texts;
  for (const ScheduledKernel& k : plan.entries[0].schedule->kernels) texts.insert(canonical_text(k.kernel));
  CHECK(texts.size() == plan.entries[0].schedule->kernels.size());

  DefinitionBuilder renamed("other");
  renamed.input({28, 28}, "picture");
  renamed.flatten("flat");
  renamed.dense(64, act::relu, "first");
  renamed.dense(10, act::linear, "second");
  renamed.loss(loss_kind::sparse_categorical_crossentropy, true);
  renamed.optimizer(opt_kind::adam);
  renamed.recipe.rescale_on = true;
  renamed.recipe.rescale.k = 1 / 255.0;
  const ProgramPlan other = plan_of(renamed);
  for (const ScheduledKernel& k : other.entries[0].schedule->kernels) {
    INFO(k.name);
    CHECK(texts.contains(canonical_text(k.kernel)));
  }
}

TEST_CASE("every field that the emitter reads is in the canonical text", "[plan]") {
  const ProgramPlan plan = plan_of(reference_mlp(64, 0.2));
  for (const ScheduledKernel& sk : plan.entries[0].schedule->kernels) {
    const std::string text = canonical_text(sk.kernel);
    const auto differs = [&](auto&& change) {
      Kernel k = sk.kernel;
      change(k);
      return canonical_text(k) != text;
    };
    CHECK(differs([](Kernel& k) { k.kind = static_cast<KernelKind>((static_cast<int>(k.kind) + 1) % 7); }));
    CHECK(differs([](Kernel& k) { k.partition = static_cast<Partition>((static_cast<int>(k.partition) + 1) % 3); }));
    CHECK(differs([](Kernel& k) { ++k.block; }));
    CHECK(differs([](Kernel& k) { ++k.row_tile; }));
    CHECK(differs([](Kernel& k) { ++k.domain.cols; }));
    CHECK(differs([](Kernel& k) { ++k.anchor; }));
    CHECK(differs([](Kernel& k) { ++k.scalar_step; }));
    CHECK(differs([](Kernel& k) { ++k.scalar_seed_low; }));
    CHECK(differs([](Kernel& k) { ++k.scalar_seed_high; }));
    CHECK(differs([](Kernel& k) { k.port_dtype = DType::f16; }));
    CHECK(differs([](Kernel& k) { ++k.port; }));
    CHECK(differs([](Kernel& k) { k.is_metric = !k.is_metric; }));
    CHECK(differs([](Kernel& k) { k.nodes.back().attr.value += 1; }));
    CHECK(differs([](Kernel& k) { ++k.nodes.back().attr.layer; }));
    CHECK(differs([](Kernel& k) { ++k.nodes.back().load; }));
    CHECK(differs([](Kernel& k) { ++k.arguments.back().rows; }));
    CHECK(differs([](Kernel& k) { k.stores.push_back({0, 0}); }));
    CHECK(differs([](Kernel& k) { k.target.cpu = "znver9"; }));
    CHECK(differs([](Kernel& k) { k.target.features = "+avx9"; }));
    CHECK(differs([](Kernel& k) { k.target.vector_bytes /= 2; }));
  }
}
