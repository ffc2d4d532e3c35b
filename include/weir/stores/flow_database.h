// Flow records of capture files in a SQLite database (component weir::stores).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "weir/error.h"
#include "weir/sink/flow_sink.h"
#include "weir/stores/database_run.h"

namespace weir::stores {

/// Writes one row per finished flow into a database that people and programs query with SQL.
///
/// Tables `runs` and `flows` (the columns of the flow record, docs/json.md), views `flows_named`,
/// `talkers`, `services` and `conversations`. Everything between the first begin_run() and
/// commit() is one transaction: until then the database is as if nothing had begun, and nobody else
/// can write. For input that goes on for long there is LiveFlowDatabase.
///
/// Everything throws when SQLite refuses: SystemError (output_failed) where the disk is full or
/// broken or another process keeps the database, Error (output_failed) where the file was renamed,
/// removed or replaced meanwhile, SystemError (permission_denied) where rights lack, else Error
/// (database). One thread at a time.
class WEIR_API FlowDatabase final : public sink::FlowSink {
 public:
  /// PRAGMA user_version of the databases it reads and writes.
  static constexpr int schema_version = 2;

  /// Opens a database or creates it; an empty file counts as new, so that whoever cares about its
  /// rights can create it. Refuses a file that holds something else or another schema version.
  /// `wait` is asked while another process keeps the database; without it that fails after 5 s.
  explicit FlowDatabase(const std::string& path, DatabaseWait wait = {});
  /// Takes back what was not committed.
  ~FlowDatabase() override;

  /// Begins the run of an input: flows that start from now on belong to it, whichever input their
  /// later packets are in. If the input has a digest, earlier runs of the same content are deleted
  /// that are incomplete or had the same options.
  void begin_run(const DatabaseRun& run);
  /// Says how the input of the run begun last has ended; otherwise that run is incomplete.
  void end_run(RunState state);
  /// Keeps all runs, once the tracker has finished.
  void commit();

  /// Rows added since the last commit().
  [[nodiscard]] std::uint64_t rows() const noexcept;

  /// Of one tracker at a time, since flows go by Flow::id(), which counts from 1 in each: the next
  /// one comes when this one has finished.
  void on_start(const flow::Flow& flow) override;
  /// Adds a row to the run in which its flow started; one of which it was not told that, such as
  /// one that was kept, to the run begun last. While flows of the tracker are open, a row of
  /// another needs the id 0. Precondition: a run has begun.
  void add(const record::FlowRow& row) override;

 private:
  struct WEIR_PRIVATE State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::stores
