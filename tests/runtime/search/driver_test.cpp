#include <ingot/runtime/search/driver.hpp>

#include "runtime/search/scratch.hpp"
#include "runtime/search/spaces.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/error.hpp>

#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <mutex>
#include <set>
#include <thread>

using namespace ingot::runtime;

namespace {

const std::atomic<bool> never{false};

struct Fixture {
  Fixture() {
    builder.integer("units", 32, 512, 32);
    builder.choice("learning_rate", {1e-2, 1e-3, 1e-4}, INGOT_HP_CHOICE_REAL);
  }
  [[nodiscard]] Space space() { return Space(builder.model()); }
  [[nodiscard]] SearchPlan plan(const std::string& name, std::uint32_t trials, std::uint32_t jobs = 1) const {
    SearchPlan p;
    p.study_path = scratch.file(name + ".db");
    p.study_name = "model";
    p.trials_folder = scratch.file(name);
    p.objective = "val_accuracy";
    p.trials = trials;
    p.jobs = jobs;
    p.epochs = 4;
    p.seed = 3;
    p.facts = {{"epochs", "4"}};
    return p;
  }
  spaces::Builder builder;
  Scratch scratch;
};

// A smooth landscape with the peak at the third epoch; slow enough for jobs to overlap.
TrialScore climb(const TrialRun& run) {
  TrialScore best{-1, 0, 0, false, "plan-1"};
  for (std::uint32_t epoch = 1; epoch <= 4; ++epoch) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1 + (run.trial * 7) % 3));
    const double value =
        run.point[0] / 1000 - std::abs(run.point[1] - 1e-3) - std::abs(epoch - 3.0) / 100 + 1e-9 * static_cast<double>(run.seed % 1000);
    run.report(epoch, value);
    best.epochs = epoch;
    if (value > best.value) best.value = value, best.best_epoch = epoch;
  }
  return best;
}

using Row = std::tuple<std::int64_t, TrialState, std::optional<double>, std::vector<double>, std::map<std::int64_t, double>,
                       std::map<std::string, std::string>>;
std::vector<Row> table(const SearchResult& result) {
  std::vector<Row> rows;
  for (const Trial& t : result.trials) {
    std::vector<double> values;
    for (const TrialParameter& p : t.parameters) values.push_back(p.value);
    rows.emplace_back(t.number, t.state, t.value, values, t.intermediate, t.attributes);
  }
  return rows;
}

}  // namespace

TEST_CASE_METHOD(Fixture, "a search fills its study and finds the best trial") {
  const SearchResult result = run_search(space(), plan("a", 12), climb, {}, never);
  CHECK(result.end == SearchEnd::done);
  REQUIRE(result.trials.size() == 12);
  REQUIRE(result.best);
  CHECK(best_epoch(*result.best) == 3);
  CHECK(result.best->attributes.at("plan") == "\"plan-1\"");
  for (const Trial& t : result.trials) {
    CHECK(t.intermediate.size() == 4);
    CHECK(*t.value <= *result.best->value);
    CHECK(std::filesystem::is_directory(scratch.path / "a" / std::to_string(t.number)));
  }
}

TEST_CASE_METHOD(Fixture, "results do not depend on the number of jobs") {
  const auto one = run_search(space(), plan("one", 15, 1), climb, {}, never);
  const auto three = run_search(space(), plan("three", 15, 3), climb, {}, never);
  CHECK(table(one) == table(three));
  CHECK(one.best->number == three.best->number);
}

TEST_CASE_METHOD(Fixture, "a finite space ends when every point was seen") {
  const auto result =
      run_search(space(), plan("all", 100, 2), [](const TrialRun& run) { return TrialScore{run.point[0], 1, 1, false, ""}; }, {}, never);
  CHECK(result.end == SearchEnd::exhausted);
  CHECK(result.trials.size() == 48);
  std::set<std::string> points;
  for (const Trial& t : result.trials) points.insert(trial_point(space(), t).describe());
  CHECK(points.size() == 48);
}

TEST_CASE_METHOD(Fixture, "the score is averaged over executions, each with its own seed and folder") {
  SearchPlan p = plan("executions", 2);
  p.executions = 3;
  std::set<std::uint64_t> seeds;
  std::set<std::string> folders;
  const auto run = [&](const TrialRun& r) {
    seeds.insert(r.seed);
    folders.insert(r.folder);
    r.report(1, r.execution);
    return TrialScore{static_cast<double>(r.execution), r.execution + 1, 4, false, ""};
  };
  const auto result = run_search(space(), p, run, {}, never);
  CHECK(*result.trials[0].value == Approx(1));
  CHECK(best_epoch(result.trials[0]) == 2);
  CHECK(seeds.size() == 6);
  CHECK(folders.size() == 6);
  CHECK(result.trials[0].intermediate == std::map<std::int64_t, double>{{1, 0}, {5, 1}, {9, 2}});
}

