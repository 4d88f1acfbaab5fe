#include "training_run.hpp"

#include "class_balance.hpp"
#include "standardize.hpp"

#include <fmt/format.h>
#include <ingot/runtime/augment/training_transform.hpp>
#include <ingot/runtime/data/atomic_file.hpp>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/train/weights.hpp>

#include <algorithm>
#include <cmath>

namespace ingot::runtime {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

BatchOptions batch_options(const TrainOptions& options, const Instance& instance, const Dataset& data) {
  BatchOptions batches;
  batches.transform = training_transform(instance.point(), data, options.seed, instance.device().threads());
  batches.batch = options.batch;
  batches.seed = options.seed;
  batches.shuffle = options.shuffle;
  batches.background = options.background;
  return batches;
}

const Dataset& checked(const TrainData& data) {
  if (data.train.rows() == 0) throw UserError("there are no rows to train on");
  return data.train;
}

bool can_monitor(Instance& instance, std::string_view name, bool validation) {
  if (!name.starts_with("val_")) return instance.find_metric(INGOT_TRAIN, name).has_value();
  const std::vector<std::string> measured = Evaluation(instance).names();
  return validation && std::ranges::find(measured, name.substr(4)) != measured.end();
}

}  // namespace

TrainingRun::TrainingRun(ProgramSource& source, Instance& instance, const TrainOptions& options, const TrainData& data,
                         TrainListener& listener)
    : instance_(&instance),
      options_(&options),
      data_(&data),
      listener_(&listener),
      source_(checked(data), batch_options(options, instance, data.train)),
      means_(instance.program().entry(INGOT_TRAIN)->n_metrics),
      calls_per_update_(calls_per_update(instance.point())),
      schedule_(instance.point(), {static_cast<double>(source_.batches_per_epoch()) / calls_per_update_, options.epochs}),
      average_(instance),
      watch_(source, data.train, options.gradcheck_every, calls_per_update_, options.seed, options.stop),
      overflow_(instance),
      time_budget_(shortest_time_budget(options.stop_rules)) {}

TrainResult TrainingRun::run() {
  start();
  listener_->on_train_begin(*options_, epoch_, batches_per_epoch());
  if (std::string why = ended_before(); !why.empty()) {
    end(TrainStatus::stopped_early, std::move(why));
    return result_;
  }
  while (epoch_ < options_->epochs) {
    const EpochEnd how = stop_raised() ? EpochEnd::interrupted : train_epoch();
    if (how == EpochEnd::interrupted) {
      save_checkpoint();
      end(TrainStatus::interrupted, "interrupted " + position());
      return result_;
    }
    if (how == EpochEnd::out_of_time) save_checkpoint();
    if (how == EpochEnd::not_finite || how == EpochEnd::wrong_gradient || result_.status != TrainStatus::finished) break;
  }
  end(result_.status, result_.reason);
  return result_;
}

std::string TrainingRun::ended_before() const {
  if (stopping_ && stopping_->state().stopped_epoch) return fmt::format("early stopping had already ended this run after epoch {}", epoch_);
  if (epoch_ == 0 && batches_done_ == 0) return {};
  const std::optional<std::string> reason = stop_reason(options_->stop_rules, history_, seconds_ + validation_seconds_);
  return reason ? fmt::format("stop_when had already ended this run {}: {}", position(), *reason) : "";
}

std::string TrainingRun::position() const {
  if (batches_done_ == 0 && epoch_ > 0) return fmt::format("after epoch {}", epoch_);
  return fmt::format("in epoch {} after {} of {} batches", epoch_ + 1, batches_done_, batches_per_epoch());
}

std::optional<std::string> TrainingRun::out_of_time(Clock::time_point begin) const {
  const double seconds = seconds_ + validation_seconds_ + seconds_since(begin);
  return seconds < time_budget_ ? std::nullopt : stop_reason(options_->stop_rules, history_, seconds);
}

