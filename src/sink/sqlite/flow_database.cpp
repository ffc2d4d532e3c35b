// Flow records in a SQLite database.
#include "weir/sink/flow_database.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>
#include <optional>
#include <utility>

#include "sink/flow_fields.h"
#include "sink/rfc3339.h"
#include "sink/sqlite/connection.h"
#include "sink/sqlite/schema.h"

namespace weir::sink {
namespace {

// SQLite's integers are signed.
std::int64_t stored(std::uint64_t number) {
  constexpr auto largest = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
  return static_cast<std::int64_t>(number < largest ? number : largest);
}

// 16 bytes that sort: IPv4 as an IPv4-mapped address (RFC 4291 2.5.5.2).
std::array<std::uint8_t, Ipv6Address::size> sortable(const IpAddress& address) {
  std::array<std::uint8_t, Ipv6Address::size> octets{};
  const Bytes bytes = address.bytes();
  if (address.version() == 4) octets[10] = octets[11] = 0xff;
  std::copy(bytes.begin(), bytes.end(), octets.end() - static_cast<std::ptrdiff_t>(bytes.size()));
  return octets;
}

std::string dotted(std::span<const std::uint16_t> numbers) {
  std::string text;
  for (const std::uint16_t number : numbers) {
    if (!text.empty()) text += '.';
    text += std::to_string(number);
  }
  return text;
}

}  // namespace

struct FlowDatabase::State {
  explicit State(const std::string& path) : connection{path} {}

  void bind(int& parameter, const FlowField& field, const FlowValue& value);
  void delete_earlier(const DatabaseRun& run);
  void drop_indexes_for(std::int64_t rows);
  void create_missing_indexes();

  Connection connection;
  std::optional<Statement> insert;
  std::int64_t run = 0;
  std::int64_t rows_before = 0;
  std::int64_t rows_of_run = 0;
  /// The indexes were dropped and are made again when the run ends.
  bool indexes_wait = false;
  Rfc3339 times{};
  // What the parameters of one row borrow.
  std::array<std::array<char, max_address_text>, flow_fields.size()> texts{};
  std::array<std::array<std::uint8_t, Ipv6Address::size>, flow_fields.size()> blobs{};
  std::string vlans{};
};

void FlowDatabase::State::bind(int& parameter, const FlowField& field, const FlowValue& value) {
  const auto index = static_cast<std::size_t>(&field - flow_fields.data());
  char* const text = texts[index].data();
  if (!value.present) {
    insert->bind_null(parameter++);
    return;
  }
  switch (field.kind) {
    case FieldKind::integer:
      insert->bind(parameter++, stored(value.number));
      break;
    case FieldKind::nanoseconds:
      insert->bind(parameter++, static_cast<std::int64_t>(value.number));
      break;
    case FieldKind::time: {
      const Timestamp time{Duration{static_cast<std::int64_t>(value.number)}};
      insert->bind(parameter++, std::string_view{text, times.write(text, time)});
      break;
    }
    case FieldKind::ip_address:
      blobs[index] = sortable(*value.address);
      insert->bind(parameter++, std::string_view{text, write_text(text, *value.address)});
      insert->bind(parameter++, Bytes{blobs[index]});
      break;
    case FieldKind::integers:
      vlans = dotted(value.numbers);
      insert->bind(parameter++, std::string_view{vlans});
      break;
    default:
      assert(field.kind == FieldKind::word);
      insert->bind(parameter++, value.word);
  }
}

void FlowDatabase::State::delete_earlier(const DatabaseRun& run_row) {
  if (run_row.sha256.empty()) return;
  constexpr const char* earlier =
      "SELECT id FROM runs WHERE sha256 = ? AND (options = ? OR NOT complete)";
  const auto with_run = [&](Statement statement) {
    statement.bind(1, run_row.sha256).bind(2, run_row.options);
    return statement;
  };
  const std::string flows_of = std::string{"FROM flows WHERE run IN ("} + earlier + ')';
  Statement found = with_run(connection.prepare(earlier));
  if (!found.step()) return;
  found.reset();
  Statement count = with_run(connection.prepare("SELECT count(*) " + flows_of));
  const std::int64_t rows = count.step() ? count.integer(0) : 0;
  count.reset();  // an index cannot be dropped under a statement that runs
  drop_indexes_for(rows);
  with_run(connection.prepare("DELETE " + flows_of)).run();
  with_run(connection.prepare(std::string{"DELETE FROM runs WHERE id IN ("} + earlier + ')')).run();
}

// Changing many rows costs less without indexes, made anew at the end: a row in its place in three
// of them takes several times as long as sorting it with all others.
void FlowDatabase::State::drop_indexes_for(std::int64_t rows) {
  constexpr std::int64_t worth_it = 8;
  if (indexes_wait || rows < rows_before / worth_it) return;
  connection.execute(drop_indexes());
  indexes_wait = true;
}

void FlowDatabase::State::create_missing_indexes() {
  if (indexes_wait) connection.execute(create_indexes());
  indexes_wait = false;
}

FlowDatabase::FlowDatabase(const std::string& path) : state_{std::make_unique<State>(path)} {
  Connection& connection = state_->connection;
  require_schema(connection, path);
  // Building an index over a large run sorts in memory up to this.
  connection.execute("PRAGMA cache_size = -65536");
  state_->insert.emplace(connection.prepare(insert_flow()));
}

FlowDatabase::~FlowDatabase() = default;

void FlowDatabase::begin_run(const DatabaseRun& run) {
  State& state = *state_;
  Connection& connection = state.connection;
  connection.execute("BEGIN IMMEDIATE");
  try {
    state.indexes_wait = false;
    state.rows_of_run = 0;
    state.rows_before = connection.query_integer("SELECT max(rowid) FROM flows");
    state.delete_earlier(run);
    char started[Rfc3339::size];
    Statement insert = connection.prepare(
        "INSERT INTO runs (source, sha256, options, started) VALUES (?, ?, ?, ?)");
    insert.bind(1, run.source).bind(3, run.options);
    insert.bind(4, std::string_view{started, state.times.write(started, run.started)});
    if (!run.sha256.empty()) insert.bind(2, run.sha256);
    insert.run();
    state.run = connection.last_row();
  } catch (...) {
    if (connection.in_transaction()) connection.execute("ROLLBACK");
    throw;
  }
}

void FlowDatabase::on_end(const flow::Flow& flow, flow::EndReason reason) {
  State& state = *state_;
  const FlowRow row = row_of(flow, reason);
  int parameter = 1;
  state.insert->bind(parameter++, state.run);
  for (const FlowField& field : std::span{flow_fields}.subspan(1)) {
    state.bind(parameter, field, field.value(row));
  }
  state.insert->run();
  state.drop_indexes_for(++state.rows_of_run);
}

void FlowDatabase::commit() {
  State& state = *state_;
  state.create_missing_indexes();
  state.rows_before += std::exchange(state.rows_of_run, 0);
  state.connection.execute("COMMIT; BEGIN IMMEDIATE");
}

void FlowDatabase::end_run(RunState run_state) {
  State& state = *state_;
  state.create_missing_indexes();
  state.connection.prepare("UPDATE runs SET complete = ? WHERE id = ?")
      .bind(1, std::int64_t{run_state == RunState::complete ? 1 : 0})
      .bind(2, state.run)
      .run();
  state.connection.execute("COMMIT");
}

}  // namespace weir::sink
