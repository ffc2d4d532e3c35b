// Captures from adapters, hands batches over, and keeps count.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/files/files_run.h"
#include "cli/live/live_filters.h"
#include "weir/capture/group.h"

namespace weir::cli {

struct LiveRunOptions {
  /// At least one.
  std::vector<std::string> adapters{};
  /// Of each of them, without the filter.
  capture::LiveOptions live{};
  LiveFilters filters;
  /// What packets of every adapter have to be, if that matters.
  std::optional<LinkType> link_type{};
  /// Ends the run; zero is never.
  Duration duration{};
  ErrorStyle errors = ErrorStyle::text;
};

/// Several adapters in one process, each with its own ring, filter and counters.
class LiveRun {
 public:
  /// Opens every adapter. Throws Error, FilterError.
  explicit LiveRun(LiveRunOptions options);

  struct Taken {
    /// How many of the batch's packets, from its first on.
    std::uint64_t packets = 0;
    /// False stops the run.
    bool goes_on = true;
  };
  /// Called for every batch, which is of one adapter. At the end once more, without packets, with
  /// what was counted on each adapter (ends_file), of which `delivered` is what was taken.
  using OnBatch = std::function<Taken(const CommandBatch& batch)>;
  /// Called after batches, and five times a second in silence: the time up to which all packets of
  /// all adapters have been handed over. False stops the run.
  using OnTime = std::function<bool(Timestamp now)>;

  /// Until a signal, the end of the duration, or the last adapter is gone (ExitCode::gone). What
  /// the adapters had received when a signal or the end of the duration came is handed over yet.
  /// Throws what the callbacks throw.
  ExitCode run(const OnBatch& on_batch, const OnTime& on_time);

  /// One of each adapter, in the order they are named in.
  [[nodiscard]] std::span<const Interface> interfaces() const noexcept {
    return group_.interfaces();
  }

  /// Tells what was counted, as lines of text or JSON on standard error.
  void tell_counters();
  /// Packets handed over.
  [[nodiscard]] std::uint64_t packets() const noexcept { return packets_; }

 private:
  void check_link_types() const;
  void tell_events();
  /// Whether to go on.
  bool take(const Batch& batch, const OnBatch& on_batch);
  void finish(const OnBatch& on_batch);

  LiveRunOptions options_;
  capture::Group group_;
  /// Of each adapter, what became of its packets.
  std::vector<std::uint64_t> taken_;
  bool any_gone_ = false;
  std::uint64_t packets_ = 0;
  Timestamp started_{};
};

/// What `action` returns. An output that fails ends it, but not the account of the packets: that is
/// told, and the code to exit with returned. Everything else that is thrown passes through.
[[nodiscard]] ExitCode telling_failed_output(ErrorStyle errors,
                                             const std::function<ExitCode()>& action);

}  // namespace weir::cli
