#include "cli/allocations.hpp"
#include "cli/bandwidth.hpp"
#include "cli/bench_process.hpp"
#include "cli/json_writer.hpp"
#include "cli/launch_times.hpp"
#include "cli/profile.hpp"
#include "cli/progress.hpp"
#include "cli/random_rows.hpp"
#include "cli/setup.hpp"

#include <fmt/format.h>
#include <ingot/runtime/train/interrupt.hpp>

#include <algorithm>

namespace ingot::runtime::cli {
namespace {

constexpr std::uint32_t default_epochs = 5;
constexpr int inference_passes = 5;
constexpr std::uint32_t made_up_rows = 50000;

struct Figures {
  double train_samples_per_s = 0, infer_samples_per_s = 0, train_gflops = 0;
  std::optional<double> compile_ms_cold, compile_ms_cached, allocations_per_step;
  std::uint32_t kernels = 0;
  std::uint64_t bytes = 0, unfused_bytes = 0;
  double flops = 0;
  Peak peak;
  std::optional<double> startup_ms;
  std::uint64_t executable_bytes = 0;
  const KernelProfile* profile = nullptr;  ///< with --profile
  double gb_per_s = 0;                     ///< of the machine, with --profile
  std::optional<LaunchTimes> launches;     ///< on a CUDA device

  [[nodiscard]] std::optional<double> peak_fraction() const {
    return peak.valid ? std::optional(train_gflops / peak.gflops) : std::nullopt;
  }
};

/// Keeps the best epoch, and counts allocations between the batches of every epoch but the first, where memory is still taken.
class BenchListener : public TrainListener {
 public:
  void on_batch_end(const BatchReport& report) override {
    if (report.batch == 0) first_ = allocations();
    if (report.batch + 1 != report.batches || report.epoch == 0 || report.batches < 2) return;
    if (const auto now = allocations(); now && first_) {
      counted_ += *now - *first_;
      steps_ += report.batches - 1;
    }
  }
  bool on_epoch_end(const EpochReport& report) override {
    best = std::max(best, report.samples_per_s);
    line_.print(fmt::format("epoch {}/{}: {} samples/s", report.epoch + 1, report.epochs, grouped(report.samples_per_s)));
    return true;
  }
  [[nodiscard]] std::optional<double> allocations_per_step() const {
    return steps_ ? std::optional(static_cast<double>(counted_) / static_cast<double>(steps_)) : std::nullopt;
  }
  double best = 0;

