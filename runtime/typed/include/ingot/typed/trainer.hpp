// ingot::trainer<model>: training, evaluation and prediction of a compiled model with the types of its declaration.
//
//   extern "C" const ingot_model ingot_model_fashion;            // what ingot_add_model compiled
//   ingot::config<fashion> at;                                   // a point of the space, typed
//   at["units"_hp] = 512;
//   ingot::trainer<fashion> trainer(ingot_model_fashion, at, {.epochs = 10});
//   trainer.on_epoch_end = [](const ingot::epoch_event& e) { return *find_value(e.values, "val_accuracy") < 0.9; };  // false: enough
//   trainer.fit(train, validation);
//   trainer.evaluate(test).accuracy;   trainer.predict<0>(test.inputs).view;   trainer.read_weights()["hidden"_layer].kernel;
//
// Wrong names of hyper-parameters and layers, and rows of another shape, do not compile. At run time everything is as
// runtime::Trainer does it; errors are its errors. A structural value that was not built ahead compiles through libingot_codegen.so.
// {.device = "cuda"} among the options trains on a GPU; every number of a run has the same meaning there.
#pragma once
#include <ingot/runtime/device/open_device.hpp>
#include <ingot/runtime/train/trainer.hpp>
#include <ingot/runtime/train/weights.hpp>
#include <ingot/typed/rows.hpp>
#include <ingot/typed/weights.hpp>

#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>

namespace ingot {

using batch_event = runtime::BatchReport;
using epoch_event = runtime::EpochReport;
using fit_result = runtime::TrainResult;
using runtime::find_value;

/// What is not given comes from the recipe.
struct trainer_options {
  std::optional<std::uint32_t> epochs{}, batch{};
  std::uint64_t seed = 0;
  std::uint32_t threads = 1;            ///< 0: all; results do not depend on it
  std::string device = "cpu";           ///< or "cuda", "cuda:N": then `program` is built for cuda, or compiled at run time
  std::filesystem::path cuda_driver{};  ///< another library in the place of NVIDIA's driver
  bool shuffle = true;
  std::filesystem::path out{};   ///< gets model.safetensors, history.csv and checkpoint/
  bool resume = false;           ///< continue from out/checkpoint
  std::filesystem::path init{};  ///< safetensors with initial weights
  const std::atomic<bool>* stop = nullptr;
};

/// NaN: the model has no such figure.
struct figures {
  double loss = std::numeric_limits<double>::quiet_NaN(), accuracy = std::numeric_limits<double>::quiet_NaN();
};

/// Output K for some rows, in memory of its own.
template <const auto& M, int K = 0>
struct prediction {
  std::vector<float> values;
  output_of<M, K> view;
};

template <const auto& M>
class trainer {
  static_assert(verdict_of<M>.ok, "trainer<model>: the model is not sound");

 public:
  /// `program` must be compiled from M: its hyper-parameters are checked by name.
  explicit trainer(const ingot_model& program, const config<M>& at = {}, trainer_options options = {})
      : options_(std::move(options)),
        at_(at),
        source_(program),
        device_(runtime::open_device({options_.device, options_.threads, options_.cuda_driver})),
        trainer_(source_, to_point(program, at), *device_, run_options(to_point(program, at))) {}

  std::function<void(const batch_event&)> on_batch_end;
  std::function<bool(const epoch_event&)> on_epoch_end;  ///< false: stop after this epoch

  template <class T>
  fit_result fit(const labelled<M, T>& train, const labelled<M, T>& validation = {}) {
    runtime::TrainData data;
    data.train = detail::as_dataset<M, T>(train, source_.model());
    if (std::get<0>(validation.inputs).extent[0] > 0) data.validation = detail::as_dataset<M, T>(validation, source_.model());
    listener listen(*this);
    return trainer_.run(data, &listen);
  }

  template <class T>
  [[nodiscard]] figures evaluate(const labelled<M, T>& rows) {
    const runtime::NamedValues values = runtime::evaluate(trainer_.instance(), detail::as_dataset<M, T>(rows, source_.model()));
    figures m;
    if (const double* value = find_value(values, "loss")) m.loss = *value;
    if (const double* value = find_value(values, "accuracy")) m.accuracy = *value;
    return m;
  }

  /// Probabilities (of classes) or values.
  template <int K = 0, class... T>
  [[nodiscard]] prediction<M, K> predict(const std::tuple<T...>& inputs) {
    using element = std::remove_const_t<std::remove_pointer_t<decltype(std::get<0>(inputs).data)>>;
    const runtime::Dataset rows = detail::as_dataset<M, element>(inputs_of<M, element>(inputs), source_.model());
    const std::vector<std::byte> raw = std::move(runtime::predict(trainer_.instance(), rows)[K]);
    const ingot_tensor& row = source_.model().outputs[K];
    prediction<M, K> result;
    const auto* values = reinterpret_cast<const float*>(raw.data());
    result.values.assign(values, values + raw.size() / sizeof(float));
    runtime::to_probabilities(source_.model(), K, result.values);
    result.view.data = result.values.data();
    result.view.extent[0] = static_cast<std::int32_t>(rows.rows());
    for (std::size_t k = 1; k < result.view.extent.size(); ++k) result.view.extent[k] = static_cast<std::int32_t>(row.dims[k - 1]);
    return result;
  }

  [[nodiscard]] weights<M> read_weights() {
    weights<M> all;
    all.read(trainer_.instance());
    return all;
  }
  void write_weights(weights<M>& all) { all.write(trainer_.instance()); }
  /// As safetensors.
  void save(const std::filesystem::path& path) { runtime::save_weights(path, trainer_.instance()); }
  void load(const std::filesystem::path& path) { runtime::load_weights(path, trainer_.instance()); }

  [[nodiscard]] const config<M>& configuration() const { return at_; }
  /// The untyped core, for what is not here.
  [[nodiscard]] runtime::Trainer& core() { return trainer_; }

 private:
  struct listener : runtime::TrainListener {
    explicit listener(trainer& owner) : owner_(&owner) {}
    void on_batch_end(const batch_event& e) override {
      if (owner_->on_batch_end) owner_->on_batch_end(e);
    }
    bool on_epoch_end(const epoch_event& e) override { return !owner_->on_epoch_end || owner_->on_epoch_end(e); }
    trainer* owner_;
  };

  static runtime::Point to_point(const ingot_model& program, const config<M>& at) {
    const auto values = at.flat();
    runtime::Point point(program);
    if (program.n_hps != static_cast<std::uint32_t>(M.n_hps)) {
      throw runtime::UserError(std::string(program.name) + " was compiled from another declaration: it has " +
                               std::to_string(program.n_hps) + " hyper-parameters, this one " + std::to_string(M.n_hps));
    }
    for (int i = 0; i < M.n_hps; ++i) {
      point.set(point.index(M.hps[i].name.view()), values[static_cast<std::size_t>(i)]);
    }
    return point;
  }

  runtime::TrainOptions run_options(const runtime::Point& point) const {
    runtime::TrainOptions run = runtime::declared_options(point);
    if (options_.epochs) run.epochs = *options_.epochs;
    if (options_.batch) run.batch = *options_.batch;
    run.seed = options_.seed;
    run.shuffle = options_.shuffle;
    run.out = options_.out;
    run.resume = options_.resume;
    run.init = options_.init;
    run.stop = options_.stop;
    return run;
  }

  trainer_options options_;
  config<M> at_;
  runtime::ProgramSource source_;
  std::unique_ptr<runtime::Device> device_;
  runtime::Trainer trainer_;
};

}  // namespace ingot
