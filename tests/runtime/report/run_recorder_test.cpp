// What is recorded of a real training: against its own results, the weights it ends with, and derivatives of its loss.
#include "report/run_recorder.hpp"

#include "runtime/search/scratch.hpp"
#include "runtime/support/fake_data.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/atomic_file.hpp>

#include <cmath>
#include <numeric>

using namespace ingot::runtime;

namespace {

constexpr std::uint32_t batch = 8;

TrainOptions options_for(std::uint32_t epochs, const std::filesystem::path& out) {
  TrainOptions options = declared_options(Point(fake::model()));
  options.epochs = epochs;
  options.seed = 3;
  options.out = out;
  return options;
}

/// One training with a recorder, gradients included, and all that is needed to look at it afterwards.
struct Recorded {
  ProgramSource source{fake::model()};
  CpuDevice device{1};
  Trainer trainer;
  TrainData data{fake::dataset(200, 1), fake::dataset(40, 2)};
  TrainResult result;

  explicit Recorded(TrainOptions options) : trainer(source, Point(fake::model()), device, options) {
    GradientProbe gradients(source, trainer.instance(), data.train, batch, options.seed);
    RunRecorder recorder(trainer.instance(), data, options.out, &gradients);
    result = trainer.run(data, &recorder);
    recorder.finish({{"loss", 0.25}});
  }
};

RunRecord read(const std::filesystem::path& out) { return run_record_from_json(read_whole_file(run_record_path(out)), "report.json"); }

std::size_t tensor_named(const RunRecord& record, const std::string& name) {
  for (std::size_t t = 0; t < record.tensors.size(); ++t)
    if (record.tensors[t].first == name) return t;
  throw std::out_of_range(name);
}

/// The norm of the loss's derivative in a tensor, by central differences of the evaluate entry.
double differences_norm(Instance& instance, const Dataset& rows, const std::string& name) {
  const std::uint32_t state = *instance.find_state(name);
  const std::vector<double> values = instance.get_doubles(state);
  const auto loss_with = [&](std::size_t i, double step) {
    std::vector<double> moved = values;
    moved[i] += step;
    instance.set_doubles(state, moved);
    return *find_value(evaluate(instance, rows), "loss");
  };
  constexpr double h = 1e-2;  // the loss is float32: smaller steps drown in rounding
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) sum += std::pow((loss_with(i, h) - loss_with(i, -h)) / (2 * h), 2);
  instance.set_doubles(state, values);
  return std::sqrt(sum);
}

}  // namespace

TEST_CASE("the record holds the figures, the statistics of the weights and the end of the run", "[run_recorder]") {
  const Scratch scratch;
  Recorded run(options_for(4, scratch.path));
  const RunRecord record = read(scratch.path);
  REQUIRE(record.epochs.size() == 4);
  for (std::size_t e = 0; e < 4; ++e) {
    CHECK(record.epochs[e].number == e + 1);
    CHECK(record.epochs[e].values == run.result.history[e]);
    CHECK(record.epochs[e].seconds > 0);
  }
  CHECK(record.status == "finished");
  CHECK(record.test == NamedValues{{"loss", 0.25}});
  REQUIRE(record.best_epoch);
  CHECK(*record.best_epoch == *lowest_loss_epoch(run.result.history) + 1);

  Instance& instance = run.trainer.instance();
  const std::size_t kernel = tensor_named(record, "hidden.kernel");
  const std::vector<double> values = instance.get_doubles(*instance.find_state("hidden.kernel"));
  const TensorStatistics& s = record.epochs.back().tensors[kernel];
  CHECK(s.mean == Approx(std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size())));
  CHECK(s.norm == Approx(std::sqrt(std::inner_product(values.begin(), values.end(), values.begin(), 0.0))));
  CHECK(s.maximum == Approx(*std::max_element(values.begin(), values.end())));
  CHECK(record.tensors[kernel].second == "6 x 4");
  CHECK(std::filesystem::file_size(scratch.path / "report.html") > 4000);
}

TEST_CASE("gradient norms are those of the loss over the first batch", "[run_recorder]") {
  const Scratch scratch;
  Recorded run(options_for(2, scratch.path));
  const RunRecord record = read(scratch.path);
  for (const char* name : {"hidden.kernel", "logits.kernel", "logits.bias"}) {
    const double wanted = differences_norm(run.trainer.instance(), run.data.train.slice(0, batch), name);
    CHECK(*record.epochs.back().tensors[tensor_named(record, name)].gradient_norm == Approx(wanted).epsilon(0.02));
  }
}

TEST_CASE("confusions count every validation row once, the diagonal is the accuracy", "[run_recorder]") {
  const Scratch scratch;
  Recorded run(options_for(3, scratch.path));
  const RunRecord::Confusion confusion = read(scratch.path).confusions.at(0);
  CHECK(confusion.classes == std::vector<std::string>{"0", "1", "2"});
  std::uint64_t all = 0, right = 0;
  for (std::size_t k = 0; k < 3; ++k) {
    all += std::accumulate(confusion.counts[k].begin(), confusion.counts[k].end(), std::uint64_t{0});
    right += confusion.counts[k][k];
  }
  CHECK(all == 40);
  CHECK(static_cast<double>(right) / 40 == Approx(*find_value(run.result.last, "val_accuracy")));
}

TEST_CASE("a resumed run goes on with the record, each epoch once", "[run_recorder]") {
  const Scratch scratch;
  const std::filesystem::path kept = scratch.path / "kept";
  Recorded(options_for(2, scratch.path));
  std::filesystem::copy_file(checkpoint_path(scratch.path), kept);
  TrainOptions more = options_for(3, scratch.path);
  more.resume = true;
  Recorded{more};
  // As after a kill between the record of epoch 3 and its checkpoint.
  std::filesystem::copy_file(kept, checkpoint_path(scratch.path), std::filesystem::copy_options::overwrite_existing);
  more.epochs = 4;
  Recorded{more};
  const RunRecord record = read(scratch.path);
  REQUIRE(record.epochs.size() == 4);
  for (std::uint32_t e = 0; e < 4; ++e) CHECK(record.epochs[e].number == e + 1);

  write_atomically(run_record_path(scratch.path), "{ damaged");
  more.epochs = 5;
  Recorded{more};
  CHECK(read(scratch.path).epochs.size() == 1);
}
