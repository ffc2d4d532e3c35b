// What the running kernel offers a capture: tried, not guessed from its version.
#pragma once

#include <optional>
#include <string>

namespace weir::cli {

/// Absent is what could not be tried for lack of rights.
struct KernelFeatures {
  /// "6.1.0-13-amd64".
  std::string release{};
  /// Rings with blocks (TPACKET_V3), and sockets that share packets.
  std::optional<bool> ring{};
  std::optional<bool> fanout{};
  /// net.core.bpf_jit_enable.
  std::optional<int> filter_compiler{};
  /// The errno of loading a socket filter and making its counters with bpf(2); 0 if that is
  /// allowed.
  int counter_refusal = 0;
  std::optional<bool> tcx{};
  /// Frames that an XDP program passes as though an adapter had received them.
  std::optional<bool> live_frames{};
  /// /dev/net/tun, which makes TAP adapters.
  bool tap = false;
  /// 0 if there is none.
  int landlock = 0;
  bool seccomp = false;
  bool user_namespaces = false;
};

/// Tries in network and user namespaces of child processes, which end with them: nothing of the
/// machine is changed. Call before any thread is started.
[[nodiscard]] KernelFeatures kernel_features();

}  // namespace weir::cli
