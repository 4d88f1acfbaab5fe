// The search: trials over a space, side by side or one after another, written to a study as they go.
//
// What a trial is (a training run) comes in as a function, so the driver knows no trainer. Results do not depend on `jobs`:
// points and seeds are functions of (seed, trial), and rules that look at several trials are applied in the order of their numbers.
// A trial whose score is NaN or whose function throws FAILs; three FAILs in a row, counted in this session, end the search, and trials
// with higher numbers that already ran beside them are withdrawn. A trial that was RUNNING when the process died is run again:
// its function gets the same folder and continues from the checkpoint it finds there.
#pragma once
#include <ingot/runtime/search/space.hpp>
#include <ingot/runtime/search/study.hpp>

#include <atomic>
#include <functional>

namespace ingot::runtime {

struct TrialScore {
  double value = 0;              ///< the objective at its best epoch
  std::uint32_t best_epoch = 0;  ///< from 1
  std::uint32_t epochs = 0;      ///< epochs run
  bool interrupted = false;      ///< stopped by `stop` before its end; the checkpoint continues it
  std::string plan;              ///< hash of the compiled plan; kept with the trial
};

/// One training run that the driver asks for.
struct TrialRun {
  std::uint64_t trial = 0;
  std::uint32_t execution = 0;
  Point point;
  std::uint64_t seed = 0;
  std::string folder;                                                 ///< of this run alone; exists
  std::function<void(std::uint32_t epoch, double objective)> report;  ///< call after every epoch, from 1, before its checkpoint
  const std::atomic<bool>* stop = nullptr;                            ///< becomes true: come back soon, with `interrupted`
};
using TrialFunction = std::function<TrialScore(const TrialRun&)>;

struct SearchPlan {
  std::string study_path;     ///< the SQLite file
  std::string study_name;     ///< the model's name
  std::string trials_folder;  ///< gets a folder per trial: <number>/, with several executions <number>/<execution>/
  std::string objective;      ///< "val_accuracy"
  bool maximize = true;
  std::uint64_t seed = 0;
  std::uint32_t trials = 10;  ///< in the study in all, finished ones included
  std::uint32_t executions = 1;
  std::uint32_t epochs = 1;  ///< at most, per run: numbers the steps of several executions
  std::uint32_t jobs = 1;
  bool resume = false, overwrite = false;  ///< `resume` without a study starts one
  /// What must be the same when a study goes on: option -> text ("epochs" -> "10"). The space, objective, seed and executions are added.
  std::map<std::string, std::string> facts;
};

/// What the command line shows while a search runs. Calls come from several threads, one at a time.
struct SearchListener {
  std::function<void(std::uint64_t trial, const Point&)> started;
  std::function<void(std::uint64_t trial, std::uint32_t epoch, double objective)> epoch;
  std::function<void(const Trial&)> finished;
};

enum class SearchEnd { done, exhausted, failures, interrupted };

struct SearchResult {
  SearchEnd end = SearchEnd::done;
  std::vector<Trial> trials;  ///< of the whole study
  std::optional<Trial> best;
  std::string reason;  ///< failures: why the last trial failed
};

/// Runs the search. Throws UserError or MachineError when the study exists (names --resume and --overwrite), has another
/// space, objective or fact (shows the difference), is used by another process, or cannot be written.
SearchResult run_search(const Space& space, const SearchPlan& plan, const TrialFunction& run, const SearchListener& listener,
                        const std::atomic<bool>& stop);

/// The facts of a study's own record, for defaults of options that were not given again. Empty: none recorded.
std::map<std::string, std::string> study_facts(const Study& study);
/// Throws UserError with the difference when the study was made over another space.
void check_space(const Space& space, const Study& study);

/// The point of a study's trial in this space. Throws UserError when the parameters do not fit.
Point trial_point(const Space& space, const Trial& trial);
/// The active values of a point as Optuna stores them.
std::vector<TrialParameter> trial_parameters(const Space& space, const Point& point);
/// What a finished trial recorded: the epoch of its best value (from 1), averaged over executions and rounded. 0: not recorded.
std::uint32_t best_epoch(const Trial& trial);

}  // namespace ingot::runtime
