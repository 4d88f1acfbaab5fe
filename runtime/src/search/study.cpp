#include <ingot/runtime/search/study.hpp>

#include "search/sqlite.hpp"
#include "search/study_schema.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <chrono>
#include <cmath>
#include <ctime>
#include <limits>
#include <mutex>
#include <sys/stat.h>

namespace ingot::runtime {
namespace {

using sqlite::Database;
using sqlite::Statement;
using sqlite::Transaction;

constexpr std::array<const char*, 5> state_names{"RUNNING", "COMPLETE", "PRUNED", "FAIL", "WAITING"};

TrialState state_of(const std::string& name, const std::string& path) {
  for (std::size_t i = 0; i < state_names.size(); ++i)
    if (name == state_names[i]) return static_cast<TrialState>(i);
  throw UserError(fmt::format("the study {} has a trial in the unknown state '{}'", path, name));
}

std::string now() {
  using namespace std::chrono;
  const auto time = system_clock::now();
  const std::time_t seconds = system_clock::to_time_t(time);
  std::tm local{};
  localtime_r(&seconds, &local);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &local);
  const auto micros = duration_cast<microseconds>(time.time_since_epoch()).count() % 1000000;
  return fmt::format("{}.{:06}", text, micros);
}

const char* value_type(double value) {
  if (std::isnan(value)) return "NAN";
  if (std::isinf(value)) return value > 0 ? "INF_POS" : "INF_NEG";
  return "FINITE";
}

double stored_value(const Statement& row, int value, int type) {
  const std::string kind = row.text(type);
  if (kind == "INF_POS") return std::numeric_limits<double>::infinity();
  if (kind == "INF_NEG") return -std::numeric_limits<double>::infinity();
  if (kind == "NAN" || row.null(value)) return std::numeric_limits<double>::quiet_NaN();
  return row.real(value);
}

void create_tables(Database& db) {
  Transaction transaction(db);
  db.execute(study_schema);
  db.run("INSERT INTO version_info SELECT 1, ?, '4.9.0' WHERE NOT EXISTS (SELECT 1 FROM version_info)", study_schema_version);
  db.run("INSERT INTO alembic_version SELECT ? WHERE NOT EXISTS (SELECT 1 FROM alembic_version)", study_revision);
  transaction.commit();
}

bool has_table(Database& db, const char* name) {
  return Statement(db, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", name).step();
}

// A file with other tables than a study's is somebody's data: refused rather than extended.
void check_schema(Database& db) {
  if (!has_table(db, "version_info") || !has_table(db, "alembic_version") || !has_table(db, "studies"))
    throw UserError(fmt::format("{} is an SQLite file but no study; give another file name", db.path()));
  Statement version(db, "SELECT schema_version FROM version_info");
  Statement revision(db, "SELECT version_num FROM alembic_version");
  if (!version.step() || !revision.step() || version.integer(0) != study_schema_version || revision.text(0) != study_revision)
    throw UserError(fmt::format("the study {} has another schema than version {} ({}); convert it with `optuna storage upgrade`", db.path(),
                                study_schema_version, study_revision));
}

bool empty_file(Database& db) { return !Statement(db, "SELECT 1 FROM sqlite_master LIMIT 1").step(); }

}  // namespace

struct Study::Impl {
  Impl(const std::string& path, bool create) : db(path, create) {}
  Database db;
  std::int64_t id = 0;
  bool maximize = false;
  mutable std::mutex mutex;

