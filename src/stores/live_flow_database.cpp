// Flow records of input that goes on for long: rows wait in memory, short transactions take them.
#include "weir/stores/live_flow_database.h"

#include <algorithm>
#include <cassert>
#include <new>
#include <optional>
#include <vector>

#include "stores/connection.h"
#include "stores/flow_insert.h"
#include "stores/row_queue.h"
#include "stores/run_of_flow.h"
#include "stores/runs.h"
#include "stores/schema.h"
#include "weir/error.h"

namespace weir::stores {
namespace {

struct LiveRun {
  DatabaseRun run;
  RunState state = RunState::incomplete;
  /// Of the table; 0 until it is there.
  std::int64_t id = 0;
};

}  // namespace

struct LiveFlowDatabase::State {
  State(const std::string& path, const LiveFlowDatabaseOptions& chosen)
      : connection{path}, options{chosen}, queue{chosen.max_waiting} {}

  Obstacle commit();
  void write(std::size_t count);
  void prepare();
  void store_runs();
  void fail() noexcept;
  [[nodiscard]] bool is_last(std::size_t count) const noexcept {
    return has_finished && count == queue.size();
  }
  /// More follows, whether or not finish() was called.
  void go_on() noexcept { has_finished = is_done = false; }
  void push(const WaitingRow& row);
  void make_room();

  Connection connection;
  LiveFlowDatabaseOptions options;
  std::optional<FlowInsert> insert;
  std::vector<LiveRun> runs;
  RunOfFlow run_of_flow;
  RowQueue queue;
  LiveFlowDatabaseCounts counts;
  /// At the last attempt.
  Obstacle obstacle = Obstacle::none;
  /// A run has begun that is not stored.
  bool has_new_run = false;
  /// Something has been committed: from then on what goes wrong is no matter of set-up.
  bool has_committed = false;
  bool has_finished = false;
  /// How the runs ended is stored.
  bool is_done = false;
  bool has_failed = false;
};

/// Within a transaction: the schema is there, and our statement.
void LiveFlowDatabase::State::prepare() {
  if (has_committed && !check_schema(connection)) {
    throw Error{ErrorCode::output_failed, connection.name() + ": emptied meanwhile"};
  }
  require_schema(connection);
  if (!insert) {
    connection.execute("PRAGMA cache_size = -16384");
    insert.emplace(connection);
  }
}

/// Others may delete runs at any time, and an attempt may be taken back: what comes then belongs to
/// new ones.
void LiveFlowDatabase::State::store_runs() {
  for (LiveRun& live : runs) {
    if (live.id == 0 || !has_run(connection, live.id, live.run)) {
      live.id = insert_run(connection, live.run);
    }
  }
}

void LiveFlowDatabase::State::write(std::size_t count) {
  connection.require_in_place();
  if (count == 0 && !has_new_run && !has_finished) return;
  // At once exclusive: a reader is met before any work is done, and nothing is left locked.
  connection.execute("BEGIN EXCLUSIVE");
  prepare();
  store_runs();
  for (std::size_t i = 0; i < count; ++i) insert->add(runs[queue[i].run].id, queue[i].row);
  if (is_last(count) && counts.dropped() == 0) {
    for (const LiveRun& live : runs) {
      if (live.state == RunState::complete) set_complete(connection, live.id);
    }
  }
  connection.execute("COMMIT");
}

Obstacle LiveFlowDatabase::State::commit() {
  if (has_failed || is_done) return Obstacle::none;
  const std::size_t count = std::min(queue.size(), rows_per_commit);
  try {
    write(count);
  } catch (const Obstructed& met) {
    connection.roll_back();
    return obstacle = met.obstacle();
  } catch (const Error& error) {
    connection.roll_back();
    fail();
    if (!has_committed || error.code() == ErrorCode::output_failed) throw;
    throw Error{ErrorCode::output_failed, error.what()};
  } catch (...) {
    connection.roll_back();
    fail();
    throw;
  }
  has_committed = true;
  has_new_run = false;
  is_done = is_last(count);
  counts.stored += count;
  queue.pop(count);
  return obstacle = Obstacle::none;
}

void LiveFlowDatabase::State::fail() noexcept {
  has_failed = true;
  counts.dropped_failed += queue.size();
  queue.pop(queue.size());
}

/// For the next row. Where the input can wait, it does.
void LiveFlowDatabase::State::make_room() {
  while (queue.is_full() && options.wait) {
    if (commit() != Obstacle::none && !options.wait(obstacle)) return;
  }
}

void LiveFlowDatabase::State::push(const WaitingRow& row) {
  if (has_failed) {
    ++counts.dropped_failed;
    return;
  }
  if (!queue.is_full()) {
    try {
      queue.push(row);
      return;
    } catch (const std::bad_alloc&) {
      // As good as full.
    }
  }
  ++(obstacle == Obstacle::full ? counts.dropped_full : counts.dropped_busy);
}

LiveFlowDatabase::LiveFlowDatabase(const std::string& path, const LiveFlowDatabaseOptions& options)
    : state_{std::make_unique<State>(path, options)} {
  // Of those who read, most are soon done; packets must not wait for long.
  constexpr int patience_ms = 50;
  state_->connection.wait_for(patience_ms);
}

LiveFlowDatabase::~LiveFlowDatabase() = default;

void LiveFlowDatabase::begin_run(const DatabaseRun& run) {
  assert(run.sha256.empty());
  State& state = *state_;
  state.runs.push_back({.run = run});
  state.run_of_flow.begin(state.runs.size() - 1);
  state.has_new_run = true;
  state.go_on();
  state.commit();
}

void LiveFlowDatabase::end_run(RunState run_state) { state_->runs.back().state = run_state; }

Obstacle LiveFlowDatabase::commit() { return state_->commit(); }

bool LiveFlowDatabase::is_done() const noexcept { return state_->is_done || state_->has_failed; }

void LiveFlowDatabase::drop_waiting() noexcept {
  State& state = *state_;
  (state.obstacle == Obstacle::full ? state.counts.dropped_full : state.counts.dropped_busy) +=
      state.queue.size();
  state.queue.pop(state.queue.size());
}

LiveFlowDatabaseCounts LiveFlowDatabase::counts() const noexcept {
  LiveFlowDatabaseCounts counts = state_->counts;
  counts.waiting = state_->queue.size();
  return counts;
}

void LiveFlowDatabase::on_start(const flow::Flow& flow) { state_->run_of_flow.start(flow.id()); }

void LiveFlowDatabase::add(const record::FlowRow& row) {
  State& state = *state_;
  state.go_on();
  ++state.counts.rows;
  state.push({row, state.run_of_flow.take(row.id)});
  const bool are_many = state.queue.is_full() || state.queue.size() >= rows_per_commit;
  if (are_many && state.obstacle == Obstacle::none) state.commit();
  state.make_room();
}

void LiveFlowDatabase::finish() { state_->has_finished = true; }

}  // namespace weir::stores