void TrainingRun::start() {
  prepare_early_stopping();
  prepare_plateau();
  prepare_stop_rules();
  prepare_pruning();
  const std::filesystem::path path = checkpoint_path(options_->out);
  if (!options_->out.empty()) {
    std::filesystem::create_directories(options_->checkpoints ? path.parent_path() : options_->out);
    remove_abandoned(options_->out);
    remove_abandoned(path.parent_path());
  }
  const bool present = !options_->out.empty() && std::filesystem::exists(path);
  if (options_->resume && !present) {
    throw UserError(fmt::format("there is no checkpoint {} to resume from: start without --resume", path.string()));
  }
  if (present && (options_->resume || options_->resume_if_present)) {
    restore(read_checkpoint(path));
  } else {
    initialize();
    choose_pruned();
  }
  overflow_.start(*instance_);
  if (!options_->log_steps.empty()) log_ = StepLog(options_->log_steps, step_);
  // Averages and masks change the weights between two steps, and a skipped update changes the numbers of the next one.
  const bool alone = pruning_ || overflow_.on() || instance_->point().model().recipe.average_every > 0;
  most_under_way_ = alone ? 0 : instance_->steps_ahead();
  if (!source_.stages()) kept_train_ = instance_->keep(data_->train);
  if (data_->validation.rows() > 0) kept_validation_ = instance_->keep(data_->validation);
  finite_.resize(instance_->program()->state_bytes);
  instance_->save_block(finite_);
}

void TrainingRun::initialize() {
  instance_->initialize(options_->seed);
  standardize_inputs(*instance_, data_->train);
  balance_classes(*instance_, data_->train);
  if (!options_->init.empty()) load_weights(options_->init, *instance_);
}

void TrainingRun::prepare_early_stopping() {
  if (!options_->stopping) return;
  if (can_monitor(*instance_, options_->stopping->monitor, data_->validation.rows() > 0)) {
    stopping_.emplace(*options_->stopping);
  } else {
    result_.notes.push_back(fmt::format("early stopping is off: there is no {} to watch", options_->stopping->monitor));
  }
}

void TrainingRun::prepare_plateau() {
  const std::optional<PlateauOptions> declared = declared_plateau(instance_->point());
  if (!declared) return;
  if (can_monitor(*instance_, declared->monitor, data_->validation.rows() > 0)) {
    plateau_.emplace(*declared, schedule_.at(0));
  } else {
    result_.notes.push_back(fmt::format("the learning rate stays: there is no {} for reduce_on_plateau to watch", declared->monitor));
  }
}

void TrainingRun::prepare_stop_rules() {
  for (const std::string& name : watched(options_->stop_rules)) {
    if (can_monitor(*instance_, name, data_->validation.rows() > 0)) continue;
    result_.notes.push_back(fmt::format("a rule of stop_when never holds: there is no {} to watch", name));
  }
}

void TrainingRun::prepare_pruning() {
  if (!options_->prune) return;
  const RunLength run = {static_cast<double>(source_.batches_per_epoch()) / calls_per_update_, options_->epochs};
  pruning_.emplace(Pruning{SparsitySchedule(*options_->prune, run), Pruner(*instance_, options_->prune->pattern, options_->prune->spared)});
  if (stopping_ && pruning_->schedule.spans_run())
    result_.notes.emplace_back("early stopping has nothing to watch: weights are pruned until the run ends; give prune an ending");
}

void TrainingRun::choose_pruned() {
  if (!pruning_) return;
  if (const std::optional<double> share = pruning_->schedule.due(step_ / calls_per_update_)) pruning_->pruner.choose(*share);
}

TrainingRun::EpochEnd TrainingRun::train_epoch() {
  EpochReport report;
  report.epoch = epoch_;
  report.epochs = options_->epochs;
  const std::uint64_t rows_before = session_rows_;
  const EpochEnd how = train_batches(report);
  if (how != EpochEnd::complete && how != EpochEnd::out_of_time) return how;
  report.samples_per_s = static_cast<double>(session_rows_ - rows_before) / std::max(report.seconds, 1e-9);
  if (!is_finite()) return EpochEnd::not_finite;
  if (how == EpochEnd::out_of_time) return how;
  return finish_epoch(report) ? EpochEnd::complete : EpochEnd::interrupted;
}

bool TrainingRun::is_finite() {
  std::string where;
  if (all_finite(*instance_, &where)) return true;
  roll_back(batches_done_ == batches_per_epoch() ? fmt::format("{} was no longer finite after epoch {}", where, epoch_ + 1)
                                                 : fmt::format("{} was no longer finite {}", where, position()));
  return false;
}

