// A run that is cut, by a flag or by SIGKILL, and continued equals the uninterrupted one bit for bit.
#include "runtime/support/fake_data.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/atomic_file.hpp>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/train/trainer.hpp>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

using namespace ingot::runtime;
using Catch::Matchers::Contains;

namespace {

constexpr std::uint32_t rows = 77, batches = 10, epochs = 6;

std::filesystem::path fresh_folder(const std::string& name) {
  const auto folder = std::filesystem::temp_directory_path() / "ingot_resume_test" / name;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

Point dropping_point() {
  Point point(fake::model());
  point.set("drop=true");
  point.set("learning_rate=0.1");
  return point;
}

TrainOptions options_for(const std::filesystem::path& out) {
  TrainOptions options;
  options.epochs = epochs;
  options.batch = 8;
  options.seed = 21;
  options.out = out;
  options.stopping.emplace();
  options.stopping->patience = 2;
  options.stopping->restore_best = true;
  return options;
}

TrainData data() { return {fake::dataset(rows, 1), fake::dataset(30, 2)}; }

/// Raises a flag, or kills the process, after a step.
struct Cut : TrainListener {
  std::uint64_t at = 0;
  std::atomic<bool> stop{false};
  bool kill = false;
  bool in_epoch_end = false;
  void on_batch_end(const BatchReport& report) override {
    if (report.step != at || in_epoch_end) return;
    if (kill) ::kill(::getpid(), SIGKILL);
    stop = true;
  }
  bool on_epoch_end(const EpochReport& report) override {
    if (in_epoch_end && report.step == at) ::kill(::getpid(), SIGKILL);
    return true;
  }
};

TrainResult train(TrainOptions options, TrainListener* listener = nullptr, std::uint32_t threads = 1, const TrainData& rows_of = data(),
                  const Point& point = dropping_point()) {
  ProgramSource source(fake::model());
  CpuDevice device(threads);
  Trainer trainer(source, point, device, std::move(options));
  return trainer.run(rows_of, listener);
}

void check_equal_outputs(const std::filesystem::path& a, const std::filesystem::path& b) {
  for (const char* file : {"model.safetensors", "history.csv"}) CHECK(read_whole_file(a / file) == read_whole_file(b / file));
  const Checkpoint x = read_checkpoint(checkpoint_path(a)), y = read_checkpoint(checkpoint_path(b));
  CHECK(x.epoch == y.epoch);
  CHECK(x.step == y.step);
  REQUIRE(x.states.size() == y.states.size());
  for (std::size_t i = 0; i < x.states.size(); ++i) CHECK(x.states[i].data == y.states[i].data);
}

const std::filesystem::path& whole_run() {
  static const std::filesystem::path out = [] {
    const auto folder = fresh_folder("whole");
    TrainOptions options = options_for(folder);
    options.log_steps = folder / "steps.csv";
    train(options);
    return folder;
  }();
  return out;
}

}  // namespace

TEST_CASE("an interrupted run continues bit for bit, in an epoch and between epochs, with other threads", "[resume]") {
  for (std::uint64_t at : {1u, 7u, 10u, 15u, 19u, 20u, 29u}) {
    const auto out = fresh_folder("cut" + std::to_string(at));
    Cut cut;
    cut.at = at;
    TrainOptions options = options_for(out);
    options.stop = &cut.stop;
    options.log_steps = out / "steps.csv";
    const TrainResult first = train(options, &cut, 1);
    REQUIRE(first.status == TrainStatus::interrupted);
    CHECK_FALSE(std::filesystem::exists(out / "model.safetensors"));
    CHECK(read_checkpoint(checkpoint_path(out)).step == at);
    options.stop = nullptr;
    options.resume = true;
    train(options, nullptr, at % 2 == 0 ? 2 : 3);
    check_equal_outputs(whole_run(), out);
    CHECK(read_whole_file(out / "steps.csv") == read_whole_file(whole_run() / "steps.csv"));
  }
}

TEST_CASE("kill -9 costs at most the running epoch", "[resume]") {
  for (std::uint64_t at : {11u, 20u, 28u}) {
    for (bool in_epoch_end : {false, true}) {
      if (in_epoch_end && at % batches != 0) continue;
      const auto out = fresh_folder("kill" + std::to_string(at) + (in_epoch_end ? "e" : ""));
      TrainOptions options = options_for(out);
      options.log_steps = out / "steps.csv";
      const pid_t child = fork();
      if (child == 0) {
        Cut cut;
        cut.at = at;
        cut.kill = true;
        cut.in_epoch_end = in_epoch_end;
        train(options, &cut);
        _exit(0);
      }
      int status = 0;
      REQUIRE(waitpid(child, &status, 0) == child);
      REQUIRE(WIFSIGNALED(status));
      CHECK(read_checkpoint(checkpoint_path(out)).epoch == (at - 1) / batches);
      options.resume = true;
      train(options, nullptr, 2);
      check_equal_outputs(whole_run(), out);
      CHECK(read_whole_file(out / "steps.csv") == read_whole_file(whole_run() / "steps.csv"));
    }
  }
}

TEST_CASE("kill -9 at random moments, again and again", "[resume]") {
  const auto out = fresh_folder("random");
  TrainOptions options = options_for(out);
  options.resume_if_present = true;
  for (int round = 0; round < 8; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      train(options);
      _exit(0);
    }
    ::usleep(static_cast<useconds_t>(1500 * round));
    ::kill(child, SIGKILL);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
  }
  train(options);
  check_equal_outputs(whole_run(), out);
}

