// Stopping rules on given histories. Prechelt's criteria: the worked example of 15 epochs computed from the formulas by hand (k = 5):
// GL(9) = 3.28 %, GL(12) = 6.56 %, P(5, 10, 15) = 400, 60.76, 3.866 per mille, GL/P = 0, 0.0405, 2.544.
#include "runtime/support/fake_data.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/atomic_file.hpp>
#include <ingot/runtime/train/trainer.hpp>

#include <cmath>
#include <functional>
#include <limits>

using namespace ingot::runtime;
using Catch::Matchers::Contains;

namespace {

const std::vector<double> training = {10, 8, 6.5, 5.5, 5, 4.6, 4.3, 4.1, 4, 3.95, 3.92, 3.9, 3.89, 3.885, 3.88};
const std::vector<double> validation = {9, 7.5, 6.8, 6.4, 6.2, 6.1, 6.15, 6.2, 6.3, 6.25, 6.4, 6.5, 6.55, 6.6, 6.7};
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

StopRule rule(ingot_stop_kind kind, double limit = 0, std::uint32_t strip = 5) { return {kind, "loss", strip, limit}; }
StopRule threshold(ingot_stop_kind kind, const char* monitor, double limit) { return {kind, monitor, 1, limit}; }

std::vector<NamedValues> history(const std::vector<double>& train, const std::vector<double>& validate) {
  std::vector<NamedValues> rows;
  for (std::size_t e = 0; e < validate.size(); ++e) rows.push_back({{"loss", train[e]}, {"val_loss", validate[e]}});
  return rows;
}

/// The first epoch, from 1, after which the rules hold; 0: never.
std::size_t stops_at(const std::vector<StopRule>& rules, const std::vector<double>& train = training,
                     const std::vector<double>& validate = validation, double seconds_per_epoch = 1) {
  const std::vector<NamedValues> all = history(train, validate);
  std::vector<NamedValues> rows;
  for (std::size_t e = 0; e < all.size(); ++e) {
    rows.push_back(all[e]);
    if (stop_reason(rules, rows, seconds_per_epoch * static_cast<double>(e + 1))) return e + 1;
  }
  return 0;
}

}  // namespace

TEST_CASE("Prechelt's GL", "[stop_rules]") {
  CHECK(stops_at({rule(INGOT_STOP_PRECHELT_GL, 2)}) == 9);
  CHECK(stops_at({rule(INGOT_STOP_PRECHELT_GL, 5)}) == 12);
  CHECK(stops_at({rule(INGOT_STOP_PRECHELT_GL, 9.83)}) == 15);
  CHECK(stops_at({rule(INGOT_STOP_PRECHELT_GL, 9.84)}) == 0);
  CHECK(stops_at({rule(INGOT_STOP_PRECHELT_GL, 1)}, training, {-1, -2, -2.01, -1.99, -1.95}) == 5);
  CHECK(stops_at({rule(INGOT_STOP_PRECHELT_GL, 1e9)}, training, {1, 0, 1e-9}) == 3);  // above a minimum of 0
  CHECK(stops_at({rule(INGOT_STOP_PRECHELT_GL, 0)}, training, {1, 1, 1, 1}) == 0);
  CHECK(stops_at({rule(INGOT_STOP_PRECHELT_GL, 5)}, training, {1, not_a_number, 1}) == 2);
  CHECK(stops_at({rule(INGOT_STOP_PRECHELT_GL, 5)}, training, {not_a_number, not_a_number, not_a_number}) == 0);
}

TEST_CASE("the percentages of GL and their quotients by progress, to four digits", "[stop_rules]") {
  const double percent[] = {0, .8197, 1.6393, 3.2787, 2.459, 4.918, 6.5574, 7.377, 8.1967, 9.8361};  // epochs 6 .. 15
  const auto all = history(training, validation);
  const auto holds_at = [&](ingot_stop_kind kind, double limit, std::size_t epoch) {
    return stop_reason({rule(kind, limit)}, {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(epoch)}, 0).has_value();
  };
  for (std::size_t k = 0; k < std::size(percent); ++k) {
    INFO("epoch " << k + 6);
    CHECK_FALSE(holds_at(INGOT_STOP_PRECHELT_GL, percent[k] + 1e-4, k + 6));
    CHECK(holds_at(INGOT_STOP_PRECHELT_GL, percent[k] - 1e-4, k + 6));
  }
  for (const auto& [epoch, quotient] : {std::pair(10u, .040471), {15u, 2.544262}}) {  // P = 60.7595 and 3.866 per mille
    CHECK_FALSE(holds_at(INGOT_STOP_PRECHELT_PQ, quotient + 1e-6, epoch));
    CHECK(holds_at(INGOT_STOP_PRECHELT_PQ, quotient - 1e-6, epoch));
  }
}

