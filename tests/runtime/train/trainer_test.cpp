#include <ingot/runtime/train/trainer.hpp>

#include "runtime/support/fake_data.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/data/history.hpp>
#include <ingot/runtime/data/safetensors.hpp>
#include <ingot/runtime/train/interrupt.hpp>
#include <ingot/runtime/train/weights.hpp>

#include <csignal>
#include <fstream>

using namespace ingot::runtime;
using Catch::Matchers::Contains;

namespace {

std::filesystem::path fresh_folder(const char* name) {
  const auto folder = std::filesystem::temp_directory_path() / "ingot_trainer_test" / name;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

TrainOptions options_for(std::uint32_t epochs) {
  TrainOptions options = declared_options(Point(fake::model()));
  options.epochs = epochs;
  options.seed = 11;
  return options;
}

std::vector<double> weights(Instance& instance) {
  std::vector<double> all;
  for (std::uint32_t i = 0; i < instance.states().size(); ++i) {
    const auto values = instance.get_doubles(i);
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

struct Run {
  TrainResult result;
  std::vector<double> weights;
};

Run run(const TrainOptions& options, const TrainData& data, std::uint32_t threads = 1, TrainListener* listener = nullptr,
        const Point& point = Point(fake::model())) {
  ProgramSource source(point.model());
  CpuDevice device(threads);
  Trainer trainer(source, point, device, options);
  TrainResult result = trainer.run(data, listener);
  return {std::move(result), weights(trainer.instance())};
}

TrainData data_of(std::uint32_t rows, std::uint32_t validation) {
  return {fake::dataset(rows, 1), validation > 0 ? fake::dataset(validation, 2) : Dataset{}};
}

}  // namespace

TEST_CASE("the recipe's options", "[trainer]") {
  const TrainOptions options = declared_options(Point(fake::model()));
  CHECK(options.epochs == 5);
  CHECK(options.batch == 8);
  CHECK_FALSE(options.stopping);
}

TEST_CASE("a small network learns its rule", "[trainer]") {
  const auto out = fresh_folder("learns");
  TrainOptions options = options_for(30);
  options.out = out;
  const Run learned = run(options, data_of(800, 200));
  CHECK(learned.result.status == TrainStatus::finished);
  CHECK(learned.result.epochs == 30);
  CHECK(learned.result.steps == 3000);
  CHECK(*find_value(learned.result.last, "val_accuracy") > 0.85);
  CHECK(learned.result.samples_per_s > 0);
  const History history = History::read(out / "history.csv");
  CHECK(history.columns() == std::vector<std::string>{"epoch", "loss", "accuracy", "val_loss", "val_accuracy"});
  CHECK(history.size() == 30);
  CHECK(history.value(29, "epoch") == 30);
  CHECK(history.value(29, "val_accuracy") == Approx(*find_value(learned.result.last, "val_accuracy")));
  CHECK(read_safetensors(out / "model.safetensors").find("logits.bias") != nullptr);
  CHECK(std::filesystem::exists(checkpoint_path(out)));
}

TEST_CASE("weights do not depend on the number of threads", "[trainer]") {
  Point point(fake::model());
  point.set("drop=true");
  const auto data = data_of(203, 50);
  const Run one = run(options_for(3), data, 1, nullptr, point);
  for (std::uint32_t threads : {2u, 3u, 7u}) {
    const Run more = run(options_for(3), data, threads, nullptr, point);
    CHECK(one.weights == more.weights);
    CHECK(one.result.history == more.result.history);
  }
  TrainOptions foreground = options_for(3);
  foreground.background = false;
  CHECK(run(foreground, data, 1, nullptr, point).weights == one.weights);
}

TEST_CASE("the seed decides order, initial weights and dropout", "[trainer]") {
  const auto data = data_of(64, 0);
  TrainOptions other = options_for(1);
  other.seed = 12;
  CHECK(run(options_for(1), data).weights == run(options_for(1), data).weights);
  CHECK(run(options_for(1), data).weights != run(other, data).weights);
  TrainOptions ordered = options_for(1);
  ordered.shuffle = false;
  CHECK(run(options_for(1), data).weights != run(ordered, data).weights);
}

TEST_CASE("early stopping restores the best weights, also when training was not stopped", "[trainer]") {
  struct Keep : TrainListener {
    std::vector<double> losses;
    bool on_epoch_end(const EpochReport& report) override {
      losses.push_back(*find_value(report.values, "val_loss"));
      best_flags.push_back(report.best);
      return true;
    }
    std::vector<bool> best_flags;
  };
  Point fast(fake::model());
  fast.set("learning_rate=0.1");
  TrainOptions options = options_for(40);
  options.stopping.emplace();
  options.stopping->patience = 3;
  options.stopping->restore_best = true;
  ProgramSource source(fake::model());
  CpuDevice device(1);
  const auto data = data_of(100, 60);
  for (std::uint32_t patience : {3u, 100u}) {
    options.stopping->patience = patience;
    Keep keep;
    Trainer trainer(source, fast, device, options);
    const TrainResult result = trainer.run(data, &keep);
    const auto best = std::min_element(keep.losses.begin(), keep.losses.end());
    REQUIRE(result.best_epoch == static_cast<std::uint32_t>(best - keep.losses.begin()));
    CHECK(keep.best_flags[*result.best_epoch]);
    CHECK(result.restored_best);
    CHECK((result.status == TrainStatus::stopped_early) == (patience == 3));
    CHECK(*find_value(evaluate(trainer.instance(), data.validation), "loss") == *best);
    CHECK(result.epochs == keep.losses.size());
  }
}

TEST_CASE("early stopping without its figure is off and says so", "[trainer]") {
  TrainOptions options = options_for(2);
  options.stopping.emplace();
  const Run done = run(options, data_of(40, 0));
  REQUIRE(done.result.notes.size() == 1);
  CHECK_THAT(done.result.notes[0], Contains("val_loss"));
}

TEST_CASE("a listener can end the run", "[trainer]") {
  struct Two : TrainListener {
    int begun = 0, ended = 0;
    void on_train_begin(const TrainOptions&, std::uint32_t first, std::uint32_t batches) override { begun += first == 0 && batches == 5; }
    bool on_epoch_end(const EpochReport& report) override { return report.epoch + 1 < 2; }
    void on_train_end(const TrainResult&) override { ++ended; }
  } two;
  const Run done = run(options_for(9), data_of(40, 0), 1, &two);
  CHECK(done.result.status == TrainStatus::stopped_by_listener);
  CHECK(done.result.epochs == 2);
  CHECK(two.begun == 1);
  CHECK(two.ended == 1);
}

TEST_CASE("initial weights come from a file", "[trainer]") {
  const auto out = fresh_folder("init");
  TrainOptions first = options_for(1), second = options_for(1);
  first.out = out;
  const auto data = data_of(40, 0);
  const Run before = run(first, data);
  second.init = out / "model.safetensors";
  second.seed = 99;
  struct FirstLoss : TrainListener {
    double loss = 0;
    void on_batch_end(const BatchReport& report) override { loss = report.step == 1 ? report.metrics[0] : loss; }
  } from_file, from_scratch;
  run(second, data, 1, &from_file);
  second.init.clear();
  run(second, data, 1, &from_scratch);
  CHECK(from_file.loss < from_scratch.loss);
}

TEST_CASE("the steps are logged with 9 digits", "[trainer]") {
  const auto out = fresh_folder("log");
  TrainOptions options = options_for(2);
  options.log_steps = out / "steps.csv";
  struct Losses : TrainListener {
    std::vector<double> all;
    void on_batch_end(const BatchReport& report) override { all.push_back(report.metrics[0]); }
  } losses;
  run(options, data_of(20, 0), 1, &losses);
  std::ifstream file(options.log_steps);
  std::string line;
  for (std::size_t step = 0; step < 6; ++step) {
    REQUIRE(std::getline(file, line));
    const std::size_t comma = line.find(',');
    CHECK(line.substr(0, comma) == std::to_string(step + 1));
    CHECK(std::stod(line.substr(comma + 1)) == Approx(losses.all[step]).epsilon(1e-8));
  }
  CHECK_FALSE(std::getline(file, line));
}

TEST_CASE("standardize measures the training part", "[trainer]") {
  ProgramSource source(fake::standardized_model());
  CpuDevice device(1);
  Trainer trainer(source, Point(fake::standardized_model()), device, options_for(1));
  trainer.run(data_of(400, 0));
  const auto mean = trainer.instance().get_doubles(*trainer.instance().find_state("input.mean"));
  const auto scale = trainer.instance().get_doubles(*trainer.instance().find_state("input.scale"));
  for (double m : mean) CHECK(m == Approx(127.5).margin(12));
  for (double s : scale) CHECK(s == Approx(1 / 73.9).epsilon(0.1));
}

TEST_CASE("bad options are one sentence", "[trainer]") {
  TrainOptions options = options_for(0);
  CHECK_THROWS_WITH(run(options, data_of(40, 0)), "--epochs must be 1 or more");
  options = options_for(1);
  options.batch = 0;
  CHECK_THROWS_WITH(run(options, data_of(40, 0)), "--batch must be 1 or more");
  options = options_for(1);
  options.resume = true;
  CHECK_THROWS_WITH(run(options, data_of(40, 0)), Contains("--out"));
  options.out = fresh_folder("empty");
  CHECK_THROWS_WITH(run(options, data_of(40, 0)), Contains("no checkpoint"));
  CHECK_THROWS_WITH(run(options_for(1), TrainData{}), Contains("no rows"));
}

TEST_CASE("the first Ctrl-C raises a flag", "[interrupt]") {
  {
    const InterruptGuard guard;
    CHECK_FALSE(InterruptGuard::raised());
    std::raise(SIGINT);
    CHECK(InterruptGuard::raised());
  }
  const InterruptGuard again;
  CHECK_FALSE(InterruptGuard::raised());
}
