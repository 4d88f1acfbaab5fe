// What a network knows before training, whether it learns a few rows by heart, and the size of its steps.
#include <ingot/runtime/train/sanity.hpp>

#include "runtime/support/fake_data.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/error.hpp>

#include <cmath>

using namespace ingot::runtime;
using Catch::Matchers::Contains;

namespace {

/// On a batch of the program that is built ahead.
SanityResult check(const ingot_model& model, const char* rate = "learning_rate=0.1", SanityOptions options = {}) {
  options.rows = fake::default_batch;
  ProgramSource source(model);
  CpuDevice device(1);
  Point point(model);
  point.set(rate);
  return check_sanity(source, point, device, fake::dataset(50, 1), options);
}

}  // namespace

TEST_CASE("a sound network guesses with weights of 0 and learns a few rows by heart", "[sanity]") {
  const SanityResult result = check(fake::model());
  CHECK(result.problems.empty());
  REQUIRE(result.guessing);
  CHECK(*result.guessing == Approx(std::log(3.0)));
  CHECK(result.zero_loss == Approx(std::log(3.0)).epsilon(1e-6));
  CHECK(result.last_loss <= 0.1 * result.first_loss);
  CHECK((result.steps >= 10 && result.steps <= 500));
  REQUIRE(result.updates.size() == 4);
  CHECK(result.updates[0].name == "hidden.kernel");
  for (const auto& [name, ratio] : result.updates) CHECK((ratio > 1e-4 && ratio < 1));
}

TEST_CASE("rows that are not learned by heart fail the check", "[sanity]") {
  const SanityResult result = check(fake::model(), "learning_rate=0.001", {.steps = 20});
  REQUIRE(result.problems.size() == 1);
  CHECK(result.steps == 20);
  CHECK_THAT(result.problems[0], Contains("in 20 steps, they are not learned by heart"));
}

TEST_CASE("a loss below that of guessing fails the check; not every loss has one", "[sanity]") {
  ingot_model model = fake::model();
  ingot_tensor output = model.outputs[0];
  output.dims[0] = 300;  // of the 3 classes that the program has
  model.outputs = &output;
  const SanityResult low = check(model);
  REQUIRE(low.problems.size() == 1);
  CHECK_THAT(low.problems[0], Contains("less than the 5.70378 of guessing"));
  const char* const losses[] = {"mse"};
  model.losses = losses;
  CHECK_FALSE(check(model).guessing);
  const char* const binary[] = {"binary_crossentropy"};
  model.losses = binary;
  CHECK(*check(model).guessing == Approx(std::log(2.0)));
}

TEST_CASE("a sanity check can be interrupted, and wants targets", "[sanity]") {
  const std::atomic<bool> stop{true};
  CHECK(check(fake::model(), "learning_rate=0.1", {.stop = &stop}).interrupted);
  ProgramSource source(fake::model());
  CpuDevice device(1);
  Dataset rows = fake::dataset(10, 1);
  rows.targets.clear();
  CHECK_THROWS_WITH(check_sanity(source, Point(fake::model()), device, rows), Contains("needs rows with their targets"));
}
