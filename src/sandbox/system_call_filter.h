// Which system calls this process may still make (seccomp(2)).
#pragma once

namespace weir::sandbox {

/// What goes beyond reading from open descriptors and writing files.
struct MoreSystemCalls {
  /// Waiting for an adapter to come back: bind() of sockets that are open.
  bool bind = false;
  /// Leaving Wi-Fi monitor mode: sockets to the kernel (AF_NETLINK), and asking adapters.
  bool netlink = false;
  /// A gate: elements of the kernel's maps (bpf(2)), threads.
  bool gate = false;
};

/// Whether the kernel can do it.
[[nodiscard]] bool can_filter_system_calls() noexcept;

/// For good, for all threads: what is not on the list fails with EPERM. No program can be started,
/// no socket made, no process reached, no memory made executable. The process must have set
/// no_new_privs. Throws SystemError.
void filter_system_calls(const MoreSystemCalls& more);

}  // namespace weir::sandbox