TEST_CASE("Prechelt's PQ, at the ends of strips only", "[stop_rules]") {
  CHECK(stops_at({rule(INGOT_STOP_PRECHELT_PQ, 0.5)}) == 15);
  CHECK(stops_at({rule(INGOT_STOP_PRECHELT_PQ, 2)}) == 15);
  CHECK(stops_at({rule(INGOT_STOP_PRECHELT_PQ, 2.55)}) == 0);
  CHECK(stops_at({rule(INGOT_STOP_PRECHELT_PQ, 0.0404)}) == 10);
  CHECK(stops_at({rule(INGOT_STOP_PRECHELT_PQ, 0.0405)}) == 15);
  const std::vector<double> still(10, 1.0);
  CHECK(stops_at({rule(INGOT_STOP_PRECHELT_PQ, 1e6)}, still, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1.001}) == 10);  // no progress at all
  CHECK(stops_at({rule(INGOT_STOP_PRECHELT_PQ, 0)}, still, still) == 0);
}

TEST_CASE("Prechelt's UP", "[stop_rules]") {
  CHECK(stops_at({rule(INGOT_STOP_PRECHELT_UP, 1)}) == 10);
  CHECK(stops_at({rule(INGOT_STOP_PRECHELT_UP, 2)}) == 15);
  CHECK(stops_at({rule(INGOT_STOP_PRECHELT_UP, 3)}) == 0);
  const std::vector<double> zigzag = {5, 6, 5.5, 6, 7, 8};
  CHECK(stops_at({rule(INGOT_STOP_PRECHELT_UP, 1, 1)}, training, zigzag) == 2);
  CHECK(stops_at({rule(INGOT_STOP_PRECHELT_UP, 3, 1)}, training, zigzag) == 6);
}

TEST_CASE("thresholds and a time budget", "[stop_rules]") {
  CHECK(stops_at({threshold(INGOT_STOP_BELOW, "loss", 4.3)}) == 8);
  CHECK(stops_at({threshold(INGOT_STOP_ABOVE, "val_loss", 8.9)}) == 1);
  CHECK(stops_at({threshold(INGOT_STOP_ABOVE, "val_loss", 9)}) == 0);
  CHECK(stops_at({threshold(INGOT_STOP_BELOW, "accuracy", 1)}) == 0);  // this run has none
  CHECK(stops_at({rule(INGOT_STOP_TIME_BUDGET, 6)}, training, validation, 1.5) == 4);
  CHECK(stops_at({}) == 0);
}

TEST_CASE("conditions are joined by any and all, in postfix order", "[stop_rules]") {
  const StopRule early = threshold(INGOT_STOP_BELOW, "loss", 8.5), late = rule(INGOT_STOP_PRECHELT_GL, 2),
                 never = rule(INGOT_STOP_PRECHELT_UP, 3);
  const StopRule any = rule(INGOT_STOP_ANY), all = rule(INGOT_STOP_ALL);
  CHECK(stops_at({early, late, any}) == 2);
  CHECK(stops_at({early, late, all}) == 9);
  CHECK(stops_at({never, early, all, late, any}) == 9);
  CHECK(stops_at({early, never, late, any, all}) == 9);
  CHECK(stops_at({never, early, all}) == 0);
  // a verdict at the end of a strip stands until the next: UP_1 of epoch 10, the threshold of epoch 12
  CHECK(stops_at({rule(INGOT_STOP_PRECHELT_UP, 1), threshold(INGOT_STOP_ABOVE, "val_loss", 6.4), all}) == 12);
}

TEST_CASE("the reason says which rules held, and their values", "[stop_rules]") {
  const auto rows = history(training, validation);
  CHECK(*stop_reason({rule(INGOT_STOP_PRECHELT_GL, 5)}, rows, 0) == "val_loss lies 9.836 % above its minimum, GL allows 5 %");
  CHECK(*stop_reason({rule(INGOT_STOP_PRECHELT_PQ, 0.5)}, rows, 0) == "GL by training progress was 2.544 after epoch 15, PQ allows 0.5");
  CHECK(*stop_reason({rule(INGOT_STOP_PRECHELT_UP, 2)}, rows, 0) == "val_loss rose over 2 strips of 5 epochs up to epoch 15");
  CHECK(*stop_reason({threshold(INGOT_STOP_BELOW, "loss", 4), rule(INGOT_STOP_TIME_BUDGET, 10), rule(INGOT_STOP_ALL)}, rows, 12.25) ==
        "loss 3.88 is below 4, and 12.2 s have passed, of a budget of 10 s");
}

