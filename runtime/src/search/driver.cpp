#include <ingot/runtime/search/driver.hpp>

#include "search/facts.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/search/sampler.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <fcntl.h>
#include <filesystem>
#include <list>
#include <mutex>
#include <sys/file.h>
#include <thread>
#include <unistd.h>

namespace ingot::runtime {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// So many FAILs in a row end a search: the cause is then hardly the point.
constexpr int max_failures_in_a_row = 3;
constexpr std::chrono::milliseconds stop_poll{20};

/// Held while a search uses its folder; another process is refused.
class FolderLock {
 public:
  explicit FolderLock(const std::string& folder) : descriptor_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (descriptor_ < 0) throw machine_error("open", folder, errno);
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
    ::close(descriptor_);
    throw UserError(fmt::format("another search is running in {}; wait for it or use another --out", folder));
  }
  ~FolderLock() { ::close(descriptor_); }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_;
};

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw machine_error("make the folder", folder.string(), error.value());
}

// Removes what an earlier search left: the study with SQLite's side files, and the folders of its trials (names of digits only).
void remove_search(const SearchPlan& plan) {
  std::error_code ignored;
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) fs::remove(plan.study_path + suffix, ignored);
  std::vector<fs::path> trials;
  for (const auto& entry : fs::directory_iterator(plan.trials_folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c) != 0; })) trials.push_back(entry.path());
  }
  for (const fs::path& trial : trials) fs::remove_all(trial, ignored);
}

struct Outcome {
  bool failed = false, earlier = false;  // earlier: finished before this session
  std::string reason;
};

/// A trial in work.
struct Task {
  Task(std::int64_t trial_number, Point at) : number(trial_number), point(std::move(at)) {}
  std::int64_t number, id = 0;
  Point point;
  std::map<std::string, std::string> attributes;  // of an earlier session: executions that are done
  std::atomic<bool> stop{false};
};

class Search {
 public:
  Search(const Space& space, const SearchPlan& plan, const TrialFunction& run, const SearchListener& listener,
         const std::atomic<bool>& stop)
      : space_(space), plan_(plan), run_(run), listener_(listener), stop_(stop), sampler_(space, plan.seed) {}
  SearchResult go();

 private:
  void open();
  void take_over(const Trial& trial);
  void work();
  Task* next_task();
  Task* start_trial();
  void perform(Task& task);
  std::optional<TrialScore> run_executions(Task& task);
  TrialScore run_execution(Task& task, std::uint32_t execution);
  void settle(Task& task, Outcome outcome);
  void apply_failure_rule();
  void withdraw_beyond();
  void abort(std::exception_ptr error);
  void watch(std::vector<std::thread>& workers);
  [[nodiscard]] bool ended() const { return interrupted_ || fatal_ || exhausted_ || failures_; }

  const Space& space_;
  const SearchPlan& plan_;
  const TrialFunction& run_;
  const SearchListener& listener_;
  const std::atomic<bool>& stop_;

  std::optional<Study> study_;
  std::mutex mutex_;  // of all below
  std::condition_variable changed_;
  Sampler sampler_;
  std::list<Task> tasks_;       // stable addresses; waiting ones first
  std::vector<Task*> waiting_;  // RUNNING trials of a session that was cut off
  std::map<std::int64_t, Outcome> outcomes_;
  std::int64_t next_number_ = 0, undecided_ = 0;  // all trials below `undecided_` have gone through the failure rule
  int failures_in_a_row_ = 0, new_failures_ = 0;
  std::uint32_t idle_workers_ = 0;
  bool interrupted_ = false, exhausted_ = false, failures_ = false;
  std::string reason_;
  std::exception_ptr fatal_;
};

void Search::open() {
  const bool exists = study_exists(plan_.study_path);
  if (exists && !plan_.resume && !plan_.overwrite)
    throw UserError(fmt::format("the study {} exists; continue it with --resume or start anew with --overwrite", plan_.study_path));
  if (plan_.overwrite) remove_search(plan_);
  study_.emplace(plan_.study_path, plan_.study_name, plan_.maximize, plan_.objective);
  const auto facts = all_facts(plan_);
  const std::vector<Trial> trials = study_->trials();
  if (trials.empty() && study_->attributes().empty()) record_facts(*study_, space_, facts);
  check_space(space_, *study_);
  check_facts(*study_, facts);
  for (const Trial& trial : trials) take_over(trial);
  apply_failure_rule();
}