TEST_CASE_METHOD(Fixture, "NaN and exceptions fail a trial; three in a row end the search, whatever the jobs") {
  const auto run = [](const TrialRun& r) -> TrialScore {
    std::this_thread::sleep_for(std::chrono::milliseconds(r.trial == 5 ? 30 : 1));
    if (r.trial == 1) return {std::numeric_limits<double>::quiet_NaN(), 1, 1, false, ""};
    if (r.trial >= 3 && r.trial <= 5) throw std::runtime_error("layer hidden does not fit");
    return {1.0 * static_cast<double>(r.trial), 1, 1, false, ""};
  };
  for (const std::uint32_t jobs : {1u, 4u}) {
    SearchPlan p = plan("failures" + std::to_string(jobs), 20, jobs);
    const auto result = run_search(space(), p, run, {}, never);
    CHECK(result.end == SearchEnd::failures);
    CHECK(result.reason == "layer hidden does not fit");
    REQUIRE(result.trials.size() == 6);
    CHECK(result.trials[1].state == TrialState::fail);
    CHECK(result.trials[2].state == TrialState::complete);
    CHECK(result.best->number == 2);
    CHECK(result.trials[1].attributes.at("fail_reason") == "\"the objective is NaN\"");
    // The user looked at it and goes on.
    p.resume = true;
    p.trials = 8;
    const auto more = run_search(space(), p, run, {}, never);
    CHECK(more.end == SearchEnd::done);
    CHECK(more.trials.size() == 8);
  }
}

TEST_CASE_METHOD(Fixture, "an interrupted search goes on to the same table") {
  const auto whole = run_search(space(), plan("whole", 8), climb, {}, never);
  std::atomic<bool> stop{false};
  std::atomic<int> runs{0};
  const auto interrupted = [&](const TrialRun& r) {
    if (++runs == 4) {
      r.report(1, 0.5);  // of an epoch that will be run again
      stop = true;
      while (!*r.stop) std::this_thread::yield();
      return TrialScore{0, 0, 1, true, ""};
    }
    return climb(r);
  };
  SearchPlan p = plan("cut", 8);
  const auto cut = run_search(space(), p, interrupted, {}, stop);
  CHECK(cut.end == SearchEnd::interrupted);
  REQUIRE(cut.trials.size() == 4);
  CHECK(cut.trials[3].state == TrialState::running);
  p.resume = true;
  CHECK(table(run_search(space(), p, climb, {}, never)) == table(whole));
}

TEST_CASE_METHOD(Fixture, "executions that are done are not repeated") {
  SearchPlan p = plan("half", 1);
  p.executions = 2;
  std::atomic<bool> stop{false};
  std::vector<std::uint32_t> ran;
  const auto run = [&](const TrialRun& r) {
    ran.push_back(r.execution);
    if (ran.size() == 2) stop = true;
    while (ran.size() == 2 && !*r.stop) std::this_thread::yield();
    return TrialScore{1.0 + r.execution, 2, 4, ran.size() == 2, ""};
  };
  run_search(space(), p, run, {}, stop);
  p.resume = true;
  const auto result = run_search(space(), p, run, {}, never);
  CHECK(ran == std::vector<std::uint32_t>{0, 1, 1});
  CHECK(*result.best->value == Approx(1.5));
}

TEST_CASE_METHOD(Fixture, "an existing study needs --resume or --overwrite") {
  SearchPlan p = plan("again", 2);
  run_search(space(), p, climb, {}, never);
  CHECK_THROWS_WITH(run_search(space(), p, climb, {}, never), Catch::Contains("--resume") && Catch::Contains("--overwrite"));
  p.overwrite = true;
  p.seed = 4;
  CHECK(run_search(space(), p, climb, {}, never).trials.size() == 2);
  p.overwrite = false;
  p.resume = true;
  p.trials = 5;
  CHECK(run_search(space(), p, climb, {}, never).trials.size() == 5);
}

TEST_CASE_METHOD(Fixture, "a changed space, objective or option is refused with the difference") {
  SearchPlan p = plan("changed", 2);
  run_search(space(), p, climb, {}, never);
  p.resume = true;
  spaces::Builder other;
  other.integer("units", 32, 256, 32);
  other.choice("learning_rate", {1e-2, 1e-3, 1e-4}, INGOT_HP_CHOICE_REAL);
  const Space narrower(other.model());
  CHECK_THROWS_WITH(run_search(narrower, p, climb, {}, never),
                    Catch::Contains("'units: 32..512 step 32'") && Catch::Contains("'units: 32..256 step 32'"));
  SearchPlan changed = p;
  changed.objective = "accuracy";
  CHECK_THROWS_WITH(run_search(space(), changed, climb, {}, never),
                    Catch::Contains("objective maximize val_accuracy, now it is maximize accuracy"));
  changed = p;
  changed.facts["epochs"] = "9";
  CHECK_THROWS_WITH(run_search(space(), changed, climb, {}, never), Catch::Contains("epochs 4, now it is 9"));
  changed = p;
  changed.seed = 8;
  CHECK_THROWS_WITH(run_search(space(), changed, climb, {}, never), Catch::Contains("seed 3, now it is 8"));
}

TEST_CASE_METHOD(Fixture, "two searches cannot share a study") {
  const SearchPlan p = plan("shared", 1);
  std::string message;
  const auto run = [&](const TrialRun& r) {
    SearchPlan second = p;
    second.resume = true;
    try {
      run_search(space(), second, climb, {}, never);
    } catch (const UserError& error) {
      message = error.what();
    }
    return climb(r);
  };
  run_search(space(), p, run, {}, never);
  CHECK_THAT(message, Catch::Contains("another search is running"));
}
