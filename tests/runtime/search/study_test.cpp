#include "runtime/search/scratch.hpp"
#include "runtime/search/spaces.hpp"

#include <catch2/catch.hpp>
#include <ingot/runtime/data/error.hpp>
#include <ingot/runtime/search/driver.hpp>
#include <sqlite3.h>

#include <cmath>
#include <fstream>
#include <limits>

using namespace ingot::runtime;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// All rows of a query, columns joined by '|', read by SQLite alone.
std::vector<std::string> query(const std::string& path, const char* sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  std::vector<std::string> rows;
  const auto take = [](void* out, int n, char** values, char**) {
    std::string row;
    for (int i = 0; i < n; ++i) row += std::string(i ? "|" : "") + (values[i] ? values[i] : "NULL");
    static_cast<std::vector<std::string>*>(out)->push_back(row);
    return 0;
  };
  REQUIRE(sqlite3_exec(db, sql, take, &rows, nullptr) == SQLITE_OK);
  sqlite3_close(db);
  return rows;
}

using Rows = std::vector<std::string>;

}  // namespace

TEST_CASE("a new study has Optuna's version rows, direction and metric name") {
  const Scratch scratch;
  const std::string path = scratch.file("study.db");
  {
    const Study study(path, "fashion", true, "val_accuracy");
  }
  CHECK(query(path, "SELECT * FROM version_info") == Rows{"1|12|4.9.0"});
  CHECK(query(path, "SELECT * FROM alembic_version") == Rows{"v3.2.0.a"});
  CHECK(query(path, "SELECT study_id, study_name FROM studies") == Rows{"1|fashion"});
  CHECK(query(path, "SELECT direction, study_id, objective FROM study_directions") == Rows{"MAXIMIZE|1|0"});
  CHECK(query(path, "SELECT key, value_json FROM study_system_attributes") == Rows{"study:metric_names|[\"val_accuracy\"]"});
  CHECK(query(path, "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table'") == Rows{"13"});
  CHECK(query(path, "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name") ==
        Rows{"ix_studies_study_name", "ix_trials_study_id"});
}

TEST_CASE("trials are stored in Optuna's encoding") {
  const Scratch scratch;
  const std::string path = scratch.file("study.db");
  Study study(path, "s", false, "val_loss");
  const auto id = study.start(0, {{"lr", R"({"name": "FloatDistribution"})", 0.01}});
  study.report(id, 1, 0.5);
  study.report(id, 2, not_a_number);
  study.report(id, 3, -infinity);
  study.report(id, 1, 0.25);
  CHECK(query(path, "SELECT number, study_id, state, datetime_complete FROM trials") == Rows{"0|1|RUNNING|NULL"});
  study.complete(id, infinity, {{"best_epoch", "3"}});
  CHECK(query(path, "SELECT state FROM trials") == Rows{"COMPLETE"});
  CHECK(query(path, "SELECT step, intermediate_value, intermediate_value_type FROM trial_intermediate_values ORDER BY step") ==
        Rows{"1|0.25|FINITE", "2|NULL|NAN", "3|NULL|INF_NEG"});
  CHECK(query(path, "SELECT objective, value, value_type FROM trial_values") == Rows{"0|NULL|INF_POS"});
  CHECK(query(path, "SELECT param_name, param_value FROM trial_params") == Rows{"lr|0.01"});
  const Rows times = query(path,
                           "SELECT datetime_start GLOB '2*-[01]*-[0-3]* [0-2]*:[0-5]*:[0-5]*.*' AND LENGTH(datetime_start) = 26, "
                           "datetime_complete >= datetime_start FROM trials");
  CHECK(times == Rows{"1|1"});

  const Trial trial = study.trials().at(0);
  CHECK(trial.state == TrialState::complete);
  CHECK(*trial.value == infinity);
  CHECK(std::isnan(trial.intermediate.at(2)));
  CHECK(trial.intermediate.at(3) == -infinity);
  CHECK(best_epoch(trial) == 3);
}

TEST_CASE("the best trial is the first one with the best value, failures apart") {
  const Scratch scratch;
  Study study(scratch.file("study.db"), "s", true, "val_accuracy");
  CHECK_FALSE(study.best());
  const double values[] = {0.5, 0.9, 0.9, 0.7};
  for (int k = 0; k < 4; ++k) study.complete(study.start(k, {}), values[k], {});
  study.fail(study.start(4, {}), "a \"reason\"\n");
  study.start(5, {});
  CHECK(study.best()->number == 1);
  CHECK(study.trials()[4].state == TrialState::fail);
  CHECK(study.trials()[4].attributes.at("fail_reason") == R"("a \"reason\"\n")");
}