void Search::take_over(const Trial& trial) {
  next_number_ = std::max(next_number_, trial.number + 1);
  if (trial.state != TrialState::running) {
    outcomes_[trial.number] = {trial.state == TrialState::fail, true, {}};
    return;
  }
  Task& task = tasks_.emplace_back(trial.number, trial_point(space_, trial));
  task.id = trial.id;
  task.attributes = trial.attributes;
  waiting_.push_back(&task);
}

// Under the lock. Counts in the order of numbers, as far as all are known. Three old failures are what the user resumed from.
void Search::apply_failure_rule() {
  for (auto next = outcomes_.find(undecided_); next != outcomes_.end() && !failures_; next = outcomes_.find(++undecided_)) {
    const Outcome& outcome = next->second;
    failures_in_a_row_ = outcome.failed ? failures_in_a_row_ + 1 : 0;
    new_failures_ = outcome.failed ? new_failures_ + (outcome.earlier ? 0 : 1) : 0;
    if (failures_in_a_row_ < max_failures_in_a_row) continue;
    if (new_failures_ > 0) {
      failures_ = true;
      reason_ = outcome.reason;
    }
    failures_in_a_row_ = new_failures_ = 0;
  }
  if (!failures_) return;
  for (Task& task : tasks_)
    if (task.number >= undecided_) task.stop = true;
}

Task* Search::next_task() {
  const std::lock_guard lock(mutex_);
  if (ended()) return nullptr;
  if (waiting_.empty()) return start_trial();
  Task* task = waiting_.front();
  waiting_.erase(waiting_.begin());
  if (listener_.started) listener_.started(static_cast<std::uint64_t>(task->number), task->point);
  return task;
}

// Under the lock: numbers and rows of the study are made in the same order.
Task* Search::start_trial() {
  if (next_number_ >= plan_.trials) return nullptr;
  const std::optional<Point> point = sampler_.point(static_cast<std::uint64_t>(next_number_));
  exhausted_ = !point;
  if (!point) return nullptr;
  Task& task = tasks_.emplace_back(next_number_, *point);
  task.id = study_->start(next_number_, trial_parameters(space_, *point));
  ++next_number_;
  if (listener_.started) listener_.started(static_cast<std::uint64_t>(task.number), task.point);
  return &task;
}

void Search::work() {
  try {
    while (Task* task = next_task()) perform(*task);
  } catch (...) {
    abort(std::current_exception());
  }
  const std::lock_guard lock(mutex_);
  ++idle_workers_;
  changed_.notify_all();
}

void Search::abort(std::exception_ptr error) {
  const std::lock_guard lock(mutex_);
  if (!fatal_) fatal_ = std::move(error);
  for (Task& task : tasks_) task.stop = true;
}

// An exception of the trial itself is a FAIL; one of the study ends the search.
void Search::perform(Task& task) {
  std::optional<TrialScore> score;
  std::string reason;
  try {
    score = run_executions(task);
    if (score && std::isnan(score->value)) reason = "the objective is NaN";
  } catch (const std::exception& error) {
    reason = error.what();
  }
  {
    const std::lock_guard lock(mutex_);
    if (fatal_ || (task.stop && (!score || score->interrupted)) || (score && score->interrupted)) return;
  }
  if (reason.empty()) {
    std::map<std::string, std::string> attributes{{"best_epoch", std::to_string(score->best_epoch)},
                                                  {"epochs", std::to_string(score->epochs)}};
    if (!score->plan.empty()) attributes["plan"] = Json(score->plan).dump();
    study_->complete(task.id, score->value, attributes);
  } else {
    study_->fail(task.id, reason);
  }
  settle(task, {!reason.empty(), false, reason});
}

void Search::settle(Task& task, Outcome outcome) {
  const std::lock_guard lock(mutex_);
  outcomes_[task.number] = std::move(outcome);
  apply_failure_rule();
  if (!listener_.finished || task.stop) return;
  for (const Trial& trial : study_->trials())
    if (trial.id == task.id) listener_.finished(trial);
}

