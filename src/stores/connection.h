// The only RAII over SQLite: a connection and its prepared statements, errors as exceptions.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "weir/bytes.h"
#include "weir/error.h"
#include "weir/stores/database_run.h"

struct sqlite3;
struct sqlite3_stmt;

namespace weir::stores {

/// What another attempt may overcome.
class Obstructed final : public SystemError {
 public:
  Obstructed(Obstacle obstacle, ErrorCode code, int number, const std::string& action)
      : SystemError{code, number, action}, obstacle_{obstacle} {}
  [[nodiscard]] Obstacle obstacle() const noexcept { return obstacle_; }

 private:
  Obstacle obstacle_;
};

/// A prepared statement. Text and blobs are borrowed until run() or step() has returned. Must not
/// outlive its connection.
class Statement {
 public:
  Statement(sqlite3* database, const std::string& sql);

  /// Parameters count from 1.
  Statement& bind(int parameter, std::int64_t number);
  Statement& bind(int parameter, std::string_view text);
  Statement& bind(int parameter, Bytes blob);
  Statement& bind_null(int parameter);

  /// Goes to the next row; false (and ready for new values) when there is none.
  bool step();
  /// Runs a statement that has no rows.
  void run() { step(); }
  void reset() noexcept;

  /// Of the current row; columns count from 0.
  [[nodiscard]] std::int64_t integer(int column) const noexcept;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  void check(int result) const;

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// Makes no file but the database and its journal beside it: whatever SQLite sorts or keeps to undo
/// a statement stays in memory.
class Connection {
 public:
  /// Opens or creates the file. Refuses what is no regular file.
  explicit Connection(const std::string& path);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() = default;

  /// While another process has the database: fails after so many milliseconds, or asks each time.
  void wait_for(int milliseconds) noexcept;
  void wait_by(DatabaseWait wait);

  /// Runs statements without results.
  void execute(const std::string& sql);
  [[nodiscard]] Statement prepare(const std::string& sql) { return {handle_.get(), sql}; }
  /// The first column of the only row.
  [[nodiscard]] std::int64_t query_integer(const std::string& sql);
  [[nodiscard]] std::int64_t last_row() const noexcept;
  [[nodiscard]] bool in_transaction() const noexcept;
  /// Takes back what was not committed, if anything; never throws.
  void roll_back() noexcept;

  /// The file's, for messages.
  [[nodiscard]] std::string name() const;

  /// Throws Error (output_failed) if the path no longer leads to the file that is open.
  void require_in_place() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const noexcept;
  };

  std::string path_;
  DatabaseWait wait_{};
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace weir::stores