TrainingRun::EpochEnd TrainingRun::train_batches(EpochReport& report) {
  const Clock::time_point begin = Clock::now();
  EpochEnd how = EpochEnd::complete;
  std::optional<std::string> time_is_up;
  if (batches_done_ < batches_per_epoch()) source_.start(epoch_, batches_done_);
  while (how == EpochEnd::complete && batches_done_ + under_way_ < batches_per_epoch()) {
    const Batch* batch = source_.next();
    if (batch == nullptr) throw std::logic_error("the epoch has fewer batches than announced");
    start_batch(*batch);
    const bool watched = watch_.due(step_ + under_way_);  // whose weights are looked at before the next batch starts
    while (how == EpochEnd::complete && under_way_ > (watched ? 0 : most_under_way_))
      if (!finish_batch(begin)) how = EpochEnd::not_finite;
    if (watched && how == EpochEnd::complete && !gradient_is_right(*batch)) how = EpochEnd::wrong_gradient;
    if (stop_raised() && how == EpochEnd::complete) how = EpochEnd::interrupted;
    // behind the last batch it is the epoch's end that decides
    if (how == EpochEnd::complete && batches_done_ + under_way_ < batches_per_epoch())
      if (time_is_up = out_of_time(begin); time_is_up) how = EpochEnd::out_of_time;
  }
  while (under_way_ > 0 && how != EpochEnd::not_finite)
    if (!finish_batch(begin)) how = EpochEnd::not_finite;
  report.seconds = seconds_since(begin);
  seconds_ += report.seconds;
  session_seconds_ += report.seconds;
  if (how == EpochEnd::out_of_time) {
    result_.status = TrainStatus::stopped_early;
    result_.reason = fmt::format("stop_when: {}, {}", *time_is_up, position());
  }
  return how;
}

void TrainingRun::start_batch(const Batch& batch) {
  const Feed feed{batch.inputs, batch.input_dtypes, batch.targets, batch.index, batch.rows};
  const std::uint64_t before = step_ + under_way_;
  instance_->start(INGOT_TRAIN, feed, {before + 1, options_->seed, rate_at(before), schedule_.momentum_at(updates_of(before))});
  ++under_way_;
}

bool TrainingRun::finish_batch(Clock::time_point begin) {
  const std::span<const double> metrics = instance_->finish();
  --under_way_;
  log_.add(step_ + 1, metrics[0]);
  const bool updates = (step_ + 1) % calls_per_update_ == 0;
  overflow_.observe(metrics, updates);
  if (overflow_.unexplained(metrics[0], updates)) {
    roll_back(fmt::format("the loss of step {} in epoch {} was {}", step_ + 1, epoch_ + 1, metrics[0]));
    return false;
  }
  if (overflow_.endless()) {
    roll_back(fmt::format("gradients overflowed f16 in {} updates in a row, up to step {} in epoch {}, whatever the scale of the loss",
                          OverflowWatch::most_in_a_row, step_ + 1, epoch_ + 1));
    return false;
  }
  const std::uint64_t first_row = std::uint64_t{batches_done_} * options_->batch;
  const auto rows = static_cast<std::uint32_t>(std::min<std::uint64_t>(options_->batch, data_->train.rows() - first_row));
  ++step_;
  ++batches_done_;
  if (updates && average_.due(updates_of(step_))) average_.use();
  if (updates) choose_pruned();
  session_rows_ += rows;
  if (std::isfinite(metrics[0])) means_.add(metrics, rows);
  BatchReport report;
  report.epoch = epoch_;
  report.epochs = options_->epochs;
  report.batch = batches_done_ - 1;
  report.batches = batches_per_epoch();
  report.step = step_;
  report.rows = rows;
  report.epoch_rows = means_.rows();
  report.metrics = metrics;
  report.means = &means_;
  report.epoch_seconds = seconds_since(begin);
  listener_->on_batch_end(report);
  return true;
}

bool TrainingRun::gradient_is_right(const Batch& batch) {
  const GradcheckResult check = watch_.check(*instance_, batch, step_);
  if (check.interrupted) return true;
  listener_->on_gradient_check(step_, check);
  if (!wrong(check)) return true;
  result_.status = TrainStatus::wrong_gradient;
  result_.reason = fmt::format("the gradient check after step {} in epoch {} failed: {}", step_, epoch_ + 1, failure(check));
  if (!options_->out.empty())
    result_.reason += fmt::format("; gradcheck --weights {} shows every tensor", (options_->out / "model.safetensors").string());
  return false;
}