 private:
  LiveLine line_;
  std::optional<std::uint64_t> first_;
  std::uint64_t counted_ = 0, steps_ = 0;
};

Dataset training_rows(const Invocation& call, const Point& point) {
  const Options& o = call.options;
  std::error_code ignored;
  if (o.data.empty() && (!call.defaults.data_dir || !std::filesystem::exists(call.defaults.data_dir, ignored))) {
    note(fmt::format("no data given: {} random rows", made_up_rows));
    return random_rows(call.model, made_up_rows, o.seed.value_or(0));
  }
  return training_parts(load_data(call), chosen_validation(call, point)).train;
}

TrainOptions bench_options(const Invocation& call, const Point& point) {
  TrainOptions options = declared_options(point);
  options.gradcheck_every = 0;  // training is measured, not checked
  options.epochs = std::max(2u, call.options.epochs.value_or(default_epochs));
  options.batch = chosen_batch(call, point);
  options.seed = call.options.seed.value_or(0);
  options.stopping.reset();
  options.stop_rules.clear();
  options.stop = InterruptGuard::flag();
  return options;
}

void measure_step(const ingot_entry& entry, Figures& f) {
  f.kernels = entry.n_kernels;
  for (std::uint32_t k = 0; k < entry.n_kernels; ++k) {
    f.bytes += entry.kernels[k].bytes;
    f.unfused_bytes += entry.kernels[k].unfused_bytes;
    f.flops += entry.kernels[k].flops;
  }
}

double infer_rate(Instance& instance, const Dataset& rows) {
  double best = 0;
  for (int pass = 0; pass < inference_passes && !InterruptGuard::raised(); ++pass) {
    const auto start = std::chrono::steady_clock::now();
    const auto outputs = predict(instance, rows);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    best = std::max(best, static_cast<double>(rows.rows()) / seconds);
  }
  return best;
}

Figures measure(const Invocation& call, const Point& point, Device& device, KernelProfile& profile) {
  Figures f;
  const Dataset rows = training_rows(call, point);
  TrainOptions options = bench_options(call, point);
  if (call.options.profile) options.profile = &profile;
  ProgramSource source(call.model);
  Trainer trainer(source, point, device, options);
  const bool on_cpu = device.target().empty();  // whose peak is measured
  if (on_cpu) f.peak = measure_peak(device.threads());
  BenchListener listener;
  trainer.run({rows, {}}, &listener);
  f.infer_samples_per_s = infer_rate(trainer.instance(), rows);
  if (on_cpu) f.peak = better(f.peak, measure_peak(device.threads()));
  if (call.options.profile) {
    f.profile = &profile;
    f.gb_per_s = measure_bandwidth(device.threads());
  }
  f.train_samples_per_s = listener.best;
  f.allocations_per_step = listener.allocations_per_step();
  const Program& program = trainer.instance().program();
  if (const ingot_entry* entry = program.entry(INGOT_TRAIN)) measure_step(*entry, f);
  f.train_gflops = f.flops / program->batch * f.train_samples_per_s * 1e-9;
  if (auto* cuda = dynamic_cast<CudaDevice*>(&device)) f.launches = time_launches(*cuda, call.model, program);
  return f;
}

std::string json(const Invocation& call, const Point& point, const Figures& f, const Device& device) {
  JsonWriter w;
  w.begin_object().add("point", point.describe()).add("batch", chosen_batch(call, point)).add("threads", device.threads());
  w.add("device", device.name());
  w.add("train_samples_per_s", f.train_samples_per_s).add("infer_samples_per_s", f.infer_samples_per_s);
  w.add("train_gflops", f.train_gflops).add("peak_gflops", f.peak.gflops).add("peak_fraction", f.peak_fraction());
  w.add("peak_valid", f.peak.valid).add("fmas_per_cycle", f.peak.fmas_per_cycle).add("clock_ghz", f.peak.clock_ghz);
  w.add("vector_lanes", f.peak.lanes).add("compile_ms_cold", f.compile_ms_cold).add("compile_ms_cached", f.compile_ms_cached);
  w.add("kernels_per_step", f.kernels).add("bytes_per_step", f.bytes).add("unfused_bytes_per_step", f.unfused_bytes);
  w.add("flops_per_step", f.flops).add("allocations_per_step", f.allocations_per_step);
  if (f.launches) add_launch_times(w, *f.launches);
  if (f.profile != nullptr) add_profile(w, *f.profile, {f.peak, f.gb_per_s});
  return w.add("startup_ms", f.startup_ms).add("executable_bytes", f.executable_bytes).end_object().text();
}

std::string or_none(const std::optional<double>& value, const char* unit, const char* otherwise) {
  return value ? fmt::format("{:.4g}{}", *value, unit) : std::string(otherwise);
}

void print_table(const Invocation& call, const Point& point, const Figures& f, const Device& device) {
  const auto row = [](const char* name, const std::string& value) { print_line(fmt::format("{:<24} {}", name, value)); };
  const bool on_cpu = device.target().empty();
  row("point", fmt::format("{}, batch {}, {}", point.describe(), chosen_batch(call, point),
                           on_cpu ? fmt::format("{} threads", device.threads()) : std::string(device.name())));
  row("train", fmt::format("{} samples/s, {:.1f} GFLOP/s", grouped(f.train_samples_per_s), f.train_gflops));
  row("inference", grouped(f.infer_samples_per_s) + " samples/s");
  if (on_cpu)
    row("peak", fmt::format("{:.1f} GFLOP/s: {:.2f} FMAs of {} floats per cycle at {:.2f} GHz", f.peak.gflops, f.peak.fmas_per_cycle,
                            f.peak.lanes, f.peak.clock_ghz));
  if (on_cpu) row("fraction of peak", or_none(f.peak_fraction(), "", "void: the peak loop was disturbed, or there is no FMA unit"));
  row("compile, cold", or_none(f.compile_ms_cold, " ms", "no code generator here"));
  row("compile, cached", or_none(f.compile_ms_cached, " ms", "no code generator here"));
  row("step", fmt::format("{} kernels, {} bytes ({} unfused)", f.kernels, grouped(static_cast<double>(f.bytes)),
                          grouped(static_cast<double>(f.unfused_bytes))));
  row("allocations per step", or_none(f.allocations_per_step, "", "not counted in this build"));
  row("start (--help)", or_none(f.startup_ms, " ms", "not measured"));
  row("executable", grouped(static_cast<double>(f.executable_bytes)) + " bytes");
  if (f.launches) print_launch_times(*f.launches);
  if (f.profile != nullptr) print_profile(*f.profile, {f.peak, f.gb_per_s});
}

}  // namespace

int bench_command(const Invocation& call) {
  const InterruptGuard guard;
  const Point point = chosen_point(call);
  const std::unique_ptr<Device> device = open_device(call);
  const std::string target = device->target();
  KernelProfile profile;
  Figures figures = measure(call, point, *device, profile);
  if (InterruptGuard::raised()) return exit_interrupted;
  std::tie(figures.compile_ms_cold, figures.compile_ms_cached) =
      compile_times(call.model, point, chosen_batch(call, point), target.empty() ? "host" : target);
  figures.startup_ms = startup_ms();
  figures.executable_bytes = executable_bytes();
  if (call.options.profile) write_trace(out_folder(call), profile);
  if (call.options.json)
    print_json(json(call, point, figures, *device));
  else
    print_table(call, point, figures, *device);
  return exit_done;
}

}  // namespace ingot::runtime::cli
