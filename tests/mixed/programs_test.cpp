// Compiled programs in mixed precision: updates whose gradients overflow are skipped with everything that hangs on them, the scale of the
// loss moves as declared, and training, resuming, checking and predicting work as in f32. Built once for each device.
#include "runtime/device/device_under_test.hpp"

#include <ingot/runtime/train/gradcheck.hpp>
#include <ingot/runtime/train/rate_schedule.hpp>
#include <ingot/runtime/train/trainer.hpp>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <random>

extern "C" {
extern const ingot_model ingot_model_mixed_f16;
extern const ingot_model ingot_model_mixed_parts;
extern const ingot_model ingot_model_mixed_bf16;
}

using namespace ingot::runtime;
using ingot::test::device_under_test;

namespace {

constexpr std::uint32_t features = 20, batch = 16, classes = 3;
constexpr float too_large = 1e6F;  // beyond f16

template <class T>
Table table(std::string name, std::uint32_t dtype, std::vector<std::uint32_t> dims, std::uint64_t rows, const std::vector<T>& values) {
  Table t;
  t.name = std::move(name);
  t.dtype = dtype;
  t.dims = std::move(dims);
  t.rows = rows;
  const std::shared_ptr<std::byte[]> memory(new std::byte[values.size() * sizeof(T)]);
  std::memcpy(memory.get(), values.data(), values.size() * sizeof(T));
  t.storage = std::shared_ptr<const std::byte>(memory, memory.get());
  return t;
}

/// Rows around one centre for each class; `poisoned` has an entry that f16 cannot hold. -1: none.
Dataset rows_of_classes(std::uint32_t rows, int poisoned = -1) {
  std::mt19937 random(5);
  std::normal_distribution<float> noise(0, 1);
  std::vector<float> x;
  std::vector<std::int32_t> y;
  for (std::uint32_t r = 0; r < rows; ++r) {
    y.push_back(static_cast<std::int32_t>(r % classes));
    for (std::uint32_t c = 0; c < features; ++c) x.push_back(noise(random) + (c % classes == r % classes ? 2.0F : 0.0F));
    if (static_cast<int>(r) == poisoned) x.back() = too_large;
  }
  Dataset d;
  d.inputs = {table("input", INGOT_F32, {features}, rows, x)};
  d.targets = {table("logits", INGOT_I32, {}, rows, y)};
  d.identity = content_identity(d);
  return d;
}

/// A program that is stepped by hand.
class Stepped {
 public:
  explicit Stepped(const ingot_model& model)
      : source_(model),
        device_(device_under_test()),
        instance_(Point(model), source_.get(Point(model), {.batch = batch, .target = device_->target()}), *device_),
        good_(rows_of_classes(batch)),
        bad_(rows_of_classes(batch, 3)) {
    instance_.initialize(1);
  }
  void step(bool overflows, double rate = 0.01) {
    const DatasetPointers rows(overflows ? bad_ : good_);
    const Feed feed{rows.inputs(), rows.input_dtypes(), rows.targets(), nullptr, batch};
    const auto metrics = instance_.run(INGOT_TRAIN, feed, {++calls_, 7, rate});
    skipped_ = metrics[*instance_.find_metric(INGOT_TRAIN, INGOT_SKIPPED_UPDATES)];
  }
  [[nodiscard]] double number(std::string_view state) const { return instance_.get_doubles(*instance_.find_state(state)).at(0); }
  void set(std::string_view state, double value) { instance_.set_doubles(*instance_.find_state(state), std::vector{value}); }
  [[nodiscard]] double skipped() const { return skipped_; }
  /// All states but those of the scale.
  [[nodiscard]] std::vector<std::vector<double>> weights_and_slots() const {
    std::vector<std::vector<double>> all;
    for (std::uint32_t i = 0; i < instance_.states().size(); ++i)
      if (!std::string_view(instance_.states()[i].tensor.name).starts_with("loss_scale")) all.push_back(instance_.get_doubles(i));
    return all;
  }

 private:
  ProgramSource source_;
  std::unique_ptr<Device> device_;
  Instance instance_;
  Dataset good_, bad_;
  std::uint64_t calls_ = 0;
  double skipped_ = 0;
};

TrainOptions options_of(const ingot_model& model) {
  TrainOptions options = declared_options(Point(model));
  options.batch = batch;
  return options;
}

struct Run {
  TrainResult result;
  std::vector<std::vector<double>> states;
};

Run train(const ingot_model& model, const TrainOptions& options, const Dataset& data, TrainListener* listener = nullptr) {
  ProgramSource source(model);
  const auto device = device_under_test(1);
  Trainer trainer(source, Point(model), *device, options);
  Run run;
  run.result = trainer.run({data, rows_of_classes(30)}, listener);
  for (std::uint32_t i = 0; i < trainer.instance().states().size(); ++i) run.states.push_back(trainer.instance().get_doubles(i));
  return run;
}

}  // namespace

TEST_CASE("an update that overflows changes nothing but the scale", "[mixed][scale]") {
  Stepped s(ingot_model_mixed_f16);
  s.step(false);
  s.step(false);
  const auto before = s.weights_and_slots();
  CHECK(s.number("loss_scale") == 1024);
  CHECK(s.number("loss_scale.good") == 2);
  s.step(true);
  CHECK(s.weights_and_slots() == before);
  CHECK(s.number("loss_scale") == 512);
  CHECK(s.number("loss_scale.good") == 0);
  CHECK(s.skipped() == 1);
  s.step(false);
  CHECK(s.weights_and_slots() != before);
  CHECK(s.skipped() == 1);
}

