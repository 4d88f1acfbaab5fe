#include "cli/json_writer.hpp"
#include "cli/latency.hpp"
#include "cli/progress.hpp"
#include "cli/prune_form.hpp"
#include "cli/setup.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <ingot/runtime/data/atomic_file.hpp>
#include <ingot/runtime/prune/pruner.hpp>
#include <ingot/runtime/train/interrupt.hpp>
#include <ingot/runtime/train/weights.hpp>

#include <algorithm>

namespace ingot::runtime::cli {
namespace {

namespace fs = std::filesystem;

struct Report {
  NamedValues before, after;
  NamedValues sparsities;  ///< or "width.LAYER"
  std::uintmax_t bytes_before = 0, bytes_after = 0;
  Latencies seconds_before{}, seconds_after{};
  fs::path from, to;
  bool interrupted = false;
};

fs::path pruned_folder(const Invocation& call) {
  return call.options.out.empty() ? fs::path("out") / call.model.name / "pruned" : fs::path(call.options.out);
}

/// Fine-tuning follows the recipe, without what ends it early.
TrainOptions finetune_options(const Invocation& call, const Point& point, const fs::path& weights) {
  const Options& o = call.options;
  TrainOptions options = declared_options(point);
  options.epochs = std::max(o.finetune, 1u);
  options.batch = chosen_batch(call, point);
  options.seed = o.seed.value_or(0);
  options.stopping.reset();
  options.stop_rules.clear();
  options.init = weights;
  options.stop = InterruptGuard::flag();
  return options;
}

/// The share grows over the first half of fine-tuning, ten times an epoch.
PruneOptions prune_options(const Invocation& call) {
  const Options& o = call.options;
  PruneOptions prune;
  prune.pattern = parse_prune_form(o.form);
  prune.pattern.global = o.global;
  prune.spared = spared_layers(call.model, o.layers);
  prune.last = o.to_share;
  prune.gradual = o.finetune > 1 && prune.pattern.form != PruneForm::n_of_m;
  prune.end = {static_cast<double>(o.finetune) / 2, true};
  prune.frequency = {0.1, true};
  return prune;
}

void finetune(Trainer& trainer, const TrainData& data, Report& report) {
  TrainProgress progress;
  const TrainResult result = trainer.run(data, &progress);
  if (result.status == TrainStatus::not_finite) throw UserError(result.reason);
  report.interrupted = result.status == TrainStatus::interrupted;
}

/// Trains with masks, or only chooses them where there is nothing to fine-tune.
void prune_weights(const Invocation& call, Trainer& trainer, const TrainData& data, Report& report) {
  if (call.options.finetune > 0) finetune(trainer, data, report);
  Pruner pruner(trainer.instance(), trainer.options().prune->pattern, trainer.options().prune->spared);
  if (call.options.finetune == 0) pruner.choose(call.options.to_share);
  report.sparsities = pruner.sparsities();
}

/// The filters that are kept of each layer that is not spared: its kernel is a matrix with a column for each.
std::vector<LayerWidth> kept_filters(const Invocation& call, const Instance& instance, const PruneOptions& prune) {
  std::vector<LayerWidth> widths;
  std::vector<std::vector<double>> values;
  std::vector<WeightMatrix> kernels;
  for (std::uint32_t i = 0; i < call.model.n_layers; ++i) {
    const ingot_layer& layer = call.model.layers[i];
    const std::string_view kind = layer.kind;
    const auto kernel = instance.find_state(std::string(layer.name) + ".kernel");
    if (!kernel || (kind != "dense" && kind != "conv1d" && kind != "conv2d")) continue;
    if (std::ranges::find(prune.spared, layer.name) != prune.spared.end()) continue;
    values.push_back(instance.get_doubles(*kernel));
    widths.push_back({layer.name, 0, {}});
    const ingot_tensor& tensor = instance.states()[*kernel].tensor;
    kernels.push_back({tensor.elements / tensor.dims[tensor.rank - 1], tensor.dims[tensor.rank - 1], {}});
  }
  if (widths.empty()) throw UserError("there is no dense layer, conv1d or conv2d whose filters could be left out; name one with --layer");
  for (std::size_t k = 0; k < kernels.size(); ++k) kernels[k].values = values[k];
  const std::vector<Mask> masks = choose_masks(kernels, prune.pattern, prune.last);
  for (std::size_t k = 0; k < masks.size(); ++k) {
    for (std::uint32_t c = 0; c < kernels[k].cols; ++c)
      if (masks[k][c] != 0) widths[k].kept.push_back(c);
    widths[k].size = static_cast<std::uint32_t>(widths[k].kept.size());
  }
  return widths;
}

void print_report(const Report& r) {
  print_line(fmt::format("before: {}", values_text(r.before)));
  print_line(fmt::format("after:  {}", values_text(r.after)));
  for (const auto& [name, value] : r.sparsities) print_line(fmt::format("  {:<36} {:g}", name, value));
  print_line(fmt::format("file:   {} bytes, {:.3f} of the {} before", grouped(static_cast<double>(r.bytes_after)),
                         static_cast<double>(r.bytes_after) / static_cast<double>(r.bytes_before),
                         grouped(static_cast<double>(r.bytes_before))));
  for (std::size_t k = 0; k < latency_batches.size(); ++k)
    print_line(fmt::format("batch {:<3} {:.1f} us instead of {:.1f} us: {:.2f} times as fast, one thread", latency_batches[k],
                           1e6 * r.seconds_after[k], 1e6 * r.seconds_before[k], r.seconds_before[k] / r.seconds_after[k]));
  print_line("written to " + r.to.string());
}

std::string json(const Report& r) {
  JsonWriter w;
  w.begin_object();
  for (const auto& [name, value] : r.before) w.add("before_" + name, value);
  for (const auto& [name, value] : r.after) w.add("after_" + name, value);
  for (const auto& [name, value] : r.sparsities) w.add(name, value);
  w.add("bytes_before", r.bytes_before).add("bytes_after", r.bytes_after);
  for (std::size_t k = 0; k < latency_batches.size(); ++k)
    w.add(fmt::format("seconds_before_batch_{}", latency_batches[k]), r.seconds_before[k])
        .add(fmt::format("seconds_after_batch_{}", latency_batches[k]), r.seconds_after[k]);
  return w.add("weights", r.from.string()).add("out", r.to.string()).end_object().text();
}

struct Job {
  const Invocation& call;
  ProgramSource& source;
  const Point& point;
  Device& device;
  const TrainData& parts;
  const Dataset& judge;
  PruneOptions prune;
};

/// Masks through fine-tuning, then a file of what is left.
void zero_weights(const Job& job, Report& report) {
  TrainOptions options = finetune_options(job.call, job.point, report.from);
  options.variant.masks = true;
  options.prune = job.prune;
  Trainer trainer(job.source, job.point, job.device, options);
  load_weights(report.from, trainer.instance());
  report.before = evaluate(trainer.instance(), job.judge);
  prune_weights(job.call, trainer, job.parts, report);
  if (report.interrupted) return;
  report.after = evaluate(trainer.instance(), job.judge);
  save_weights(report.to, trainer.instance(), WeightForm::sparse);
}

/// A smaller dense program: what its tensors are of the old ones' is said by the compiler; fine-tuning trains the smaller one.
void remove_filters(const Job& job, Report& report) {
  TrainOptions options = finetune_options(job.call, job.point, report.from);
  Trainer declared(job.source, job.point, job.device, options);
  load_weights(report.from, declared.instance());
  report.before = evaluate(declared.instance(), job.judge);
  options.variant.widths = kept_filters(job.call, declared.instance(), job.prune);
  options.prune.reset();
  options.init = report.to;
  Trainer smaller(job.source, job.point, job.device, options);
  take_selected(declared.instance(), smaller.instance());
  save_weights(report.to, smaller.instance());
  if (job.call.options.finetune > 0) finetune(smaller, job.parts, report);
  if (report.interrupted) return;
  for (const LayerWidth& width : options.variant.widths) report.sparsities.emplace_back("width." + width.layer, width.size);
  report.after = evaluate(smaller.instance(), job.judge);
  save_weights(report.to, smaller.instance());
}

}  // namespace

int prune_command(const Invocation& call) {
  const PruneOptions prune = prune_options(call);
  Report report;
  report.from = weights_path(call, fs::path("out") / call.model.name);  // --out is where the pruned ones go
  const Point point = trained_point(call, report.from);
  const LoadedData data = load_data(call, load_encodings(report.from.parent_path()).images);
  const InterruptGuard guard;
  const TrainData parts = training_parts(data, chosen_validation(call, point));
  const Dataset& judge = data.test.rows() > 0 ? data.test : parts.validation;
  if (judge.rows() == 0) throw UserError("there are neither test nor validation rows to compare on; say how many with --validation");

  ProgramSource source(call.model);
  CpuDevice device(call.options.threads);
  const fs::path folder = pruned_folder(call);
  make_folder(folder);
  report.to = folder / "model.safetensors";
  if (fs::exists(report.to) && fs::equivalent(report.to, report.from))
    throw UserError(fmt::format("{} would be overwritten; name another folder with --out", report.from.string()));
  const Job job{call, source, point, device, parts, judge, prune};
  if (job.prune.pattern.form == PruneForm::filters)
    remove_filters(job, report);
  else
    zero_weights(job, report);
  if (report.interrupted) return exit_interrupted;
  save_encodings(folder, data);
  report.bytes_before = fs::file_size(report.from);
  report.bytes_after = fs::file_size(report.to);
  std::tie(report.seconds_before, report.seconds_after) =
      compare_latency(source, point, {report.from}, {report.to, weights_variant(report.to)}, in_memory(judge));
  if (call.options.json)
    print_json(json(report));
  else
    print_report(report);
  return exit_done;
}

}  // namespace ingot::runtime::cli