TEST_CASE("the epoch of the lowest val_loss", "[stop_rules]") {
  CHECK(lowest_loss_epoch(history(training, validation)) == 5u);
  CHECK(lowest_loss_epoch(history(training, {not_a_number, 2, 1, 1, not_a_number})) == 2u);
  CHECK_FALSE(lowest_loss_epoch(history(training, {not_a_number})));
  CHECK(watched({rule(INGOT_STOP_PRECHELT_GL), threshold(INGOT_STOP_BELOW, "loss", 1), rule(INGOT_STOP_PRECHELT_UP),
                 rule(INGOT_STOP_ANY)}) == std::vector<std::string>{"val_loss", "loss"});
}

namespace {

ingot_model model_with(const std::vector<ingot_stop_rule>& rules) {
  ingot_model model = fake::model();
  model.recipe.n_stop_rules = static_cast<std::uint32_t>(rules.size());
  std::copy(rules.begin(), rules.end(), model.recipe.stop_rules);
  return model;
}

TrainResult train(const ingot_model& model, const std::function<void(TrainOptions&)>& change = {}, std::uint32_t validation_rows = 30,
                  std::vector<double>* kernel = nullptr) {
  ProgramSource source(model);
  CpuDevice device(1);
  TrainOptions options = declared_options(Point(model));
  options.epochs = 40;
  options.batch = 8;
  if (change) change(options);
  Trainer trainer(source, Point(model), device, options);
  TrainData data{fake::dataset(77, 1), {}};
  if (validation_rows > 0) data.validation = fake::dataset(validation_rows, 2);
  const TrainResult result = trainer.run(data);
  if (kernel != nullptr) *kernel = trainer.instance().get_doubles(*trainer.instance().find_state("hidden.kernel"));
  return result;
}

}  // namespace

TEST_CASE("a run ends when its rule holds, says why, and stays ended", "[stop_rules][resume]") {
  const ingot_model model = model_with({{INGOT_STOP_BELOW, INGOT_LOSS, 1, 0, {0.8, -1, 0}}});
  const auto out = std::filesystem::temp_directory_path() / "ingot_stop_rules_test";
  std::filesystem::remove_all(out);
  const TrainResult first = train(model, [&](TrainOptions& o) { o.out = out; });
  REQUIRE(first.status == TrainStatus::stopped_early);
  CHECK(first.epochs < 40);
  CHECK(*find_value(first.last, "loss") < 0.8);
  CHECK_THAT(first.reason, Contains("stop_when: loss 0.") && Contains("is below 0.8"));
  CHECK(read_checkpoint(checkpoint_path(out)).reason == first.reason);
  const std::string weights = read_whole_file(out / "model.safetensors");
  const TrainResult again = train(model, [&](TrainOptions& o) { o.out = out, o.resume = true; });
  CHECK(again.status == TrainStatus::stopped_early);
  CHECK(again.epochs == first.epochs);
  CHECK_THAT(again.reason, Contains("had already ended this run"));
  CHECK(read_whole_file(out / "model.safetensors") == weights);
}

TEST_CASE("a time budget is asked for within an epoch", "[stop_rules]") {
  CHECK(shortest_time_budget({}) == std::numeric_limits<double>::infinity());
  CHECK(shortest_time_budget({rule(INGOT_STOP_TIME_BUDGET, 5), rule(INGOT_STOP_TIME_BUDGET, 3), rule(INGOT_STOP_BELOW, 1)}) == 3);
  const ingot_model model = model_with({{INGOT_STOP_TIME_BUDGET, 0, 1, 0, {1e-9, -1, 0}}});
  const TrainResult result = train(model);
  CHECK(result.epochs == 0);
  CHECK(result.steps == 1);
  CHECK_THAT(result.reason, Contains("of a budget of 1e-09 s"));
}

TEST_CASE("with one of Prechelt's rules the weights of the lowest val_loss come back", "[stop_rules]") {
  const ingot_model model = model_with({{INGOT_STOP_PRECHELT_GL, INGOT_VAL_LOSS, 1, 0, {0, -1, 0}}});
  std::vector<double> with, best;
  const TrainResult result = train(model, [](TrainOptions& o) { o.epochs = 200; }, 30, &with);
  REQUIRE(result.status == TrainStatus::stopped_early);
  REQUIRE(result.best_epoch);
  CHECK(*result.best_epoch + 2 == result.epochs);  // GL_0 stops one epoch behind the minimum
  CHECK(result.restored_best);
  train(fake::model(), [&](TrainOptions& o) { o.epochs = *result.best_epoch + 1; }, 30, &best);
  CHECK(with == best);
}

TEST_CASE("a rule without its figure is a note", "[stop_rules]") {
  const TrainResult result =
      train(model_with({{INGOT_STOP_PRECHELT_GL, INGOT_VAL_LOSS, 1, 0, {0, -1, 0}}}), [](TrainOptions& o) { o.epochs = 2; }, 0);
  CHECK(result.epochs == 2);
  REQUIRE(result.notes.size() == 1);
  CHECK_THAT(result.notes[0], Contains("never holds: there is no val_loss"));
}
