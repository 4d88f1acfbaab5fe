// The little of SQLite that a study needs: statements with typed bindings, transactions that take the write lock at their start.
// Errors are MachineError or UserError with one sentence that names the file. Not thread-safe.
#pragma once
#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ingot::runtime::sqlite {

class Database;

class Statement {
 public:
  Statement(Database& database, std::string_view sql);
  /// Binds the arguments in order: integers, doubles (NaN and infinities as NULL), texts.
  template <typename... Args>
  Statement(Database& database, std::string_view sql, const Args&... args) : Statement(database, sql) {
    int position = 0;
    (bind(++position, args), ...);
  }
  /// Goes to the next row; false: there is none.
  bool step();

  [[nodiscard]] std::int64_t integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
  [[nodiscard]] double real(int column) const { return sqlite3_column_double(statement_.get(), column); }
  [[nodiscard]] bool null(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }
  [[nodiscard]] std::string text(int column) const;

 private:
  void bind(int position, std::int64_t value);
  void bind(int position, int value) { bind(position, static_cast<std::int64_t>(value)); }
  void bind(int position, double value);
  void bind(int position, const std::string& value);
  void bind(int position, const char* value) { bind(position, std::string(value)); }
  void check(int code) const;

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  Database* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  /// Opens the file; `create`: makes it when it is not there.
  Database(const std::string& path, bool create);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] sqlite3* handle() const { return handle_.get(); }
  [[nodiscard]] std::int64_t last_id() const { return sqlite3_last_insert_rowid(handle_.get()); }

  /// Statements without results, several separated by semicolons.
  void execute(const std::string& sql);
  template <typename... Args>
  void run(std::string_view sql, const Args&... args) {
    Statement statement(*this, sql, args...);
    while (statement.step()) {
    }
  }
  /// Throws for a failed call, in words for the user where the cause is known.
  [[noreturn]] void fail(int code) const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close(handle); }
  };
  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

/// Rolls back unless committed.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(&database) { database.execute("BEGIN IMMEDIATE"); }
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database* database_;
};

}  // namespace ingot::runtime::sqlite
