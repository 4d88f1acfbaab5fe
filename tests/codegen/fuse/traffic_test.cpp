// What fusion saves: memory traffic of a training step that is 2048 wide.
#include "codegen/support/definition_builder.hpp"
#include "codegen/support/program_runner.hpp"
#include "schedule/plan.hpp"

#include <catch2/catch.hpp>

using namespace ingot;
using namespace ingot::codegen;
using namespace ingot::test;

namespace {

ProgramPlan wide_plan(const char* target) {
  DefinitionBuilder b("wide");
  b.input({784}, "image");
  b.dense(2048, act::relu, "first");
  b.dense(2048, act::relu, "second");
  b.dense(10, act::linear, "logits");
  b.loss(loss_kind::sparse_categorical_crossentropy, true);
  b.optimizer(opt_kind::adam);
  return plan_program(b.view(), nullptr, 128, DType::f32, {Entry::train}, make_target(target));
}

std::uint64_t total(const std::vector<KernelInfo>& kernels, std::uint64_t KernelInfo::* field) {
  std::uint64_t sum = 0;
  for (const KernelInfo& k : kernels) sum += k.*field;
  return sum;
}

}  // namespace

TEST_CASE("a wide training step moves at most three quarters of the unfused bytes", "[traffic]") {
  for (const char* target : {"x86-64-v3", "x86-64-v4"}) {
    const ProgramPlan plan = wide_plan(target);
    const auto& kernels = plan.entries[0].kernels;
    const auto bytes = static_cast<double>(total(kernels, &KernelInfo::bytes));
    CHECK(bytes <= 0.75 * static_cast<double>(total(kernels, &KernelInfo::unfused_bytes)));
    CHECK(bytes <= 0.75 * static_cast<double>(total(without_fusion(plan).entries[0].kernels, &KernelInfo::bytes)));
  }
}

TEST_CASE("the updates of a wide training step sit behind their gradients", "[traffic]") {
  const ProgramPlan plan = wide_plan("x86-64-v4");
  int updates = 0;
  for (const KernelInfo& k : plan.entries[0].kernels) {
    const bool adam = k.ops.find("sqrt") != std::string::npos;
    if (adam) {
      INFO(k.name << ": " << k.ops);
      CHECK((k.kind == "contraction" || k.kind == "columns"));
      if (k.kind == "contraction") ++updates;
    }
  }
  CHECK(updates == 3);
}

TEST_CASE("no optimizer and no penalty leaves a kernel of its own beside the gradients", "[traffic]") {
  for (const opt_kind kind : {opt_kind::sgd, opt_kind::rmsprop, opt_kind::adam, opt_kind::adamw})
    for (const double momentum : {0.0, 0.9})
      for (const double penalty : {0.0, 0.01}) {
        DefinitionBuilder b = reference_mlp(512);
        b.optimizer(kind);
        b.recipe.momentum.k = momentum;
        b.at(2).l1.k = b.at(2).l2.k = penalty;
        const ProgramPlan plan = plan_program(b.view(), nullptr, 32, DType::f32, {Entry::train}, make_target("x86-64-v4"));
        INFO(optimizer_name(kind) << " momentum " << momentum << " penalty " << penalty << "\n" << plan.entries[0].text);
        CHECK(plan.entries[0].phases == 4);
        for (const KernelInfo& k : plan.entries[0].kernels) CHECK(k.kind != "map");
      }
}
