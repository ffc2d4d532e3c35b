// What the kernel says of one network adapter (RTM_GETLINK).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sys/netlink_socket.h"

namespace weir::sys {

struct LinkState {
  /// The ifindex.
  std::uint32_t index = 0;
  std::string name{};
  /// ARPHRD_ number.
  std::uint16_t hardware_type = 0;
  bool up = false;
  bool loopback = false;
  /// Bytes behind the link's header that a packet may have: the MTU, or what segments are kept
  /// together (TSO, GRO, BIG TCP).
  std::uint32_t longest_packet = 0;
  /// Packets the adapter, its driver and its queue refused since it was made.
  std::optional<std::uint64_t> dropped{};
};

/// Asks for adapters of the network namespace it was made in, without rights.
class LinkStates {
 public:
  /// Throws SystemError.
  LinkStates();

  /// None if there is no such adapter. Throws SystemError.
  [[nodiscard]] std::optional<LinkState> by_index(std::uint32_t index);
  /// By name or alternative name. Throws Error (invalid_argument) for one with a NUL character.
  [[nodiscard]] std::optional<LinkState> by_name(const std::string& name);

 private:
  [[nodiscard]] std::optional<LinkState> ask(Bytes question);

  NetlinkSocket socket_;
};

}  // namespace weir::sys
