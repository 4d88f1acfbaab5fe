#include "cli/point_json.hpp"
#include "cli/report_command.hpp"
#include "cli/search_progress.hpp"
#include "cli/setup.hpp"
#include "cli/study_file.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/hash.hpp>
#include <ingot/runtime/search/driver.hpp>
#include <ingot/runtime/train/interrupt.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace ingot::runtime::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t table_rows = 10;
constexpr const char* as_declared = "as declared";

/// One training run as the driver's trial, with everything it shares with the others.
class TrialRunner {
 public:
  TrialRunner(const Invocation& call, const SearchPlan& plan, const Options& options, LoadedData data, SearchProgress& progress)
      : call_(call), plan_(plan), options_(options), data_(std::move(data)), progress_(progress), source_(call.model) {
    // One is opened now in any case: a device that is not there is no failure of a trial.
    std::unique_ptr<Device> device = open_device(call, plan.jobs == 1 ? 0 : 1);
    if (plan.jobs == 1) shared_ = std::move(device);
  }
  TrialScore operator()(const TrialRun& run);

 private:
  [[nodiscard]] TrainOptions train_options(const TrialRun& run) const;
  [[nodiscard]] TrialScore score(const TrialRun& run, const TrainResult& result, std::uint32_t first_reported) const;

  const Invocation& call_;
  const SearchPlan& plan_;
  const Options& options_;
  LoadedData data_;
  SearchProgress& progress_;
  ProgramSource source_;
  std::unique_ptr<Device> shared_;
};

class TrialListener : public TrainListener {
 public:
  TrialListener(const TrialRun& run, const std::string& objective, SearchProgress& progress)
      : run_(run), objective_(objective), progress_(progress) {}
  void on_batch_end(const BatchReport& report) override { progress_.batch(run_.trial, run_.execution, report); }
  bool on_epoch_end(const EpochReport& report) override {
    const double* value = find_value(report.values, objective_);
    if (!value) throw UserError(fmt::format("the model has no figure {}, the objective of its search", objective_));
    run_.report(report.epoch + 1, *value);
    first_reported = std::min(first_reported, report.epoch);
    return true;
  }
  std::uint32_t first_reported = std::numeric_limits<std::uint32_t>::max();

 private:
  const TrialRun& run_;
  const std::string& objective_;
  SearchProgress& progress_;
};

TrainOptions TrialRunner::train_options(const TrialRun& run) const {
  TrainOptions options = declared_options(run.point);
  options.epochs = options_.epochs.value_or(options.epochs);
  options.batch = options_.batch.value_or(options.batch);
  options.seed = run.seed;
  options.out = run.folder;
  options.resume_if_present = true;
  options.allow_other_plan = options_.allow_other_plan;
  options.background = plan_.jobs == 1;
  options.stop = run.stop;
  return options;
}

TrialScore TrialRunner::operator()(const TrialRun& run) {
  const double validation = options_.validation.value_or(run.point.value(call_.model.recipe.validation));
  const TrainData data = training_parts(data_, validation);
  if (data.validation.rows() == 0 && plan_.objective.starts_with("val_"))
    throw UserError(fmt::format("the objective {} needs validation rows; give --validation", plan_.objective));
  std::unique_ptr<Device> own;
  if (!shared_) own = open_device(call_, 1);
  Trainer trainer(source_, run.point, shared_ ? *shared_ : *own, train_options(run));
  TrialListener listener(run, plan_.objective, progress_);
  const TrainResult result = trainer.run(data, &listener);
  if (result.status == TrainStatus::not_finite || result.status == TrainStatus::wrong_gradient) throw UserError(result.reason);
  TrialScore score = this->score(run, result, listener.first_reported);
  score.plan = trainer.instance().program()->plan_hash;
  return score;
}

// The best epoch of the whole run. Epochs of an earlier process are reported again: it may have died before it could.
TrialScore TrialRunner::score(const TrialRun& run, const TrainResult& result, std::uint32_t first_reported) const {
  TrialScore score;
  score.value = std::numeric_limits<double>::quiet_NaN();
  score.epochs = result.epochs;
  score.interrupted = result.status == TrainStatus::interrupted;
  for (std::uint32_t e = 0; e < result.history.size(); ++e) {
    const double* value = find_value(result.history[e], plan_.objective);
    if (!value) continue;
    if (e < first_reported) run.report(e + 1, *value);
    if (std::isnan(*value) || (!std::isnan(score.value) && (plan_.maximize ? *value <= score.value : *value >= score.value))) continue;
    score.value = *value;
    score.best_epoch = e + 1;
  }
  return score;
}

std::string number_or(const auto& value, const char* otherwise) { return value ? fmt::format("{}", *value) : std::string(otherwise); }

// Options that were not given again are those the study was made with.
void recall(const std::string& path, Options& o) {
  const auto facts = study_facts(Study(path));
  const auto take = [&](const char* name, auto& option) {
    if (option) return;
    if (const auto number = fact_number(facts, name)) option = static_cast<typename std::decay_t<decltype(option)>::value_type>(*number);
  };
  take("epochs", o.epochs);
  take("batch", o.batch);
  take("validation", o.validation);
  if (!o.seed)
    if (const auto seed = facts.find("seed"); seed != facts.end()) o.seed = std::stoull(seed->second);
}

std::uint32_t most_epochs(const Invocation& call, const Options& o) {
  const ingot_num& epochs = call.model.recipe.epochs;
  if (o.epochs) return *o.epochs;
  return static_cast<std::uint32_t>(std::max(1.0, epochs.hp >= 0 ? call.model.hps[epochs.hp].high : epochs.k));
}

