// A SQLite connection and its statements.
#include "stores/connection.h"

#include <sqlite3.h>

#include <cerrno>
#include <filesystem>
#include <new>
#include <utility>

#include "weir/error.h"

namespace weir::stores {
namespace {

bool is_refused(int result, int error_number) noexcept {
  return result == SQLITE_PERM || result == SQLITE_AUTH || result == SQLITE_READONLY ||
         (result == SQLITE_CANTOPEN && (error_number == EACCES || error_number == EPERM));
}

/// A journal that cannot be made for lack of room is "unable to open"; a quota is "I/O error".
bool is_full(int result, int error_number) noexcept {
  const bool lacks_room = error_number == ENOSPC || error_number == EDQUOT;
  return result == SQLITE_FULL ||
         (lacks_room && (result == SQLITE_IOERR || result == SQLITE_CANTOPEN));
}

Error moved(const std::string& name) {
  return {ErrorCode::output_failed, name + ": renamed, removed or replaced meanwhile"};
}

/// Throws what the last call on `database` met; `name` is for the message.
[[noreturn]] void fail(sqlite3* database, const std::string& name) {
  if (database == nullptr) throw std::bad_alloc{};
  const int result = sqlite3_errcode(database);
  const int error_number = sqlite3_system_errno(database);
  const std::string message = name + ": " + sqlite3_errmsg(database);
  if (sqlite3_extended_errcode(database) == SQLITE_READONLY_DBMOVED) throw moved(name);
  if (result == SQLITE_BUSY) {
    throw Obstructed{Obstacle::busy, ErrorCode::output_failed, EBUSY,
                     name + ": in use by another process"};
  }
  if (is_full(result, error_number)) {
    const int number = error_number == EDQUOT ? EDQUOT : ENOSPC;
    throw Obstructed{Obstacle::full, ErrorCode::output_failed, number, message};
  }
  if (is_refused(result, error_number)) {
    throw SystemError{ErrorCode::permission_denied, EACCES, message};
  }
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

Connection::Connection(const std::string& path)
    // SQLite takes ":memory:" and the like for something else than a file.
    : path_{path.starts_with('/') ? path : "./" + path} {
  std::error_code problem;
  const auto status = std::filesystem::status(path_, problem);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    throw Error{ErrorCode::database, path + ": no regular file, as a database is"};
  }
  sqlite3* database = nullptr;
  constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int result = sqlite3_open_v2(path_.c_str(), &database, flags, nullptr);
  handle_.reset(database);
  if (result != SQLITE_OK) fail(database, path);
  require_in_place();
  execute("PRAGMA temp_store = MEMORY");
}

void Connection::require_in_place() const {
  // SQLite compares the file it has open with what has its name: the path's when it was opened,
  // with all links followed.
  int has_moved = 0;
  sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &has_moved);
  std::error_code problem;
  if (has_moved != 0 || !std::filesystem::equivalent(path_, name(), problem)) throw moved(name());
}

std::string Connection::name() const { return sqlite3_db_filename(handle_.get(), "main"); }

void Connection::wait_for(int milliseconds) noexcept {
  sqlite3_busy_timeout(handle_.get(), milliseconds);
}

void Connection::wait_by(DatabaseWait wait) {
  wait_ = std::move(wait);
  const auto ask = [](void* self, int) {
    return static_cast<Connection*>(self)->wait_(Obstacle::busy) ? 1 : 0;
  };
  sqlite3_busy_handler(handle_.get(), ask, this);
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

void Connection::roll_back() noexcept {
  if (in_transaction()) sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace weir::stores