TEST_CASE("finished trials cannot be changed, and numbers cannot be skipped") {
  const Scratch scratch;
  Study study(scratch.file("study.db"), "s", true, "m");
  const auto id = study.start(0, {});
  study.complete(id, 1, {});
  CHECK_THROWS_AS(study.complete(id, 2, {}), std::runtime_error);
  CHECK_THROWS_AS(study.fail(id, "late"), std::runtime_error);
  CHECK_THROWS_AS(study.start(2, {}), UserError);
  CHECK(*study.best()->value == 1);
}

TEST_CASE("what is no study is refused with a sentence that names the file") {
  const Scratch scratch;
  std::ofstream(scratch.file("text.db")) << "not a database, but long enough to look at: " << std::string(200, 'x');
  CHECK_THROWS_WITH(Study(scratch.file("text.db"), "s", true, "m"), Catch::Contains("text.db is not an SQLite file"));
  query(scratch.file("other.db"), "CREATE TABLE books(title)");
  CHECK_THROWS_WITH(Study(scratch.file("other.db"), "s", true, "m"), Catch::Contains("other.db is an SQLite file but no study"));
  CHECK(query(scratch.file("other.db"), "SELECT name FROM sqlite_master") == Rows{"books"});
  {
    const Study study(scratch.file("old.db"), "s", true, "m");
  }
  query(scratch.file("old.db"), "UPDATE version_info SET schema_version = 11");
  CHECK_THROWS_WITH(Study(scratch.file("old.db"), "s", true, "m"), Catch::Contains("another schema"));
  CHECK_THROWS_WITH(Study(scratch.file("none.db")), Catch::Contains("there is no study"));
  CHECK_THROWS_WITH(Study(scratch.file("no/folder.db"), "s", true, "m"), Catch::Contains("no/folder.db"));
}

TEST_CASE("another direction is refused") {
  const Scratch scratch;
  {
    const Study study(scratch.file("study.db"), "s", true, "m");
  }
  CHECK_THROWS_WITH(Study(scratch.file("study.db"), "s", false, "m"), Catch::Contains("maximizes its objective"));
}

TEST_CASE("parameters are Optuna's distributions, and points come back from them") {
  spaces::Builder b;
  const int units = b.integer("units", 16, 130, 16);
  b.real("lr", 1e-4, 1, 0, -1, true);
  b.real("rate", 0.1, 0.5, 0.1);
  b.choice("act", {4, 7}, INGOT_HP_CHOICE_LABEL);
  b.choice("heads", {8, 2}, INGOT_HP_CHOICE_INT);
  const int drop = b.flag("drop");
  b.real("hidden", 0, 1, 0, b.equals(drop, 1, b.at_least(units, 16)));
  const Space space(b.model());
  Point point = space.initial();
  point.set("act", "gelu");
  point.set("heads", "2");
  point.set("units", "32");
  Trial trial;
  trial.parameters = trial_parameters(space, point);
  REQUIRE(trial.parameters.size() == 6);  // `hidden` is not active
  CHECK(trial.parameters[0].distribution == R"({"name":"IntDistribution","attributes":{"log":false,"step":16,"low":16,"high":128}})");
  CHECK(trial.parameters[1].distribution ==
        R"({"name":"FloatDistribution","attributes":{"step":null,"low":0.0001,"high":1.0,"log":true}})");
  CHECK(trial.parameters[2].distribution == R"({"name":"FloatDistribution","attributes":{"step":0.1,"low":0.1,"high":0.5,"log":false}})");
  CHECK(trial.parameters[3].distribution == R"({"name":"CategoricalDistribution","attributes":{"choices":["relu","gelu"]}})");
  CHECK(trial.parameters[3].value == 1);
  CHECK(trial.parameters[4].distribution == R"({"name":"CategoricalDistribution","attributes":{"choices":[8,2]}})");
  CHECK(trial.parameters[5].distribution == R"({"name":"CategoricalDistribution","attributes":{"choices":[false,true]}})");
  CHECK(trial_point(space, trial).describe() == point.describe());
}
