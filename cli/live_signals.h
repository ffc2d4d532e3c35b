// SIGUSR1 and SIGHUP of live commands: requests that are taken up between batches.
#pragma once

namespace weir::cli {

/// Installs the handlers.
void handle_live_signals() noexcept;

/// Whether SIGUSR1 (tell the counters) has come since the last call.
[[nodiscard]] bool take_counters_request() noexcept;
/// Whether SIGHUP (finish the file, begin the next) has.
[[nodiscard]] bool take_rotation_request() noexcept;

}  // namespace weir::cli
