// The ssh session that the command runs in, which its own rules must not cut off.
#pragma once

#include <optional>
#include <string>

#include "weir/address.h"

namespace weir::cli {

/// Both ends of its connection.
struct SshSession {
  IpAddress client{};
  std::uint16_t client_port = 0;
  IpAddress server{};
  std::uint16_t server_port = 0;

  /// pcap-filter(7), for both directions.
  [[nodiscard]] std::string filter() const;
};

/// What sshd(8) puts into SSH_CONNECTION: "192.0.2.7 50000 192.0.2.1 22". Nothing for other text.
[[nodiscard]] std::optional<SshSession> parse_ssh_connection(const std::string& text);

/// From the environment of this process, or of the nearest of those that have started it: sudo(8)
/// takes the variable away.
[[nodiscard]] std::optional<SshSession> own_ssh_session();

}  // namespace weir::cli
