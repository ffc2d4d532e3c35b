// The Ethernet address a datagram is sent to: what the kernel's routes and neighbours say.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "sys/file_descriptor.h"
#include "sys/netlink_socket.h"
#include "weir/address.h"
#include "weir/packet.h"

namespace weir::inject {

/// Next hops of one adapter. One thread at a time.
class NextHops {
 public:
  /// Opens all it needs. Throws SystemError.
  explicit NextHops(const std::string& adapter);

  /// Of the adapter itself; nothing where it has none.
  [[nodiscard]] const std::optional<MacAddress>& own() const noexcept { return own_; }

  /// Where a datagram to this address goes next; nothing where there is no route, or nobody answers
  /// within a second. What is known is believed for 30 s.
  [[nodiscard]] std::optional<MacAddress> find(const IpAddress& destination) noexcept;

 private:
  struct Entry {
    IpAddress destination{};
    std::optional<MacAddress> mac{};
    Duration known_until{};
  };
  struct Hop {
    IpAddress address{};
    bool is_broadcast = false;
  };

  [[nodiscard]] std::optional<MacAddress> ask(const IpAddress& destination);
  [[nodiscard]] std::optional<Hop> route(const IpAddress& destination);
  [[nodiscard]] std::optional<MacAddress> neighbor(const IpAddress& address);
  void have_asked(const IpAddress& address) const noexcept;

  std::uint32_t adapter_ = 0;
  std::optional<MacAddress> own_{};
  sys::NetlinkSocket netlink_;
  /// Datagrams of no bytes through these have the kernel ask for a neighbour.
  sys::FileDescriptor ipv4_;
  sys::FileDescriptor ipv6_;
  std::array<Entry, 1024> known_{};
};

}  // namespace weir::inject
