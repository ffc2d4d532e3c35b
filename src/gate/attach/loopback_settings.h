// What the loopback must be set to if IPv4 packets that were held are to be received there again.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "gate/attach/rank.h"
#include "sys/abstract_name.h"
#include "sys/file_descriptor.h"

namespace weir::gate {

/// accept_local and route_localnet of /proc/sys/net/ipv4/conf: without the first the kernel drops
/// what comes from the machine's own addresses, without the second what goes to 127.0.0.0/8, once
/// a packet has lost its way through the routing. IPv6 needs nothing.
///
/// Both are on as long as this lives. Several gates share them: the last one gives back what the
/// first one found. A process that is killed leaves them on.
class LoopbackSettings {
 public:
  /// Of an adapter that is a loopback, in the network namespace of the calling thread. Throws
  /// SystemError: EACCES without CAP_NET_ADMIN, ENOENT without IPv4.
  LoopbackSettings(const std::string& adapter, Rank rank);
  LoopbackSettings(const LoopbackSettings&) = delete;
  LoopbackSettings& operator=(const LoopbackSettings&) = delete;
  ~LoopbackSettings();

  /// Whether both are on already. Throws SystemError.
  [[nodiscard]] static bool are_on(const std::string& adapter);

 private:
  static constexpr std::size_t settings = 2;

  void restore() noexcept;

  std::string adapter_;
  /// Opened here, so that the end needs no path: a sandbox may have closed that.
  std::array<sys::FileDescriptor, settings> files_{};
  std::array<bool, settings> before_{};
  std::optional<sys::AbstractName> name_{};
};

}  // namespace weir::gate
