// Training runs whose learning rate changes: what every step and report sees, and that a run that was cut goes on with the same rates.
#include "runtime/support/fake_data.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/atomic_file.hpp>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/train/trainer.hpp>

#include <cmath>
#include <functional>

using namespace ingot::runtime;
using Catch::Matchers::Contains;

namespace {

constexpr std::uint32_t rows = 77, batches = 10;

ingot_num number(double k) { return {k, -1, 0}; }

ingot_model changed_model(const std::function<void(ingot_recipe&)>& change) {
  ingot_model model = fake::model();
  change(model.recipe);
  return model;
}

void cosine(ingot_recipe& r) { r.schedule.kind = INGOT_COSINE; }
void plateau(ingot_recipe& r) {
  r.plateau = {1, INGOT_VAL_LOSS, INGOT_AUTOMATIC, 0, number(0.5), number(1), number(0.05), number(0), number(1e-4)};
}

std::filesystem::path fresh_folder(const std::string& name) {
  const auto folder = std::filesystem::temp_directory_path() / "ingot_scheduled_run_test" / name;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

TrainOptions options_for(const std::filesystem::path& out) {
  TrainOptions options;
  options.epochs = 6;
  options.batch = 8;
  options.seed = 21;
  options.out = out;
  return options;
}

struct Cut : TrainListener {
  std::uint64_t at = 0;
  std::atomic<bool> stop{false};
  void on_batch_end(const BatchReport& report) override { stop = stop || report.step == at; }
};

TrainResult train(const ingot_model& model, TrainOptions options, TrainListener* listener = nullptr, std::uint32_t validation = 30) {
  ProgramSource source(model);
  CpuDevice device(1);
  Trainer trainer(source, Point(model), device, std::move(options));
  TrainData data;
  data.train = fake::dataset(rows, 1);
  if (validation > 0) data.validation = fake::dataset(validation, 2);
  return trainer.run(data, listener);
}

void check_cut_runs(const ingot_model& model, const std::string& name) {
  const auto whole = fresh_folder(name + "_whole");
  train(model, options_for(whole));
  for (const std::uint64_t at : {3u, 20u, 35u, 41u}) {
    const auto out = fresh_folder(name + std::to_string(at));
    Cut cut;
    cut.at = at;
    TrainOptions options = options_for(out);
    options.stop = &cut.stop;
    REQUIRE(train(model, options, &cut).status == TrainStatus::interrupted);
    options.stop = nullptr;
    options.resume = true;
    train(model, options);
    for (const char* file : {"model.safetensors", "history.csv"}) CHECK(read_whole_file(out / file) == read_whole_file(whole / file));
  }
}

}  // namespace

TEST_CASE("the report of an epoch has the rate of its last update", "[schedule]") {
  const ingot_model model = changed_model(cosine);
  const TrainResult result = train(model, options_for({}));
  REQUIRE(result.history.size() == 6);
  const RateSchedule schedule(Point(model), {batches, 6});
  for (std::size_t e = 0; e < 6; ++e) CHECK(*find_value(result.history[e], "learning_rate") == schedule.at(e * batches + batches - 1));
  CHECK(find_value(train(fake::model(), options_for({})).last, "learning_rate") == nullptr);
}

TEST_CASE("the rate of the schedule is the one that the steps see", "[schedule]") {
  // a rate of 0 from the second epoch: its weights are those of the first
  const ingot_model model = changed_model([](ingot_recipe& r) {
    r.schedule.kind = INGOT_PIECEWISE;
    r.schedule.n_pieces = 1;
    r.schedule.pieces[0] = {{number(batches - 1), INGOT_UPDATES, 0}, number(0)};
  });
  const auto one = fresh_folder("one"), six = fresh_folder("six");
  TrainOptions options = options_for(one);
  options.epochs = 1;
  train(model, options);
  train(model, options_for(six));
  CHECK(read_whole_file(one / "model.safetensors") == read_whole_file(six / "model.safetensors"));
}

TEST_CASE("a scheduled run that is cut goes on bit for bit", "[schedule][resume]") { check_cut_runs(changed_model(cosine), "cosine"); }

TEST_CASE("a run with reduce on plateau that is cut goes on bit for bit", "[schedule][resume]") {
  const ingot_model model = changed_model(plateau);
  const TrainResult result = train(model, options_for({}));
  CHECK(*find_value(result.history.front(), "learning_rate") == 0.01);
  REQUIRE(*find_value(result.last, "learning_rate") < 0.005);  // it was lowered twice: what follows tests something
  check_cut_runs(model, "plateau");
}

TEST_CASE("reduce on plateau without the figure it watches is a note", "[schedule]") {
  const TrainResult result = train(changed_model(plateau), options_for({}), nullptr, 0);
  REQUIRE(result.notes.size() == 1);
  CHECK_THAT(result.notes[0], Contains("no val_loss for reduce_on_plateau"));
}

TEST_CASE("a schedule counts updates, of which each takes several steps when gradients are accumulated", "[schedule]") {
  const ingot_model model = changed_model([](ingot_recipe& r) {
    cosine(r);
    r.accumulation = number(4);
  });
  const TrainResult result = train(model, options_for({}));
  const RateSchedule schedule(Point(model), {batches / 4.0, 6});
  for (std::size_t e = 0; e < 6; ++e)
    CHECK(*find_value(result.history[e], "learning_rate") == schedule.at((e * batches + batches - 1) / 4));
}

TEST_CASE("a schedule over all of the run is not extended by more epochs", "[schedule][resume]") {
  const ingot_model model = changed_model(cosine);
  TrainOptions options = options_for(fresh_folder("longer"));
  options.epochs = 2;
  train(model, options);
  options.epochs = 3;
  options.resume = true;
  CHECK_THROWS_WITH(train(model, options), Contains("spans all epochs, and --epochs 2, this run has 3"));
}

TEST_CASE("a time budget ends a run within an epoch, which goes on bit for bit when it gets more time", "[stop_rules][resume]") {
  const ingot_model model = changed_model(cosine);
  const auto whole = fresh_folder("budget_whole"), out = fresh_folder("budget");
  train(model, options_for(whole));
  TrainOptions options = options_for(out);
  options.stop_rules = {{INGOT_STOP_TIME_BUDGET, "loss", 1, 1e-9}};
  const TrainResult cut = train(model, options);
  CHECK(cut.status == TrainStatus::stopped_early);
  CHECK(cut.steps == 1);
  CHECK_THAT(cut.reason, Contains("of a budget of 1e-09 s, in epoch 1 after 1 of 10 batches"));
  CHECK(std::filesystem::exists(out / "model.safetensors"));
  CHECK(read_checkpoint(checkpoint_path(out)).reason == cut.reason);
  options.resume = true;
  CHECK_THAT(train(model, options).reason, Contains("stop_when had already ended this run in epoch 1 after 1 of 10 batches"));
  options.stop_rules[0].limit = 1000;
  CHECK(train(model, options).status == TrainStatus::finished);
  for (const char* file : {"model.safetensors", "history.csv"}) CHECK(read_whole_file(out / file) == read_whole_file(whole / file));
}

TEST_CASE("a time budget joined with a figure waits for an epoch that has it", "[stop_rules]") {
  TrainOptions options = options_for({});
  options.stop_rules = {{INGOT_STOP_TIME_BUDGET, "loss", 1, 1e-9}, {INGOT_STOP_BELOW, "loss", 1, 1e9}, {INGOT_STOP_ALL, "", 1, 0}};
  const TrainResult joined = train(fake::model(), options);
  CHECK(joined.steps == batches);
  CHECK(joined.history.size() == 1);
}

TEST_CASE("a time budget that is a hyper-parameter may be another one when a run goes on", "[stop_rules][resume]") {
  constexpr std::int32_t drop = 3;
  for (const bool budget : {false, true}) {
    const ingot_model model = changed_model([&](ingot_recipe& r) {
      r.n_stop_rules = budget ? 1 : 0;
      r.stop_rules[0] = {INGOT_STOP_TIME_BUDGET, INGOT_LOSS, 1, 0, {0, drop, 0}};
    });
    TrainOptions options = options_for(fresh_folder("budget_hp"));
    options.epochs = 1;
    train(model, options);
    options.epochs = 2;
    options.resume = true;
    ProgramSource source(model);
    CpuDevice device(1);
    Point point(model);
    point.set("drop=true");
    Trainer trainer(source, point, device, options);
    const TrainData data{fake::dataset(rows, 1), fake::dataset(30, 2)};
    if (budget)
      CHECK(trainer.run(data).epochs == 2);
    else
      CHECK_THROWS_WITH(trainer.run(data), Contains("made with drop 0, this run has 1"));
  }
}

TEST_CASE("a run does not go on with numbers of another recipe, unless that is allowed", "[schedule][resume]") {
  const ingot_num tenth = number(0.1), none = number(0);
  const std::pair<const char*, std::function<void(ingot_recipe&)>> changes[] = {
      {"schedule of the learning rate constant",
       [&](ingot_recipe& r) {
         r.schedule.kind = INGOT_EXPONENTIAL, r.schedule.length = {number(10), INGOT_UPDATES, 0}, r.schedule.factor = tenth;
       }},
      {"learning rate 0.01, this program has 0.1", [&](ingot_recipe& r) { r.learning_rate = tenth; }},
      {"reduction on plateau none, this program has val_loss times 0.5 after 1 epochs", plateau},
      {"augmentation none, this program has rotation 0.1 reflect, values",
       [&](ingot_recipe& r) {
         r.craft.n_augmentations = 1;
         r.craft.augmentations[0] = {INGOT_ROTATION, INGOT_FILL_REFLECT, 0, 1, 1, 0, {none, tenth, none, none}, none};
       }},
      {"average of the weights none, this program has overwriting every 3 updates",
       [](ingot_recipe& r) { r.average = 1, r.average_every = 3; }}};
  for (const auto& [says, change] : changes) {
    TrainOptions options = options_for(fresh_folder("other_recipe"));
    options.epochs = 1;
    train(fake::model(), options);
    options.epochs = 2;
    options.resume = true;
    CHECK_THROWS_WITH(train(changed_model(change), options), Contains(says));
    CHECK(train(fake::model(), options).epochs == 2);
  }
  TrainOptions options = options_for(fresh_folder("allowed_recipe"));
  options.epochs = 1;
  train(fake::model(), options);
  options.epochs = 2;
  options.resume = options.allow_other_plan = true;
  const TrainResult other = train(changed_model(changes[0].second), options);
  REQUIRE(other.history.size() == 2);
  CHECK(std::isnan(*find_value(other.history[0], "learning_rate")));  // the first epoch did not have it
  CHECK(*find_value(other.history[1], "learning_rate") < 0.01);
  CHECK(read_checkpoint(checkpoint_path(options.out)).epoch == 2);
}
