// A study on disk: one SQLite file in Optuna's own schema (schema_version 12, alembic v3.2.0.a), which Optuna and its dashboard open.
//
// Trial numbers are 0 .. n-1 in the order of creation. Finished trials (COMPLETE, FAIL, PRUNED) are never changed: values and
// attributes are written in the transaction that sets the final state. Every write is one transaction with SQLite's full
// synchronisation, so a killed process leaves a study that opens. Times are local, as Optuna 4 writes them.
// Errors are std::runtime_error with one sentence that names the file. Thread-safe.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ingot::runtime {

enum class TrialState { running, complete, pruned, fail, waiting };

/// One hyper-parameter of a trial: Optuna's internal value (categorical: the index of the choice) and its distribution as JSON.
struct TrialParameter {
  std::string name, distribution;
  double value = 0;
};

struct Trial {
  std::int64_t id = 0;  ///< Optuna's trial_id; `number` counts from 0 within the study
  std::int64_t number = 0;
  TrialState state = TrialState::running;
  std::optional<double> value;  ///< the objective of a COMPLETE trial
  std::vector<TrialParameter> parameters;
  std::map<std::int64_t, double> intermediate;    ///< step -> objective
  std::map<std::string, std::string> attributes;  ///< user attributes, JSON texts
};

class Study {
 public:
  /// Opens or creates the file, and the study of that name in it. `metric`: name of the objective, as Optuna's tools show it.
  /// Refuses a file that is no study, has another schema, or was made with the other direction.
  Study(const std::string& path, const std::string& name, bool maximize, const std::string& metric);
  /// Opens an existing file with exactly one study, for reading (`train --best`).
  explicit Study(const std::string& path);
  ~Study();
  Study(const Study&) = delete;
  Study& operator=(const Study&) = delete;

  [[nodiscard]] const std::string& path() const;
  [[nodiscard]] bool maximize() const;

  /// The study's own user attributes: key -> JSON text.
  [[nodiscard]] std::map<std::string, std::string> attributes() const;
  void set_attributes(const std::map<std::string, std::string>& attributes);

  [[nodiscard]] std::vector<Trial> trials() const;
  /// The best COMPLETE trial as Optuna finds it: the first one with the best value. Nothing: none is complete.
  [[nodiscard]] std::optional<Trial> best() const;

  /// Starts trial `number`, which must be the next one: state RUNNING, with its parameters. Returns trial_id.
  std::int64_t start(std::int64_t number, const std::vector<TrialParameter>& parameters);
  /// The objective after a step; NaN and infinities are stored as such. A step that was there is replaced.
  void report(std::int64_t trial_id, std::int64_t step, double value);
  void set_attribute(std::int64_t trial_id, const std::string& key, const std::string& json);
  void complete(std::int64_t trial_id, double value, const std::map<std::string, std::string>& attributes);
  void fail(std::int64_t trial_id, const std::string& reason);
  /// Takes a trial out, with all its rows. Only the newest one at a time, so that numbers stay 0 .. n-1.
  void withdraw(std::int64_t trial_id);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Whether `path` holds a file (a study or not).
bool study_exists(const std::string& path);

}  // namespace ingot::runtime
