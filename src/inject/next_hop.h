// The Ethernet address a datagram is sent to: what the kernel's routes and neighbours say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "inject/address_cache.h"
#include "sys/file_descriptor.h"
#include "sys/netlink_socket.h"
#include "weir/address.h"
#include "weir/packet.h"

namespace weir::inject {

/// Next hops of one adapter. One thread at a time.
class NextHops {
 public:
  /// Opens all it needs. Throws SystemError. Without `asks` nothing leaves for the sake of a hop:
  /// who is not known is taken for one that does not answer.
  explicit NextHops(const std::string& adapter, bool asks = true);

  /// Of the adapter itself; nothing where it has none.
  [[nodiscard]] const std::optional<MacAddress>& own() const noexcept { return own_; }

  /// Where a datagram goes next.
  struct NextHop {
    /// Nothing where there is no route, or nobody answers.
    std::optional<MacAddress> mac{};
    /// The kernel asks for it: who comes again soon may be told. That ends within a second.
    bool is_asked = false;
  };
  /// Does not wait, and allocates nothing. What is known is believed for 30 s. Who did not answer
  /// is asked again after so long, and nobody has to wait for that.
  [[nodiscard]] NextHop find(const IpAddress& destination) noexcept;

 private:
  /// Where a route leads.
  struct Route {
    /// The gateway or the destination itself; none where there is no route.
    IpAddress hop{};
    bool is_broadcast = false;
    Duration known_until{};
  };
  struct Neighbor {
    enum class State : std::uint8_t { unknown, asked, silent, found };
    State state = State::unknown;
    MacAddress mac{};
    Duration until{};
  };

  [[nodiscard]] const Route& route(const IpAddress& destination, Duration now) noexcept;
  [[nodiscard]] Route ask_route(const IpAddress& destination) noexcept;
  void look(const IpAddress& hop, Neighbor& neighbor, Duration now) noexcept;
  [[nodiscard]] std::optional<MacAddress> ask_neighbor(const IpAddress& address) noexcept;
  void have_asked(const IpAddress& address) const noexcept;
  /// A header and the address, to be asked.
  template <class Header>
  void begin_question(const Header& header, std::uint16_t attribute, const IpAddress& address);

  bool asks_;
  std::uint32_t adapter_ = 0;
  std::optional<MacAddress> own_{};
  sys::NetlinkSocket netlink_;
  /// Datagrams of no bytes through these have the kernel ask for a neighbour.
  sys::FileDescriptor ipv4_;
  sys::FileDescriptor ipv6_;
  std::vector<std::uint8_t> question_;
  AddressCache<Route> routes_;
  /// By hop.
  AddressCache<Neighbor> neighbors_;
};

}  // namespace weir::inject