TEST_CASE("the update behind a skipped one has the optimizer's number of the skipped one", "[mixed][scale]") {
  Stepped with(ingot_model_mixed_f16), without(ingot_model_mixed_f16);
  for (const bool overflows : {false, false, true, false, false}) {
    with.step(overflows);
    if (overflows)
      without.set("loss_scale", 512);
    else
      without.step(false);
  }
  CHECK(with.weights_and_slots() == without.weights_and_slots());
}

TEST_CASE("the scale doubles after the declared number of good updates, and does not fall below 1", "[mixed][scale]") {
  Stepped s(ingot_model_mixed_f16);
  for (int i = 0; i < 3; ++i) s.step(false);
  CHECK(s.number("loss_scale") == 1024);
  s.step(false);
  CHECK(s.number("loss_scale") == 2048);
  CHECK(s.number("loss_scale.good") == 0);
  s.set("loss_scale", 1);
  s.step(true);
  CHECK(s.number("loss_scale") == 1);
}

TEST_CASE("with gathered gradients an overflow in one call skips the update that it is part of", "[mixed][scale]") {
  Stepped s(ingot_model_mixed_parts);
  s.step(false);
  s.step(false);
  const auto before = s.weights_and_slots();  // behind an update the sums are 0
  s.step(true);
  CHECK(s.skipped() == 0);
  s.step(false);
  CHECK(s.skipped() == 1);
  CHECK(s.weights_and_slots() == before);
  CHECK(s.number("loss_scale") == 1024);  // growth_after(0): it stays
  s.step(false);
  s.step(false);
  CHECK(s.skipped() == 1);
  CHECK(s.weights_and_slots() != before);
}

TEST_CASE("training goes on over an overflow, reports it, and its schedule waits", "[mixed][scale]") {
  const Dataset data = rows_of_classes(160, 70);
  const Run run = train(ingot_model_mixed_f16, options_of(ingot_model_mixed_f16), data);
  CHECK(run.result.status == TrainStatus::finished);
  CHECK(*find_value(run.result.last, INGOT_SKIPPED_UPDATES) == 3);  // the row comes once an epoch
  CHECK(std::isfinite(*find_value(run.result.last, "loss")));
  const RateSchedule schedule(Point(ingot_model_mixed_f16), {10, 3});
  CHECK(*find_value(run.result.last, "learning_rate") == schedule.at(30 - 1 - 3));
  CHECK(*find_value(run.result.last, "loss") < *find_value(run.result.history.front(), "loss"));
}

TEST_CASE("a run that is resumed behind skipped updates equals the uninterrupted one", "[mixed][scale][resume]") {
  const Dataset data = rows_of_classes(160, 70);
  TrainOptions options = options_of(ingot_model_mixed_f16);
  const Run whole = train(ingot_model_mixed_f16, options, data);
  options.out = std::filesystem::temp_directory_path() / "ingot_mixed_resume";
  std::filesystem::remove_all(options.out);
  struct Stop : TrainListener {
    bool on_epoch_end(const EpochReport&) override { return false; }
  } stop;
  options.epochs = 3;
  (void)train(ingot_model_mixed_f16, options, data, &stop);
  options.resume = true;
  const Run resumed = train(ingot_model_mixed_f16, options, data);
  CHECK(resumed.states == whole.states);
  CHECK(resumed.result.history == whole.result.history);
  std::filesystem::remove_all(options.out);
}

TEST_CASE("a run whose gradients always overflow ends with a sentence", "[mixed][scale]") {
  TrainOptions options = options_of(ingot_model_mixed_f16);
  options.epochs = 100;
  const Run run = train(ingot_model_mixed_f16, options, rows_of_classes(batch, 2));
  CHECK(run.result.status == TrainStatus::not_finite);
  CHECK(run.result.reason.find("gradients overflowed f16 in 64 updates in a row") != std::string::npos);
}

TEST_CASE("gradients of mixed programs are checked in float64, and against it in theirs", "[mixed][gradcheck]") {
  for (const ingot_model* model : {&ingot_model_mixed_f16, &ingot_model_mixed_parts, &ingot_model_mixed_bf16}) {
    ProgramSource source(*model);
    const auto device = device_under_test(1);
    GradcheckOptions options;
    options.burn_in_steps = 2;
    const GradcheckResult result = gradcheck(source, Point(*model), *device, rows_of_classes(batch), batch, options);
    CHECK(result.problem.empty());
    for (const TensorCheck& t : result.tensors) {
      INFO(model->name << " " << t.name << ": " << t.f32_error << " " << t.verdict);
      CHECK(t.passed);
      CHECK(t.f32_tolerance == 2e-2);
    }
    CHECK(result.worst_relative_error < 1e-6);
  }
}

TEST_CASE("bf16 trains without a scale, evaluates and predicts", "[mixed]") {
  const Run run = train(ingot_model_mixed_bf16, options_of(ingot_model_mixed_bf16), rows_of_classes(160));
  CHECK(run.result.status == TrainStatus::finished);
  CHECK(find_value(run.result.last, INGOT_LOSS_SCALE) == nullptr);
  CHECK(*find_value(run.result.last, "val_accuracy") > 0.9);
}
