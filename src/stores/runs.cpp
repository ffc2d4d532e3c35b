// Statements about runs.
#include "stores/runs.h"

#include <string>

#include "rfc3339.h"
#include "stores/connection.h"

namespace weir::stores {
namespace {

/// The same content, and either as good as the new run or not read to its end.
constexpr const char* earlier =
    "(SELECT id FROM runs WHERE sha256 = ? AND (options = ? OR NOT complete) AND id < ?)";

Statement about_earlier(Connection& connection, const std::string& sql, const DatabaseRun& run,
                        std::int64_t end) {
  Statement statement = connection.prepare(sql + earlier);
  statement.bind(1, run.sha256).bind(2, run.options).bind(3, end);
  return statement;
}

/// As the table has it.
struct StartText {
  explicit StartText(Timestamp time) { size = Rfc3339{}.write(text, time) - text; }
  [[nodiscard]] std::string_view view() const noexcept {
    return {text, static_cast<std::size_t>(size)};
  }
  char text[Rfc3339::size];
  std::ptrdiff_t size;
};

}  // namespace

std::int64_t insert_run(Connection& connection, const DatabaseRun& run) {
  const StartText started{run.started};
  Statement insert =
      connection.prepare("INSERT INTO runs (source, sha256, options, started) VALUES (?, ?, ?, ?)");
  insert.bind(1, run.source).bind(3, run.options).bind(4, started.view());
  if (!run.sha256.empty()) insert.bind(2, run.sha256);
  insert.run();
  return connection.last_row();
}

bool has_run(Connection& connection, std::int64_t id, const DatabaseRun& run) {
  const StartText started{run.started};
  Statement found =
      connection.prepare("SELECT 1 FROM runs WHERE id = ? AND source = ? AND started = ?");
  return found.bind(1, id).bind(2, run.source).bind(3, started.view()).step();
}

void set_complete(Connection& connection, std::int64_t id) {
  connection.prepare("UPDATE runs SET complete = 1 WHERE id = ?").bind(1, id).run();
}

std::int64_t count_earlier(Connection& connection, const DatabaseRun& run, std::int64_t end) {
  Statement count = about_earlier(connection, "SELECT count(*) FROM flows WHERE run IN ", run, end);
  return count.step() ? count.integer(0) : 0;
}

void delete_earlier(Connection& connection, const DatabaseRun& run, std::int64_t end) {
  about_earlier(connection, "DELETE FROM flows WHERE run IN ", run, end).run();
  about_earlier(connection, "DELETE FROM runs WHERE id IN ", run, end).run();
}

}  // namespace weir::stores