// false: interrupted during the validation pass, which a resumed run repeats.
bool TrainingRun::finish_epoch(EpochReport& report) {
  const Clock::time_point begin = Clock::now();
  const ingot_entry& train = *instance_->program().entry(INGOT_TRAIN);
  for (std::uint32_t m = 0; m < train.n_metrics; ++m)
    report.values.emplace_back(train.metrics[m], overflow_.last(m).value_or(means_.mean(m)));
  if (data_->validation.rows() > 0) {
    Evaluation evaluation(*instance_);
    if (!evaluation.run(data_->validation, options_->stop)) return false;
    for (const auto& [name, value] : evaluation.values()) report.values.emplace_back("val_" + name, value);
  }
  report.validation_seconds = seconds_since(begin);
  validation_seconds_ += report.validation_seconds;
  report.step = step_;
  if (plateau_ || schedule_.varies()) report.values.emplace_back("learning_rate", rate_at(step_ - 1));  // of the last update
  if (pruning_) std::ranges::copy(pruning_->pruner.sparsities(), std::back_inserter(report.values));
  observe_best(report);
  observe_plateau(report);
  add_history(report.values);
  observe_stop_rules(report);
  ++epoch_;
  batches_done_ = 0;
  means_.reset();
  instance_->save_block(finite_);
  if (!listener_->on_epoch_end(report) && result_.status == TrainStatus::finished) {
    result_.status = TrainStatus::stopped_by_listener;
    result_.reason = fmt::format("stopped on request after epoch {}", epoch_);
  }
  save_checkpoint();
  return true;
}

void TrainingRun::observe_best(EpochReport& report) {
  if (!stopping_ || still_prunes()) return;
  const EarlyStopping::Decision decision = stopping_->observe(epoch_, *find_value(report.values, stopping_->options().monitor));
  if (decision.save_best) best_ = weight_blocks(false);
  report.best = stopping_->state().best && stopping_->state().best_epoch == epoch_;
  if (!decision.stop) return;
  const EarlyStopping::State& state = stopping_->state();
  result_.status = TrainStatus::stopped_early;
  result_.reason = fmt::format("{} did not improve for {} epochs; best was {:.6g} in epoch {}", stopping_->options().monitor, state.wait,
                               state.best.value_or(0), state.best_epoch + 1);
}

void TrainingRun::observe_stop_rules(EpochReport& report) {
  if (keeps_lowest_loss() && !still_prunes() && lowest_loss_epoch(history_) == epoch_) {
    best_ = weight_blocks(false);
    report.best = true;
  }
  const std::optional<std::string> reason = stop_reason(options_->stop_rules, history_, seconds_ + validation_seconds_);
  if (!reason || result_.status != TrainStatus::finished) return;
  result_.status = TrainStatus::stopped_early;
  result_.reason = fmt::format("stop_when: {}", *reason);
}

void TrainingRun::observe_plateau(const EpochReport& report) {
  if (plateau_) plateau_->observe(*find_value(report.values, plateau_->options().monitor));
}

void TrainingRun::roll_back(std::string reason) {
  for (; under_way_ > 0; --under_way_) instance_->finish();
  instance_->load_block(finite_);
  log_.flush();
  result_.status = TrainStatus::not_finite;
  result_.reason = fmt::format("{}; the weights are those {}; a lower learning rate may help", reason,
                               epoch_ == 0 ? "before training" : fmt::format("after epoch {}", epoch_));
}

void TrainingRun::end(TrainStatus status, std::string reason) {
  result_.status = status;
  result_.reason = std::move(reason);
  result_.epochs = epoch_;
  result_.steps = step_;
  result_.seconds = seconds_;
  result_.samples_per_s = session_seconds_ > 0 ? static_cast<double>(session_rows_) / session_seconds_ : 0;
  result_.history = history_;
  if (!history_.empty()) result_.last = history_.back();
  if (stopping_ && stopping_->state().best) result_.best_epoch = stopping_->state().best_epoch;
  if (keeps_lowest_loss()) result_.best_epoch = lowest_loss_epoch(history_);
  if (status != TrainStatus::interrupted) {
    // Before the best weights come back: as Keras does, those are the weights of their epoch, not its average.
    if (status != TrainStatus::not_finite && step_ >= calls_per_update_) average_.use();
    if (!best_.empty()) {
      set_blocks(best_, false);
      result_.restored_best = true;
    }
    write_outputs();
  }
  listener_->on_train_end(result_);
}

}  // namespace ingot::runtime
