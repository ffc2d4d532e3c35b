// Flow records of input that goes on for long, in a SQLite database (component weir::stores).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "weir/error.h"
#include "weir/sink/flow_sink.h"
#include "weir/stores/database_run.h"

namespace weir::stores {

struct LiveFlowDatabaseOptions {
  /// Rows kept in memory while the database is busy or full; at least 1. A row takes about 200
  /// bytes.
  std::size_t max_waiting = std::size_t{1} << 20;
  /// Where the input can be kept waiting: asked when no more rows may wait, so that none is dropped
  /// before it says no. Where it cannot, such as packets of an adapter: none.
  DatabaseWait wait{};
};

/// What became of the rows: rows = stored + waiting + dropped_busy + dropped_full + dropped_failed.
struct LiveFlowDatabaseCounts {
  std::uint64_t rows = 0;
  std::uint64_t stored = 0;
  std::uint64_t waiting = 0;
  /// No more rows could wait while another process had the database.
  std::uint64_t dropped_busy = 0;
  /// No more rows could wait while the disk was full.
  std::uint64_t dropped_full = 0;
  /// The database had failed for good.
  std::uint64_t dropped_failed = 0;

  [[nodiscard]] std::uint64_t dropped() const noexcept {
    return dropped_busy + dropped_full + dropped_failed;
  }
};

/// The same database as FlowDatabase, for adapters, pipes and files that grow: rows are collected
/// in memory, and each commit() writes some of them in one short transaction. Between commits no
/// lock is held, and what was committed stays, whatever happens afterwards. Its runs only ever
/// append; they are incomplete until their input has been read to its end. One thread at a time.
class WEIR_API LiveFlowDatabase final : public sink::FlowSink {
 public:
  /// Rows of one transaction, so that it stays short.
  static constexpr std::size_t rows_per_commit = 8192;

  /// Opens a database or creates it, as FlowDatabase. A busy or full one is no failure: whether it
  /// is one of ours then turns out at a later commit().
  explicit LiveFlowDatabase(const std::string& path, const LiveFlowDatabaseOptions& options = {});
  ~LiveFlowDatabase() override;

  /// Begins the run of an input, and tries to store that. As FlowDatabase, but deletes nothing: the
  /// digest must be empty.
  void begin_run(const DatabaseRun& run);
  /// Says how the input of the run begun last has ended; otherwise that run is incomplete. A run of
  /// which rows were dropped is incomplete.
  void end_run(RunState state);
  /// Writes up to rows_per_commit of the rows that wait, and once none is left and the tracker has
  /// finished how the runs ended. Returns what stood in the way; rows then go on waiting. Throws
  /// Error (output_failed) once the database has failed for good, such as being renamed, removed or
  /// replaced; from then on rows are only counted, and it does nothing.
  Obstacle commit();
  /// Whether everything is in the database, and the tracker has finished.
  [[nodiscard]] bool is_done() const noexcept;
  /// Gives up the rows that wait: they count as dropped, by what stands in the way.
  void drop_waiting() noexcept;

  [[nodiscard]] LiveFlowDatabaseCounts counts() const noexcept;

  /// Of one tracker at a time, as FlowDatabase.
  void on_start(const flow::Flow& flow) override;
  /// Adds a row as FlowDatabase; writes when many wait and nothing is known to stand in the way.
  /// Throws as commit().
  void add(const record::FlowRow& row) override;
  /// All rows are there; should more follow, or a run begin, it is to be called again.
  void finish() override;

 private:
  struct WEIR_PRIVATE State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::stores
