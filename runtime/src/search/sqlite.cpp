#include "search/sqlite.hpp"

#include <fmt/format.h>
#include <ingot/runtime/data/error.hpp>

#include <cmath>

namespace ingot::runtime::sqlite {
namespace {

// How long a writer waits for another process, e.g. a dashboard, to finish its transaction.
constexpr int busy_milliseconds = 10000;

}  // namespace

Database::Database(const std::string& path, bool create) : path_(path) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0), nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) fail(code);
  sqlite3_busy_timeout(handle, busy_milliseconds);
}

void Database::fail(int code) const {
  switch (code & 0xff) {
    case SQLITE_NOTADB:
      throw UserError(fmt::format("{} is not an SQLite file; give a study or another file name", path_));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw MachineError(fmt::format("the study {} is locked by another process; end it or try again later", path_));
    case SQLITE_FULL:
      throw MachineError(fmt::format("cannot write the study {}: no space left on the device", path_));
    case SQLITE_READONLY:
      throw MachineError(fmt::format("cannot write the study {}: it is read-only", path_));
    case SQLITE_CORRUPT:
      throw UserError(fmt::format("the study {} is damaged; restore a copy or start anew with --overwrite", path_));
    default:
      throw MachineError(fmt::format("cannot use the study {}: {}", path_, handle_ ? sqlite3_errmsg(handle_.get()) : "out of memory"));
  }
}

void Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

Statement::Statement(Database& database, std::string_view sql) : database_(&database) {
  sqlite3_stmt* statement = nullptr;
  check(sqlite3_prepare_v2(database.handle(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr));
  statement_.reset(statement);
}

void Statement::check(int code) const {
  if (code != SQLITE_OK) database_->fail(code);
}

void Statement::bind(int position, std::int64_t value) { check(sqlite3_bind_int64(statement_.get(), position, value)); }

void Statement::bind(int position, double value) {
  check(std::isfinite(value) ? sqlite3_bind_double(statement_.get(), position, value) : sqlite3_bind_null(statement_.get(), position));
}

void Statement::bind(int position, const std::string& value) {
  check(sqlite3_bind_text(statement_.get(), position, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT));
}

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code != SQLITE_ROW && code != SQLITE_DONE) database_->fail(code);
  return code == SQLITE_ROW;
}

std::string Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  return bytes ? std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))) : std::string();
}

void Transaction::commit() {
  database_->execute("COMMIT");
  database_ = nullptr;
}

Transaction::~Transaction() {
  if (database_) sqlite3_exec(database_->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace ingot::runtime::sqlite
