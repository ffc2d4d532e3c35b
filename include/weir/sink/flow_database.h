// Flow records in a SQLite database (component weir::stores).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "weir/flow/observer.h"

namespace weir::sink {

/// What a run of the flow tracker says about itself: one row of the table `runs`.
struct DatabaseRun {
  /// File or adapter.
  std::string source;
  /// Of the file, in hex (see sha256.h); empty for live traffic, whose runs only ever append.
  std::string sha256{};
  /// Whatever decides what the flows are: timeouts, filter, keys.
  std::string options{};
  Timestamp started{};
};

/// Writes one row per finished flow into a database that people and programs query with SQL.
///
/// Tables `runs` and `flows` (the columns of the flow record, docs/json.md), views `talkers`,
/// `services` and `conversations`. A run is one transaction: until end_run(), the database is as if
/// it had not begun. Everything throws when SQLite refuses: SystemError (output_failed) where the
/// disk is full or broken, SystemError (permission_denied) where rights lack, else Error
/// (database).
class WEIR_API FlowDatabase final : public flow::Observer {
 public:
  /// PRAGMA user_version of the databases it reads and writes.
  static constexpr int schema_version = 1;

  enum class RunState : std::uint8_t {
    incomplete,  ///< the source was cut or damaged; a later run of it takes its place
    complete,
  };

  /// Opens a database or creates it; an empty file counts as new, so that whoever cares about its
  /// rights can create it. Refuses a file that holds something else or another schema version.
  explicit FlowDatabase(const std::string& path);
  /// Takes back a run that has not ended.
  ~FlowDatabase() override;

  /// Begins a run. A run of a file first deletes earlier ones of the same content that are
  /// incomplete or had the same options, in the same transaction.
  void begin_run(const DatabaseRun& run);
  /// Adds a row. Precondition: a run has begun.
  void on_end(const flow::Flow& flow, flow::EndReason reason) override;
  /// Keeps what a long run has so far, as an incomplete run, and goes on with it.
  void commit();
  void end_run(RunState state);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::sink
