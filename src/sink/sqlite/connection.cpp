// A SQLite connection and its statements.
#include "sink/sqlite/connection.h"

#include <sqlite3.h>

#include <cerrno>
#include <new>

#include "weir/error.h"

namespace weir::sink {
namespace {

bool is_refused(int result, int error_number) noexcept {
  return result == SQLITE_PERM || result == SQLITE_AUTH || result == SQLITE_READONLY ||
         (result == SQLITE_CANTOPEN && (error_number == EACCES || error_number == EPERM));
}

/// Throws what the last call on `database` met; `name` is for the message.
[[noreturn]] void fail(sqlite3* database, const std::string& name) {
  if (database == nullptr) throw std::bad_alloc{};
  const int result = sqlite3_errcode(database);
  const int error_number = sqlite3_system_errno(database);
  const std::string message = name + ": " + sqlite3_errmsg(database);
  if (is_refused(result, error_number)) {
    throw SystemError{ErrorCode::permission_denied, EACCES, message};
  }
  if (result == SQLITE_FULL) throw SystemError{ErrorCode::output_failed, ENOSPC, message};
  if (result == SQLITE_IOERR) {
    throw SystemError{ErrorCode::output_failed, error_number != 0 ? error_number : EIO, message};
  }
  throw Error{ErrorCode::database, message};
}

[[noreturn]] void fail(sqlite3* database) {
  // The name of the file, where there is one, so that the message stands alone.
  const char* file = database != nullptr ? sqlite3_db_filename(database, "main") : nullptr;
  fail(database, file != nullptr && *file != '\0' ? file : "flow database");
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

Statement::Statement(sqlite3* database, const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
    fail(database);
  }
  statement_.reset(statement);
}

void Statement::check(int result) const {
  if (result != SQLITE_OK) fail(sqlite3_db_handle(statement_.get()));
}

Statement& Statement::bind(int parameter, std::int64_t number) {
  check(sqlite3_bind_int64(statement_.get(), parameter, number));
  return *this;
}

Statement& Statement::bind(int parameter, std::string_view text) {
  // SQLite takes a null pointer for NULL, an empty text is not.
  const char* characters = text.empty() ? "" : text.data();
  check(sqlite3_bind_text64(statement_.get(), parameter, characters, text.size(), SQLITE_STATIC,
                            SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind(int parameter, Bytes blob) {
  check(sqlite3_bind_blob64(statement_.get(), parameter, blob.data(), blob.size(), SQLITE_STATIC));
  return *this;
}

Statement& Statement::bind_null(int parameter) {
  check(sqlite3_bind_null(statement_.get(), parameter));
  return *this;
}

bool Statement::step() {
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) {
    sqlite3* const database = sqlite3_db_handle(statement_.get());
    try {
      fail(database);
    } catch (...) {
      reset();
      throw;
    }
  }
  reset();
  return false;
}

void Statement::reset() noexcept { sqlite3_reset(statement_.get()); }

std::int64_t Statement::integer(int column) const noexcept {
  return sqlite3_column_int64(statement_.get(), column);
}

void Connection::Close::operator()(sqlite3* database) const noexcept { sqlite3_close(database); }

Connection::Connection(const std::string& path) {
  sqlite3* database = nullptr;
  constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int result = sqlite3_open_v2(path.c_str(), &database, flags, nullptr);
  handle_.reset(database);
  if (result != SQLITE_OK) fail(database, path);
  constexpr int patience_ms = 5000;
  sqlite3_busy_timeout(database, patience_ms);
}

void Connection::execute(const std::string& sql) {
  if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    fail(handle_.get());
  }
}

std::int64_t Connection::query_integer(const std::string& sql) {
  Statement statement = prepare(sql);
  return statement.step() ? statement.integer(0) : 0;
}

std::int64_t Connection::last_row() const noexcept {
  return sqlite3_last_insert_rowid(handle_.get());
}

bool Connection::in_transaction() const noexcept {
  return sqlite3_get_autocommit(handle_.get()) == 0;
}

}  // namespace weir::sink
