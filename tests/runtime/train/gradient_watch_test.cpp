// gradcheck_every(n) of the hand-written model: when it checks, that it changes nothing, and that a wrong gradient ends the run.
#include "runtime/support/fake_data.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/train/trainer.hpp>

using namespace ingot::runtime;
using Catch::Matchers::Contains;

namespace {

struct Checks : TrainListener {
  void on_gradient_check(std::uint64_t step, const GradcheckResult& result) override {
    steps.push_back(step);
    passed = passed && result.passed;
    rows = result.tensors.back().elements / fake::inputs;
    losses.push_back(result.loss);
  }
  std::vector<std::uint64_t> steps;
  std::vector<double> losses;
  bool passed = true;
  std::uint64_t rows = 0;
};

ingot_model watched(std::uint32_t updates, double accumulation = 1) {
  ingot_model model = fake::model();
  model.recipe.craft.gradcheck_every = updates;
  model.recipe.accumulation.k = accumulation;
  return model;
}

struct Run {
  TrainResult result;
  Checks checks;
  std::vector<double> kernel;
};
Run train(const ingot_model& model, const char* setting = "drop=true") {
  Run run;
  ProgramSource source(model);
  CpuDevice device(1);
  Point point(model);
  point.set(setting);
  TrainOptions options = declared_options(point);
  options.epochs = 2;
  options.batch = 8;
  Trainer trainer(source, point, device, options);
  run.result = trainer.run({fake::dataset(77, 1), {}}, &run.checks);
  run.kernel = trainer.instance().get_doubles(*trainer.instance().find_state("hidden.kernel"));
  return run;
}

}  // namespace

TEST_CASE("the gradient is checked every n updates, dropout included, and the run stays the same", "[gradcheck]") {
  const ingot_model model = watched(6), silent = watched(0);
  const Run run = train(model);
  CHECK(run.result.status == TrainStatus::finished);
  CHECK(run.checks.steps == std::vector<std::uint64_t>{6, 12, 18});
  CHECK(run.checks.passed);
  CHECK(run.checks.rows == 8);
  CHECK(run.checks.losses[0] != run.checks.losses[1]);
  const Run without = train(silent);
  CHECK(without.checks.steps.empty());
  CHECK(without.kernel == run.kernel);
}

TEST_CASE("updates are counted, not batches", "[gradcheck]") {
  const ingot_model model = watched(2, 3);
  CHECK(train(model).checks.steps == std::vector<std::uint64_t>{6, 12, 18});
}

TEST_CASE("a wrong gradient ends the run with its name", "[gradcheck]") {
  const ingot_model model = watched(7);
  fake::break_gradient = true;
  const Run run = train(model, "drop=false");
  fake::break_gradient = false;
  CHECK(run.result.status == TrainStatus::wrong_gradient);
  CHECK(run.result.steps == 7);
  CHECK(run.result.epochs == 0);
  CHECK_THAT(run.result.reason,
             Contains("the gradient check after step 7 in epoch 1 failed: the gradient of logits.bias differs") && Contains("[2]"));
}
