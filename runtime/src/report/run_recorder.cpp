#include "report/run_recorder.hpp"

#include "report/confusions.hpp"
#include "report/recipe_text.hpp"
#include "report/run_page.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/atomic_file.hpp>
#include <ingot/runtime/data/error.hpp>

#include <algorithm>

namespace ingot::runtime {
namespace {

constexpr std::chrono::seconds page_interval{1};

bool is_initial(const Point& point) {
  for (std::size_t i = 0; i < point.values().size(); ++i)
    if (point.model().hps[i].structural != 0 && point[i] != point.model().hps[i].initial) return false;
  return true;
}

TensorStatistics measure(const Instance& instance, std::uint32_t state) {
  const ingot_tensor& tensor = instance.states()[state].tensor;
  if (tensor.dtype != INGOT_F32) return tensor_statistics(instance.get_doubles(state));
  std::vector<float> values(tensor.elements);
  instance.get(state, values.data());
  return tensor_statistics(std::span<const float>(values));
}

/// Parameters of a layer are named after it; what the tensors of this point hold counts, not the point built ahead.
std::vector<RunRecord::Layer> layers_of(const Instance& instance) {
  const ingot_model& model = instance.point().model();
  const bool initial = is_initial(instance.point());
  std::vector<RunRecord::Layer> layers;
  for (std::uint32_t l = 0; l < model.n_layers; ++l) {
    RunRecord::Layer layer{model.layers[l].name, model.layers[l].kind, initial ? model.layers[l].output : "", 0};
    for (const ingot_state& state : instance.states())
      if ((state.role == INGOT_PARAMETER || state.role == INGOT_FROZEN) &&
          std::string_view(state.tensor.name).starts_with(layer.name + "."))
        layer.parameters += state.tensor.elements;
    layers.push_back(std::move(layer));
  }
  return layers;
}

}  // namespace

RunRecorder::RunRecorder(Instance& instance, const TrainData& data, std::filesystem::path folder, GradientProbe* gradients)
    : instance_(&instance), data_(&data), folder_(std::move(folder)), gradients_(gradients) {}

void RunRecorder::on_train_begin(const TrainOptions& options, std::uint32_t first_epoch, std::uint32_t) {
  describe(options);
  if (first_epoch > 0) recall(first_epoch);
}

void RunRecorder::describe(const TrainOptions& options) {
  const Point& point = instance_->point();
  record_ = {};
  record_.model = point.model().name;
  record_.point = point.describe();
  record_.recipe = recipe_text(point, options, *data_);
  record_.layers = layers_of(*instance_);
  states_.clear();
  for (std::uint32_t i = 0; i < instance_->states().size(); ++i) {
    const ingot_state& state = instance_->states()[i];
    if (state.role != INGOT_PARAMETER && state.role != INGOT_FROZEN) continue;
    states_.push_back(i);
    record_.tensors.emplace_back(state.tensor.name,
                                 fmt::format("{}", fmt::join(state.tensor.dims, state.tensor.dims + state.tensor.rank, " x ")));
  }
}

void RunRecorder::recall(std::uint32_t first_epoch) {
  const std::filesystem::path path = run_record_path(folder_);
  try {
    RunRecord before = run_record_from_json(read_whole_file(path), path.string());
    if (before.model != record_.model || before.tensors != record_.tensors) return;
    std::erase_if(before.epochs, [&](const RunRecord::Epoch& epoch) { return epoch.number > first_epoch; });
    record_.epochs = std::move(before.epochs);
  } catch (const UserError&) {  // none, or damaged: the report begins here
  }
}

bool RunRecorder::on_epoch_end(const EpochReport& report) {
  RunRecord::Epoch epoch{report.epoch + 1, report.values, report.seconds, report.validation_seconds, report.samples_per_s, {}};
  for (const std::uint32_t state : states_) epoch.tensors.push_back(measure(*instance_, state));
  if (gradients_ != nullptr) {
    std::vector<std::string> names;
    for (const auto& [name, shape] : record_.tensors) names.push_back(name);
    const std::vector<double> norms = gradients_->norms(names);
    for (std::size_t t = 0; t < norms.size(); ++t) epoch.tensors[t].gradient_norm = norms[t];
  }
  record_.epochs.push_back(std::move(epoch));
  write_atomically(run_record_path(folder_), to_json(record_));
  if (std::chrono::steady_clock::now() - page_written_ >= page_interval) write_page();
  return true;
}

void RunRecorder::on_train_end(const TrainResult& result) {
  record_.status = status_name(result.status);
  record_.reason = result.reason;
  const auto best = result.best_epoch ? result.best_epoch : lowest_loss_epoch(result.history);
  if (best) record_.best_epoch = *best + 1;
}

void RunRecorder::finish(const NamedValues& test) {
  record_.test = test;
  if (data_->validation.rows() > 0 && !data_->validation.targets.empty())
    record_.confusions = measure_confusions(*instance_, data_->validation);
  write_atomically(run_record_path(folder_), to_json(record_));
  write_page();
}

void RunRecorder::write_page() {
  write_atomically(folder_ / "report.html", run_page(record_));
  page_written_ = std::chrono::steady_clock::now();
}

}  // namespace ingot::runtime
