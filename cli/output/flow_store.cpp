// Opens flow databases and fills them.
#include "cli/output/flow_store.h"

#include <filesystem>

#include "cli/output/output_file.h"

#ifdef WEIR_WITH_SQLITE
#include <array>
#include <chrono>
#include <fstream>
#include <string_view>

#include "cli/note.h"
#include "cli/output/store_wait.h"
#include "cli/stop_signal.h"
#include "weir/savefile/format.h"
#include "weir/stores/flow_database.h"
#include "weir/stores/live_flow_database.h"
#endif

namespace weir::cli {

std::string directory_of_database(const std::string& target) {
  std::error_code problem;
  const std::filesystem::path path = std::filesystem::weakly_canonical(target, problem);
  return directory_of(problem ? target : path.string());
}

#ifdef WEIR_WITH_SQLITE

namespace {

using stores::RunState;

RunState run_state(bool complete) { return complete ? RunState::complete : RunState::incomplete; }

/// Whether the name promises something else, as -w judges names; what is a database already may
/// have any.
bool promises_another(const std::string& target) {
  const savefile::FileType type = savefile::file_type(target);
  const bool is_capture = type.format || type.compression != savefile::Compression::none;
  if (!is_capture && (!type.is_other || type.is_database)) return false;
  std::error_code problem;
  if (!std::filesystem::is_regular_file(target, problem)) return true;
  constexpr std::string_view magic{"SQLite format 3", 16};  // sqlite.org/fileformat2.html 1.3
  std::array<char, magic.size()> begin{};
  std::ifstream{target, std::ios::binary}.read(begin.data(), begin.size());
  return std::string_view{begin.data(), begin.size()} != magic;
}

/// One transaction for all files.
class FileStore final : public FlowStore {
 public:
  explicit FileStore(const FlowStoreOptions& options)
      : options_{options},
        wait_{options.target, options.errors},
        file_{options.target},
        database_{options.target, [this](stores::Obstacle obstacle) {
                    // A stop ends it at once where there is nothing to store yet.
                    return (is_finishing_ || !stop_requested()) && wait_.wait(obstacle);
                  }} {}

  flow::Observer& observer() noexcept override { return database_; }
  void begin(const std::string& source, const std::string& digest) override {
    database_.begin_run({source, digest, options_.flows, wall_clock()});
  }
  void end(bool complete) override { database_.end_run(run_state(complete)); }
  void advance() override {}
  bool counts_after_failure() const noexcept override { return false; }
  ExitCode finish() override {
    const std::uint64_t rows = database_.rows();
    is_finishing_ = true;
    database_.commit();
    stored_ = rows;
    return ExitCode::done;
  }
  StoreCounts counts() const noexcept override {
    return {.stored = stored_, .dropped_failed = database_.rows()};
  }

 private:
  FlowStoreOptions options_;
  StoreWait wait_;
  /// Asked while the database is opened, too.
  bool is_finishing_ = false;
  /// Outlives the database: it is looked at closed.
  PrivateFile file_;
  stores::FlowDatabase database_;
  std::uint64_t stored_ = 0;
};

/// Short transactions, one each second.
class LiveStore final : public FlowStore {
 public:
  LiveStore(const FlowStoreOptions& options, Kind kind)
      : options_{options},
        wait_{options.target, options.errors},
        file_{options.target},
        database_{options.target, database_options(kind)} {}
  ~LiveStore() override {
    if (database_.counts().stored != 0) file_.keep();
  }

  flow::Observer& observer() noexcept override { return database_; }
  void begin(const std::string& source, const std::string&) override {
    database_.begin_run({source, {}, options_.flows, wall_clock()});
  }
  void end(bool complete) override { database_.end_run(run_state(complete)); }

  void advance() override {
    constexpr std::chrono::milliseconds period{1000};
    constexpr std::chrono::milliseconds period_if_obstructed{200};
    const Clock::time_point now = Clock::now();
    const bool is_obstructed = obstacle_ != stores::Obstacle::none;
    const bool is_behind = !is_obstructed && database_.counts().waiting >= rows_per_commit;
    if (!is_behind && now - tried_ < (is_obstructed ? period_if_obstructed : period)) return;
    obstacle_ = database_.commit();
    tried_ = Clock::now();
    wait_.note(obstacle_);
    tell_drops();
  }

  bool counts_after_failure() const noexcept override { return true; }

  ExitCode finish() override {
    wait_.end_input();
    while (!database_.is_done()) {
      const stores::Obstacle obstacle = database_.commit();
      if (obstacle == stores::Obstacle::none || wait_.wait(obstacle)) continue;
      database_.drop_waiting();
      if (database_.commit() == stores::Obstacle::none) continue;
      tell_unfinished(obstacle);
      return ExitCode::output;
    }
    return database_.counts().dropped() == 0 ? ExitCode::done : ExitCode::output;
  }

  StoreCounts counts() const noexcept override {
    const stores::LiveFlowDatabaseCounts counts = database_.counts();
    return {.stored = counts.stored,
            .dropped_busy = counts.dropped_busy,
            .dropped_full = counts.dropped_full,
            .dropped_failed = counts.dropped_failed};
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t rows_per_commit = stores::LiveFlowDatabase::rows_per_commit;

  stores::LiveFlowDatabaseOptions database_options(Kind kind) {
    stores::LiveFlowDatabaseOptions chosen{.max_waiting = options_.max_waiting};
    if (kind == Kind::pipes) {
      chosen.wait = [this](stores::Obstacle obstacle) { return wait_.wait(obstacle); };
    }
    return chosen;
  }

  /// The first ones of all, at once; how many is told at the end.
  void tell_drops() {
    if (has_told_drops_ || database_.counts().dropped() == 0) return;
    has_told_drops_ = true;
    tell({.kind = "flows_dropped",
          .message = options_.target + ": " + words(obstacle_) + "; flows are dropped",
          .file = options_.target},
         options_.errors);
  }

  void tell_unfinished(stores::Obstacle obstacle) const {
    const bool is_there = database_.counts().stored != 0;
    tell({.kind = "run_not_stored",
          .message = options_.target + ": " + words(obstacle) +
                     (is_there ? "; the run stays incomplete" : "; the run is not stored"),
          .file = options_.target},
         options_.errors);
  }

  FlowStoreOptions options_;
  StoreWait wait_;
  PrivateFile file_;
  stores::LiveFlowDatabase database_;
  stores::Obstacle obstacle_ = stores::Obstacle::none;
  Clock::time_point tried_ = Clock::now();
  bool has_told_drops_ = false;
};

}  // namespace

std::unique_ptr<FlowStore> open_store(const FlowStoreOptions& options, FlowStore::Kind kind) {
  if (options.target.find("://") != std::string::npos) {
    throw UsageError{"--to: only SQLite databases so far, given as a path: " + options.target};
  }
  if (promises_another(options.target)) {
    throw UsageError{"--to " + options.target +
                     ": that is no database: .db or .sqlite, or a name that promises nothing else; "
                     "--csv and --json go to standard output"};
  }
  if (kind == FlowStore::Kind::files) return std::make_unique<FileStore>(options);
  return std::make_unique<LiveStore>(options, kind);
}

#else

std::unique_ptr<FlowStore> open_store(const FlowStoreOptions& options, FlowStore::Kind) {
  throw UsageError{"--to " + options.target + ": this weir was built without SQLite"};
}

#endif

}  // namespace weir::cli
