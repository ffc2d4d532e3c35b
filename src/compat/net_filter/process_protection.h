// The protection that an application switches on and off: one of a process.
#pragma once

namespace weir::compat::net_filter {

/// Whether the process is as was asked: never protected from SIGKILL, so false where `enabled`.
/// Throws SystemError. Any thread.
[[nodiscard]] bool protect_process(bool enabled);

}  // namespace weir::compat::net_filter
