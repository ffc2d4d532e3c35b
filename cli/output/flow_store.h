// Where `weir flows --to` puts the rows.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "cli/exit_code.h"
#include "weir/flow/observer.h"

namespace weir::cli {

struct FlowStoreOptions {
  /// The path of a SQLite database.
  std::string target;
  /// Whatever decides what the flows are.
  std::string flows;
  /// Rows kept in memory while the database is busy or full.
  std::uint64_t max_waiting = 0;
  ErrorStyle errors = ErrorStyle::text;
};

/// What became of the flows.
struct StoreCounts {
  std::uint64_t stored = 0;
  std::uint64_t dropped_busy = 0;
  std::uint64_t dropped_full = 0;
  std::uint64_t dropped_failed = 0;
};

/// A database being filled by one command. A new one goes again if nothing has come into it.
class FlowStore {
 public:
  /// What the rows are from.
  enum class Kind : std::uint8_t {
    files,    ///< can be read again: all or nothing, in place of what they gave before
    pipes,    ///< read once, but can wait: appended, in steps
    adapters  ///< cannot wait either
  };

  FlowStore() = default;
  FlowStore(const FlowStore&) = delete;
  FlowStore& operator=(const FlowStore&) = delete;
  virtual ~FlowStore() = default;

  [[nodiscard]] virtual flow::Observer& observer() noexcept = 0;
  /// Begins the run of an input; `digest` is empty for what cannot be read again.
  virtual void begin(const std::string& source, const std::string& digest) = 0;
  /// That input has ended; `complete`: it was read to its end.
  virtual void end(bool complete) = 0;
  /// From time to time, and at least once a second.
  virtual void advance() = 0;
  /// Whether it takes rows yet after it has thrown, to count them.
  [[nodiscard]] virtual bool counts_after_failure() const noexcept = 0;
  /// Stores what is left once the tracker has finished; ExitCode::output if not all could be.
  virtual ExitCode finish() = 0;
  [[nodiscard]] virtual StoreCounts counts() const noexcept = 0;
};

/// Throws UsageError for a target of another kind, Error if the database refuses.
[[nodiscard]] std::unique_ptr<FlowStore> open_store(const FlowStoreOptions& options,
                                                    FlowStore::Kind kind);

/// The directory in which a database writes: that of the file itself, wherever links lead.
[[nodiscard]] std::string directory_of_database(const std::string& target);

}  // namespace weir::cli
