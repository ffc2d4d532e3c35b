// What the packets of an adapter begin with, by its ARPHRD_ number.
#pragma once

#include <cstdint>
#include <optional>

#include "sys/packet_socket.h"
#include "weir/link_type.h"

namespace weir::capture {

struct LinkLayer {
  LinkType link_type = LinkType::linux_sll2;
  /// Cooked: weir writes a header (LINUX_SLL2) in place of the adapter's own.
  sys::PacketSocket::Kind kind = sys::PacketSocket::Kind::cooked;
};

/// Cooked where the adapter's own headers mean nothing to anybody. None where libpcap knows better
/// how to read the adapter than a packet socket: CAN, netlink, vsock monitors.
[[nodiscard]] std::optional<LinkLayer> link_layer(std::uint16_t hardware_type) noexcept;

}  // namespace weir::capture
