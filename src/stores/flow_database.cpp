// Flow records of capture files: one transaction for all runs of a command.
#include "weir/stores/flow_database.h"

#include <limits>
#include <optional>
#include <vector>

#include "stores/connection.h"
#include "stores/flow_insert.h"
#include "stores/run_of_flow.h"
#include "stores/runs.h"
#include "stores/schema.h"

namespace weir::stores {

struct FlowDatabase::State {
  explicit State(const std::string& path) : connection{path} {}

  void begin_transaction();
  void take_place_of_earlier(const DatabaseRun& run);
  void drop_indexes_for(std::int64_t rows);

  Connection connection;
  std::optional<FlowInsert> insert;
  /// Ids of the table, in the order the runs were begun in.
  std::vector<std::int64_t> runs;
  RunOfFlow run_of_flow;
  std::int64_t rows_before = 0;
  std::int64_t rows_since = 0;
  /// The indexes were dropped and are made again before the commit.
  bool indexes_wait = false;
};

void FlowDatabase::State::begin_transaction() {
  connection.execute("BEGIN IMMEDIATE");
  // What others did since the constructor looked.
  require_schema(connection);
  insert.emplace(connection);
  rows_before = connection.query_integer("SELECT max(rowid) FROM flows");
}

void FlowDatabase::State::take_place_of_earlier(const DatabaseRun& run) {
  if (run.sha256.empty()) return;
  // The same content may come twice in a command; then both stay.
  const std::int64_t first = runs.empty() ? std::numeric_limits<std::int64_t>::max() : runs.front();
  const std::int64_t rows = count_earlier(connection, run, first);
  if (rows != 0) drop_indexes_for(rows);
  delete_earlier(connection, run, first);
}

// Changing many rows costs less without indexes, made anew at the end: a row in its place in three
// of them takes several times as long as sorting it with all others. They are sorted in memory,
// some 70 bytes a row: beyond what is decent, rows go to their places after all.
void FlowDatabase::State::drop_indexes_for(std::int64_t rows) {
  constexpr std::int64_t worth_it = 8;
  constexpr std::int64_t most_to_sort = std::int64_t{1} << 23;
  const bool are_too_many = rows_before + rows_since > most_to_sort;
  if (indexes_wait && are_too_many) {
    connection.execute(create_indexes());
    indexes_wait = false;
  }
  if (indexes_wait || are_too_many || rows < rows_before / worth_it) return;
  connection.execute(drop_indexes());
  indexes_wait = true;
}

FlowDatabase::FlowDatabase(const std::string& path, DatabaseWait wait)
    : state_{std::make_unique<State>(path)} {
  Connection& connection = state_->connection;
  constexpr int patience_ms = 5000;
  if (wait) {
    connection.wait_by(std::move(wait));
  } else {
    connection.wait_for(patience_ms);
  }
  check_schema(connection);
  // Rows that are changed are held in memory up to this before they go to the file.
  connection.execute("PRAGMA cache_size = -65536");
}

FlowDatabase::~FlowDatabase() = default;

void FlowDatabase::begin_run(const DatabaseRun& run) {
  State& state = *state_;
  try {
    if (!state.connection.in_transaction()) state.begin_transaction();
    state.take_place_of_earlier(run);
    state.runs.push_back(insert_run(state.connection, run));
    state.run_of_flow.begin(state.runs.size() - 1);
  } catch (...) {
    state.connection.roll_back();
    throw;
  }
}

void FlowDatabase::on_start(const flow::Flow& flow) { state_->run_of_flow.start(flow.id()); }

void FlowDatabase::add(const record::FlowRow& row) {
  State& state = *state_;
  state.insert->add(state.runs[state.run_of_flow.take(row.id)], row);
  state.drop_indexes_for(++state.rows_since);
}

std::uint64_t FlowDatabase::rows() const noexcept {
  return static_cast<std::uint64_t>(state_->rows_since);
}

void FlowDatabase::end_run(RunState run_state) {
  if (run_state == RunState::complete) set_complete(state_->connection, state_->runs.back());
}

void FlowDatabase::commit() {
  State& state = *state_;
  if (state.indexes_wait) state.connection.execute(create_indexes());
  state.connection.require_in_place();
  state.connection.execute("COMMIT");
  state.runs.clear();
  state.run_of_flow = {};
  state.rows_since = 0;
  state.indexes_wait = false;
}

}  // namespace weir::stores
