#include "cli/json_writer.hpp"
#include "cli/listeners.hpp"
#include "cli/profile.hpp"
#include "cli/progress.hpp"
#include "cli/rate_range.hpp"
#include "cli/setup.hpp"
#include "cli/study_file.hpp"
#include "report/run_recorder.hpp"
#include "report/tensorboard.hpp"

#include <fmt/format.h>
#include <ingot/runtime/search/driver.hpp>
#include <ingot/runtime/train/interrupt.hpp>

namespace ingot::runtime::cli {
namespace {

struct Plan {
  Point point;
  TrainOptions options;
  double validation = 0;
};

// The best trial of a study: its point, on all the training data, for as many epochs as its best value took.
void use_best(const Invocation& call, Plan& plan) {
  const Study study(study_path(call.options.best).string());
  const Space space(call.model);
  const auto facts = study_facts(study);
  const std::optional<Trial> best = study.best();
  if (!best) throw UserError(fmt::format("no trial of the study {} is complete; continue it with search --resume", study.path()));
  plan.point = trial_point(space, *best);
  apply_settings(call, plan.point);
  plan.options = declared_options(plan.point);
  plan.options.stopping.reset();
  plan.options.stop_rules.clear();
  if (const std::uint32_t epochs = best_epoch(*best); epochs > 0) plan.options.epochs = epochs;
  if (const auto batch = fact_number(facts, "batch")) plan.options.batch = static_cast<std::uint32_t>(*batch);
  plan.validation = call.options.validation.value_or(0);
  note(fmt::format("best trial {} of {}: {}, {} epoch{}", best->number, study.path(), plan.point.describe(), plan.options.epochs,
                   plan.options.epochs == 1 ? "" : "s"));
}

Plan make_plan(const Invocation& call) {
  const Options& o = call.options;
  Plan plan{chosen_point(call), {}, 0};
  plan.options = declared_options(plan.point);
  plan.validation = chosen_validation(call, plan.point);
  if (!o.best.empty()) use_best(call, plan);
  plan.options.epochs = o.epochs.value_or(plan.options.epochs);
  plan.options.batch = o.batch.value_or(plan.options.batch);
  plan.options.seed = o.seed.value_or(0);
  plan.options.shuffle = !o.no_shuffle;
  plan.options.out = out_folder(call);
  plan.options.resume = o.resume;
  plan.options.allow_other_plan = o.allow_other_plan;
  plan.options.init = o.init;
  plan.options.log_steps = o.log_steps;
  plan.options.stop = InterruptGuard::flag();
  return plan;
}

void check_stopping(const TrainData& parts, TrainOptions& options) {
  if (parts.validation.rows() > 0 || !options.stopping || !options.stopping->monitor.starts_with("val_")) return;
  note(fmt::format("early stopping is off: it watches {}, and there are no validation rows", options.stopping->monitor));
  options.stopping.reset();
}

std::optional<double> named(const NamedValues& values, const std::string& name) {
  const double* value = find_value(values, name);
  return value ? std::optional(*value) : std::nullopt;
}

/// Figures beyond loss and accuracy, which are always there (or null).
void add_others(JsonWriter& w, const std::string& prefix, const NamedValues& values) {
  for (const auto& [name, value] : values)
    if (name != "loss" && name != "accuracy" && name != "val_loss" && name != "val_accuracy") w.add(prefix + name, value);
}

struct Summary {
  TrainResult result;
  NamedValues test;
};

std::string json(const Plan& plan, const Summary& s, const std::optional<MachinePeak>& peak) {
  JsonWriter w;
  w.begin_object();
  w.add("test_accuracy", named(s.test, "accuracy")).add("test_loss", named(s.test, "loss"));
  w.add("val_accuracy", named(s.result.last, "val_accuracy")).add("val_loss", named(s.result.last, "val_loss"));
  w.add("accuracy", named(s.result.last, "accuracy")).add("loss", named(s.result.last, "loss"));
  add_others(w, "test_", s.test);
  add_others(w, "", s.result.last);
  w.add("epochs", s.result.epochs).add("steps", s.result.steps);
  if (s.result.best_epoch)
    w.add("best_epoch", *s.result.best_epoch + 1);
  else
    w.null("best_epoch");
  w.add("seconds", s.result.seconds).add("samples_per_s", s.result.samples_per_s);
  w.add("status", status_name(s.result.status)).add("reason", s.result.reason);
  if (peak) add_profile(w, *plan.options.profile, *peak);
  w.add("point", plan.point.describe()).add("out", plan.options.out.string());
  return w.end_object().text();
}

void print_summary(const Plan& plan, const Summary& s) {
  const std::string point = plan.point.describe();
  print_line(fmt::format("{}{}trained {} epoch{} in {:.1f} s, {} samples/s", point, point.empty() ? "" : ": ", s.result.epochs,
                         s.result.epochs == 1 ? "" : "s", s.result.seconds, grouped(s.result.samples_per_s)));
  if (!s.result.last.empty()) print_line("last epoch: " + values_text(s.result.last));
  if (!s.test.empty()) print_line("test: " + values_text(s.test));
  print_line("written to " + plan.options.out.string());
}

void show_profile(const Options& options, const Plan& plan, const MachinePeak& peak) {
  const std::string trace = write_trace(plan.options.out, *plan.options.profile);
  if (options.json) return;
  print_profile(*plan.options.profile, peak);
  print_line("trace of the last steps written to " + trace);
}

int exit_code(const TrainResult& result, const Options& options) {
  for (const std::string& text : result.notes) note(text);
  if (result.status == TrainStatus::interrupted) {
    note(fmt::format("interrupted after {} epochs; continue with the same command and --resume", result.epochs));
    return exit_interrupted;
  }
  if (result.status == TrainStatus::not_finite || result.status == TrainStatus::wrong_gradient) {
    note(fmt::format("{}: {}", options.program, result.reason));
    return exit_failure;
  }
  if (!result.reason.empty()) note(result.reason);
  return exit_done;
}

}  // namespace

int train_command(const Invocation& call) {
  if (!call.options.lr_range.empty()) return rate_range_command(call);
  const std::unique_ptr<Device> device = open_device(call);
  Plan plan = make_plan(call);
  const LoadedData data = load_data(call);
  const InterruptGuard guard;  // reading many images takes long, and is not worth keeping
  const TrainData parts = training_parts(data, plan.validation);
  check_stopping(parts, plan.options);
  make_folder(plan.options.out);
  save_encodings(plan.options.out, data);

  ProgramSource source(call.model);
  KernelProfile profile;
  if (call.options.profile) plan.options.profile = &profile;
  Trainer trainer(source, plan.point, *device, plan.options);
  std::unique_ptr<GradientProbe> gradients;
  if (call.options.statistics)
    gradients = std::make_unique<GradientProbe>(source, trainer.instance(), parts.train, plan.options.batch, plan.options.seed);
  RunRecorder recorder(trainer.instance(), parts, plan.options.out, gradients.get());
  TrainProgress progress;
  TensorBoardWriter events(trainer.instance(), call.options.tensorboard);
  Listeners listeners({&progress, &recorder});
  if (!call.options.tensorboard.empty()) listeners.add(events);
  Summary summary;
  summary.result = trainer.run(parts, &listeners);
  const bool ended = summary.result.status != TrainStatus::interrupted;
  if (ended && data.test.rows() > 0) summary.test = evaluate(trainer.instance(), data.test);
  if (ended) recorder.finish(summary.test);
  const int code = exit_code(summary.result, call.options);
  std::optional<MachinePeak> peak;
  if (call.options.profile && ended) peak = measure_machine(device->threads());
  if (call.options.json)
    print_json(json(plan, summary, peak));
  else if (ended)
    print_summary(plan, summary);
  if (peak) show_profile(call.options, plan, *peak);
  return code;
}

}  // namespace ingot::runtime::cli