// Of all that trials see.
std::uint64_t data_identity(const LoadedData& data) {
  if (data.validation.rows() == 0) return data.train.identity;
  return ContentHash().add_number(data.train.identity).add_number(data.validation.identity).digest();
}

SearchPlan make_plan(const Invocation& call, const Options& o, const LoadedData& data) {
  const ingot_recipe& recipe = call.model.recipe;
  const fs::path out = out_folder(call);
  SearchPlan plan;
  plan.study_path = (out / "study.db").string();
  plan.study_name = call.model.name;
  plan.trials_folder = (out / "trials").string();
  plan.objective = search_objective(call.model);
  plan.maximize =
      recipe.search && recipe.objective_mode != INGOT_AUTOMATIC ? recipe.objective_mode == INGOT_MAXIMIZE : more_is_better(plan.objective);
  plan.seed = o.seed.value_or(0);
  plan.trials = o.trials.value_or(recipe.search ? recipe.max_trials : 10);
  plan.executions = recipe.search ? std::max(1u, recipe.executions_per_trial) : 1;
  plan.epochs = most_epochs(call, o);
  plan.jobs = o.jobs;
  plan.resume = o.resume;
  plan.overwrite = o.overwrite;
  plan.facts = {{"epochs", number_or(o.epochs, as_declared)},
                {"batch", number_or(o.batch, as_declared)},
                {"validation", number_or(o.validation, as_declared)},
                {"data", hash_text(data_identity(data))}};
  if (!o.allow_other_plan) plan.facts["target"] = o.cuda ? "cuda" : cpu_target();
  return plan;
}

std::vector<const Trial*> ranked(const SearchResult& result, bool maximize) {
  std::vector<const Trial*> trials;
  for (const Trial& trial : result.trials)
    if (trial.state == TrialState::complete && trial.value) trials.push_back(&trial);
  std::sort(trials.begin(), trials.end(), [&](const Trial* a, const Trial* b) {
    if (*a->value == *b->value) return a->number < b->number;
    return maximize ? *a->value > *b->value : *a->value < *b->value;
  });
  return trials;
}

void print_table(const Space& space, const SearchPlan& plan, const SearchResult& result) {
  const auto trials = ranked(result, plan.maximize);
  print_line(fmt::format("{:>5} {:>6} {:>14} {:>6}  {}", "rank", "trial", plan.objective, "epoch", "point"));
  for (std::size_t i = 0; i < std::min(trials.size(), table_rows); ++i)
    print_line(fmt::format("{:>5} {:>6} {:>14.6f} {:>6}  {}", i + 1, trials[i]->number, *trials[i]->value, best_epoch(*trials[i]),
                           trial_point(space, *trials[i]).describe()));
  if (const auto size = space.size()) print_line(fmt::format("{} of {} points seen", result.trials.size(), *size));
  print_line(fmt::format("study {}; retrain the best point with: train --best {}", plan.study_path, plan.study_path));
}

const char* end_name(SearchEnd end) {
  switch (end) {
    case SearchEnd::done:
      return "done";
    case SearchEnd::exhausted:
      return "exhausted";
    case SearchEnd::failures:
      return "failures";
    case SearchEnd::interrupted:
      break;
  }
  return "interrupted";
}

std::string json(const Space& space, const SearchPlan& plan, const SearchResult& result, double seconds) {
  JsonWriter w;
  w.begin_object().add("trials", result.trials.size());
  std::size_t complete = 0;
  for (const Trial& trial : result.trials) complete += trial.state == TrialState::complete ? 1 : 0;
  w.add("complete", complete).add("end", end_name(result.end)).add("objective", plan.objective);
  if (result.best) {
    w.add("best_value", *result.best->value).add("best_trial", result.best->number).add("best_epoch", best_epoch(*result.best));
    add_point(w, "best_params", trial_point(space, *result.best));
  } else {
    w.null("best_value").null("best_trial").null("best_epoch").null("best_params");
  }
  return w.add("space_size", space.size()).add("seconds", seconds).add("study", plan.study_path).end_object().text();
}

int exit_code(const SearchResult& result, const std::string& program) {
  if (result.end == SearchEnd::interrupted) {
    note("interrupted; continue with the same command and --resume");
    return exit_interrupted;
  }
  if (result.end == SearchEnd::failures) {
    note(fmt::format("{}: three trials in a row failed, so the search stopped; the last one: {}", program, result.reason));
    return exit_failure;
  }
  if (result.best) return exit_done;
  note(fmt::format("{}: no trial of the study is complete", program));
  return exit_failure;
}

}  // namespace

int search_command(const Invocation& call) {
  const auto start = std::chrono::steady_clock::now();
  Options options = call.options;
  chosen_point(call);  // refuses wrong settings as wrong usage
  const Space space(call.model, parse_settings(call.model, options.settings));
  make_folder(out_folder(call));
  const std::string study = study_path(out_folder(call)).string();
  if (options.resume && study_exists(study)) recall(study, options);
  const LoadedData data = load_data(call);
  const InterruptGuard guard;
  const SearchPlan plan = make_plan(call, options, data);

  SearchProgress progress(space, plan);
  TrialRunner runner(call, plan, options, data, progress);
  const SearchResult result =
      run_search(space, plan, [&](const TrialRun& run) { return runner(run); }, progress.listener(), *InterruptGuard::flag());
  write_study_page(call.model, study);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (options.json)
    print_json(json(space, plan, result, seconds));
  else
    print_table(space, plan, result);
  return exit_code(result, options.program);
}

}  // namespace ingot::runtime::cli
