// SIGINT and SIGTERM: the first stops the source being read, a second ends the process at once.
#pragma once

#include "weir/source.h"

namespace weir::cli {

/// Installs the handlers and ignores SIGPIPE. Call once, before reading starts.
void handle_stop_signals() noexcept;

/// Whether a stop signal has arrived.
[[nodiscard]] bool stop_requested() noexcept;

/// While alive, a stop signal calls stop() on the source. One at a time.
class StopOnSignal {
 public:
  explicit StopOnSignal(PacketSource& source) noexcept;
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;
  ~StopOnSignal();
};

}  // namespace weir::cli