TEST_CASE("kill -9 between a checkpoint and its history loses no row, even in the last epoch", "[resume]") {
  const auto out = fresh_folder("history");
  TrainOptions options = options_for(out);
  train(options);
  std::filesystem::remove(out / "history.csv");
  options.resume = true;
  train(options);
  check_equal_outputs(whole_run(), out);
}

TEST_CASE("a finished run is extended by more epochs as if it had never ended", "[resume]") {
  const auto out = fresh_folder("extend");
  TrainOptions options = options_for(out);
  options.epochs = 2;
  CHECK(train(options).epochs == 2);
  options.epochs = epochs;
  options.resume = true;
  train(options);
  check_equal_outputs(whole_run(), out);
}

TEST_CASE("a run that early stopping ended stays ended", "[resume]") {
  const auto out = fresh_folder("stopped");
  TrainOptions options = options_for(out);
  options.epochs = 100;
  const TrainResult first = train(options);
  REQUIRE(first.status == TrainStatus::stopped_early);
  const std::string weights = read_whole_file(out / "model.safetensors");
  options.resume = true;
  const TrainResult again = train(options);
  CHECK(again.status == TrainStatus::stopped_early);
  CHECK(again.epochs == first.epochs);
  CHECK(read_whole_file(out / "model.safetensors") == weights);
}

TEST_CASE("a resume that is another run is refused, naming the difference", "[resume]") {
  const auto out = fresh_folder("other");
  TrainOptions options = options_for(out);
  options.epochs = 1;
  train(options);
  options.epochs = 2;
  options.resume = true;
  TrainOptions other = options;
  other.seed = 5;
  CHECK_THROWS_WITH(train(other), Contains("--seed 21, this run has 5"));
  other = options;
  other.shuffle = false;
  CHECK_THROWS_WITH(train(other), Contains("shuffling"));
  CHECK_THROWS_WITH(train(options, nullptr, 1, data(), Point(fake::model())), Contains("learning_rate 0.1, this run has 0.01"));
  CHECK_THROWS_WITH(train(options, nullptr, 1, {fake::dataset(rows, 9), fake::dataset(30, 2)}), Contains("other data"));
  CHECK_THROWS_WITH(train(options, nullptr, 1, {fake::dataset(rows + 1, 1), {}}), Contains("77, this run has 78"));
  CHECK_NOTHROW(train(options));
}

TEST_CASE("another plan or target asks for --allow-other-plan", "[resume]") {
  const auto out = fresh_folder("plan");
  TrainOptions options = options_for(out);
  options.epochs = 1;
  train(options);
  Checkpoint checkpoint = read_checkpoint(checkpoint_path(out));
  checkpoint.plan_hash = "another";
  write_checkpoint(checkpoint_path(out), checkpoint);
  options.epochs = 2;
  options.resume = true;
  CHECK_THROWS_WITH(train(options), Contains("plan another") && Contains("--allow-other-plan"));
  options.allow_other_plan = true;
  CHECK(train(options).epochs == 2);
}