std::optional<TrialScore> Search::run_executions(Task& task) {
  TrialScore total;
  double best_epochs = 0;
  for (std::uint32_t e = 0; e < plan_.executions; ++e) {
    TrialScore score = run_execution(task, e);
    if (score.interrupted || std::isnan(score.value)) return score;
    total.value += score.value / plan_.executions;
    best_epochs += static_cast<double>(score.best_epoch) / plan_.executions;
    total.epochs = std::max(total.epochs, score.epochs);
    total.plan = score.plan;
  }
  total.best_epoch = static_cast<std::uint32_t>(std::lround(best_epochs));
  return total;
}

TrialScore Search::run_execution(Task& task, std::uint32_t execution) {
  const std::string key = fmt::format("execution_{}", execution);
  if (const auto done = task.attributes.find(key); done != task.attributes.end()) {
    const Json json = Json::parse(done->second);
    return {json.at("value").get<double>(), json.at("best_epoch").get<std::uint32_t>(), json.at("epochs").get<std::uint32_t>(), false,
            json.at("plan").get<std::string>()};
  }
  TrialRun run{static_cast<std::uint64_t>(task.number), execution, task.point, 0, {}, {}, &task.stop};
  run.seed = trial_seed(plan_.seed, run.trial, execution);
  fs::path folder = fs::path(plan_.trials_folder) / std::to_string(task.number);
  if (plan_.executions > 1) folder /= std::to_string(execution);
  make_folder(folder);
  run.folder = folder.string();
  run.report = [&](std::uint32_t epoch, double objective) {
    try {
      study_->report(task.id, static_cast<std::int64_t>(execution) * plan_.epochs + epoch, objective);
    } catch (...) {
      abort(std::current_exception());
      throw;
    }
    const std::lock_guard lock(mutex_);
    if (listener_.epoch) listener_.epoch(run.trial, epoch, objective);
  };
  TrialScore score = run_(run);
  // With several executions each result is kept, so that a killed trial repeats only the one it was in.
  if (plan_.executions > 1 && !score.interrupted && std::isfinite(score.value)) {
    const Json json{{"value", score.value}, {"best_epoch", score.best_epoch}, {"epochs", score.epochs}, {"plan", score.plan}};
    study_->set_attribute(task.id, key, json.dump());
  }
  return score;
}

// The caller's thread: turns the outer stop flag into those of the trials, until all workers are done.
void Search::watch(std::vector<std::thread>& workers) {
  std::unique_lock lock(mutex_);
  while (idle_workers_ < workers.size()) {
    changed_.wait_for(lock, stop_poll);
    if (!stop_ || interrupted_) continue;
    interrupted_ = true;
    for (Task& task : tasks_) task.stop = true;
  }
  lock.unlock();
  for (std::thread& worker : workers) worker.join();
}

// With several jobs, trials beyond the one that ended the search may have begun: they leave no trace.
void Search::withdraw_beyond() {
  std::vector<Trial> trials = study_->trials();
  for (auto trial = trials.rbegin(); trial != trials.rend() && trial->number >= undecided_; ++trial) {
    study_->withdraw(trial->id);
    std::error_code ignored;
    fs::remove_all(fs::path(plan_.trials_folder) / std::to_string(trial->number), ignored);
  }
}

SearchResult Search::go() {
  make_folder(plan_.trials_folder);
  const FolderLock lock(plan_.trials_folder);
  open();
  std::vector<std::thread> workers;
  for (std::uint32_t i = 0; i < std::max(plan_.jobs, 1u); ++i) workers.emplace_back([this] { work(); });
  watch(workers);
  if (fatal_) std::rethrow_exception(fatal_);
  if (failures_) withdraw_beyond();
  SearchResult result;
  result.end = failures_      ? SearchEnd::failures
               : interrupted_ ? SearchEnd::interrupted
               : exhausted_   ? SearchEnd::exhausted
                              : SearchEnd::done;
  result.trials = study_->trials();
  result.best = study_->best();
  result.reason = reason_;
  return result;
}

}  // namespace

SearchResult run_search(const Space& space, const SearchPlan& plan, const TrialFunction& run, const SearchListener& listener,
                        const std::atomic<bool>& stop) {
  return Search(space, plan, run, listener, stop).go();
}

std::uint32_t best_epoch(const Trial& trial) {
  const auto found = trial.attributes.find("best_epoch");
  std::uint32_t epoch = 0;
  if (found != trial.attributes.end()) std::from_chars(found->second.data(), found->second.data() + found->second.size(), epoch);
  return epoch;
}

}  // namespace ingot::runtime
