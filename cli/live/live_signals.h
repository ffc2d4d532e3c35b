// SIGUSR1 and SIGHUP of live commands: requests that are taken up between batches.
#pragma once

namespace weir::cli {

/// Installs the handler of SIGUSR1.
void handle_counters_signal() noexcept;
/// Whether SIGUSR1 (tell the counters) has come since the last call.
[[nodiscard]] bool take_counters_request() noexcept;

/// For a series of files, which SIGHUP does not end then. Installs the handler.
void handle_rotation_signal() noexcept;
/// Whether SIGHUP (finish the file, begin the next) has come since the last call.
[[nodiscard]] bool take_rotation_request() noexcept;

}  // namespace weir::cli