  void find(const std::string& name);
  void create(const std::string& name, bool maximize_objective, const std::string& metric);
  void read_direction();
  void fill(std::map<std::int64_t, Trial>& trials);
  void finish(std::int64_t trial_id, TrialState state);
  void attribute(std::int64_t trial_id, const std::string& key, const std::string& json);
};

void Study::Impl::find(const std::string& name) {
  Statement row(db, "SELECT study_id FROM studies WHERE study_name = ?", name);
  if (row.step()) id = row.integer(0);
}

void Study::Impl::create(const std::string& name, bool maximize_objective, const std::string& metric) {
  Transaction transaction(db);
  db.run("INSERT INTO studies (study_name) VALUES (?)", name);
  id = db.last_id();
  db.run("INSERT INTO study_directions (direction, study_id, objective) VALUES (?, ?, 0)", maximize_objective ? "MAXIMIZE" : "MINIMIZE",
         id);
  db.run("INSERT INTO study_system_attributes (study_id, key, value_json) VALUES (?, 'study:metric_names', ?)", id,
         nlohmann::json::array({metric}).dump());
  transaction.commit();
}

void Study::Impl::read_direction() {
  Statement row(db, "SELECT direction, objective FROM study_directions WHERE study_id = ? ORDER BY objective DESC", id);
  if (!row.step() || row.integer(1) != 0 || row.text(0) == "NOT_SET")
    throw UserError(fmt::format("the study {} has not exactly one objective with a direction", db.path()));
  maximize = row.text(0) == "MAXIMIZE";
}

Study::Study(const std::string& path, const std::string& name, bool maximize, const std::string& metric)
    : impl_(std::make_unique<Impl>(path, true)) {
  Database& db = impl_->db;
  if (empty_file(db)) create_tables(db);
  check_schema(db);
  impl_->find(name);
  if (impl_->id == 0) impl_->create(name, maximize, metric);
  impl_->read_direction();
  if (impl_->maximize != maximize)
    throw UserError(fmt::format("the study {} {} its objective, this search would {} {}; start anew with --overwrite or use another --out",
                                path, impl_->maximize ? "maximizes" : "minimizes", maximize ? "maximize" : "minimize", metric));
}

Study::Study(const std::string& path) {
  if (!study_exists(path)) throw UserError(fmt::format("there is no study {}; make one with the command search", path));
  impl_ = std::make_unique<Impl>(path, false);
  check_schema(impl_->db);
  Statement row(impl_->db, "SELECT COUNT(*), MIN(study_id) FROM studies");
  row.step();
  if (row.integer(0) != 1) throw UserError(fmt::format("{} holds {} studies, not one", path, row.integer(0)));
  impl_->id = row.integer(1);
  impl_->read_direction();
}

Study::~Study() = default;

const std::string& Study::path() const { return impl_->db.path(); }
bool Study::maximize() const { return impl_->maximize; }

std::map<std::string, std::string> Study::attributes() const {
  const std::lock_guard lock(impl_->mutex);
  std::map<std::string, std::string> result;
  Statement row(impl_->db, "SELECT key, value_json FROM study_user_attributes WHERE study_id = ?", impl_->id);
  while (row.step()) result[row.text(0)] = row.text(1);
  return result;
}

void Study::set_attributes(const std::map<std::string, std::string>& attributes) {
  const std::lock_guard lock(impl_->mutex);
  Transaction transaction(impl_->db);
  for (const auto& [key, json] : attributes)
    impl_->db.run(
        "INSERT INTO study_user_attributes (study_id, key, value_json) VALUES (?, ?, ?) "
        "ON CONFLICT (study_id, key) DO UPDATE SET value_json = excluded.value_json",
        impl_->id, key, json);
  transaction.commit();
}

void Study::Impl::fill(std::map<std::int64_t, Trial>& trials) {
  const auto for_all = [&](const char* columns, const auto& take) {
    Statement row(db, fmt::format("SELECT trial_id, {} WHERE trial_id IN (SELECT trial_id FROM trials WHERE study_id = ?)", columns), id);
    while (row.step())
      if (const auto trial = trials.find(row.integer(0)); trial != trials.end()) take(row, trial->second);
  };
  for_all("value, value_type, objective FROM trial_values", [](const Statement& row, Trial& trial) {
    if (row.integer(3) == 0) trial.value = stored_value(row, 1, 2);
  });
  for_all("param_name, distribution_json, param_value FROM trial_params",
          [](const Statement& row, Trial& trial) { trial.parameters.push_back({row.text(1), row.text(2), row.real(3)}); });
  for_all("step, intermediate_value, intermediate_value_type FROM trial_intermediate_values",
          [](const Statement& row, Trial& trial) { trial.intermediate[row.integer(1)] = stored_value(row, 2, 3); });
  for_all("key, value_json FROM trial_user_attributes",
          [](const Statement& row, Trial& trial) { trial.attributes[row.text(1)] = row.text(2); });
}

std::vector<Trial> Study::trials() const {
  const std::lock_guard lock(impl_->mutex);
  std::map<std::int64_t, Trial> by_id;
  Statement row(impl_->db, "SELECT trial_id, number, state FROM trials WHERE study_id = ?", impl_->id);
  while (row.step()) {
    Trial trial;
    trial.id = row.integer(0);
    trial.number = row.integer(1);
    trial.state = state_of(row.text(2), path());
    by_id.emplace(trial.id, std::move(trial));
  }
  impl_->fill(by_id);
  std::vector<Trial> result;
  for (auto& [id, trial] : by_id) result.push_back(std::move(trial));
  return result;
}

std::optional<Trial> Study::best() const {
  std::optional<Trial> best;
  for (Trial& trial : trials()) {
    if (trial.state != TrialState::complete || !trial.value || std::isnan(*trial.value)) continue;
    if (!best || (maximize() ? *trial.value > *best->value : *trial.value < *best->value)) best = std::move(trial);
  }
  return best;
}

std::int64_t Study::start(std::int64_t number, const std::vector<TrialParameter>& parameters) {
  const std::lock_guard lock(impl_->mutex);
  Database& db = impl_->db;
  Transaction transaction(db);
  Statement count(db, "SELECT COUNT(*) FROM trials WHERE study_id = ?", impl_->id);
  count.step();
  if (count.integer(0) != number)
    throw UserError(fmt::format("another program added trials to the study {} during the search; end it and go on with --resume", path()));
  db.run("INSERT INTO trials (number, study_id, state, datetime_start) VALUES (?, ?, 'RUNNING', ?)", number, impl_->id, now());
  const std::int64_t id = db.last_id();
  for (const TrialParameter& p : parameters)
    db.run("INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json) VALUES (?, ?, ?, ?)", id, p.name, p.value,
           p.distribution);
  transaction.commit();
  return id;
}

void Study::report(std::int64_t trial_id, std::int64_t step, double value) {
  const std::lock_guard lock(impl_->mutex);
  impl_->db.run(
      "INSERT INTO trial_intermediate_values (trial_id, step, intermediate_value, intermediate_value_type) VALUES (?, ?, ?, ?) "
      "ON CONFLICT (trial_id, step) DO UPDATE SET intermediate_value = excluded.intermediate_value, "
      "intermediate_value_type = excluded.intermediate_value_type",
      trial_id, step, value, value_type(value));
}

void Study::Impl::attribute(std::int64_t trial_id, const std::string& key, const std::string& json) {
  db.run(
      "INSERT INTO trial_user_attributes (trial_id, key, value_json) VALUES (?, ?, ?) "
      "ON CONFLICT (trial_id, key) DO UPDATE SET value_json = excluded.value_json",
      trial_id, key, json);
}

void Study::set_attribute(std::int64_t trial_id, const std::string& key, const std::string& json) {
  const std::lock_guard lock(impl_->mutex);
  impl_->attribute(trial_id, key, json);
}

void Study::Impl::finish(std::int64_t trial_id, TrialState state) {
  db.run("UPDATE trials SET state = ?, datetime_complete = ? WHERE trial_id = ? AND state = 'RUNNING'",
         state_names[static_cast<std::size_t>(state)], now(), trial_id);
  if (sqlite3_changes(db.handle()) != 1)
    throw UserError(fmt::format("another program changed a running trial of the study {}; end it and go on with --resume", db.path()));
}

void Study::complete(std::int64_t trial_id, double value, const std::map<std::string, std::string>& attributes) {
  const std::lock_guard lock(impl_->mutex);
  Transaction transaction(impl_->db);
  impl_->db.run("INSERT INTO trial_values (trial_id, objective, value, value_type) VALUES (?, 0, ?, ?)", trial_id, value,
                value_type(value));
  for (const auto& [key, json] : attributes) impl_->attribute(trial_id, key, json);
  impl_->finish(trial_id, TrialState::complete);
  transaction.commit();
}

void Study::fail(std::int64_t trial_id, const std::string& reason) {
  const std::lock_guard lock(impl_->mutex);
  Transaction transaction(impl_->db);
  impl_->attribute(trial_id, "fail_reason", nlohmann::json(reason).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace));
  impl_->finish(trial_id, TrialState::fail);
  transaction.commit();
}

void Study::withdraw(std::int64_t trial_id) {
  const std::lock_guard lock(impl_->mutex);
  Transaction transaction(impl_->db);
  for (const char* table : {"trial_user_attributes", "trial_system_attributes", "trial_params", "trial_values", "trial_intermediate_values",
                            "trial_heartbeats", "trials"})
    impl_->db.run(fmt::format("DELETE FROM {} WHERE trial_id = ?", table), trial_id);
  transaction.commit();
}

bool study_exists(const std::string& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0;
}

}  // namespace ingot::runtime
