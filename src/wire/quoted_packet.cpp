// Takes the quoted packet out of an ICMP error.
#include "weir/wire/quoted_packet.h"

#include <algorithm>

#include "weir/wire/icmp.h"
#include "weir/wire/icmpv6.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/ipv6.h"

namespace weir::wire {
namespace {

template <class View, class Ip>
std::optional<Packet> quoted_in(Bytes message, const Packet& packet, LinkType link_type) noexcept {
  const auto header = View::parse(message);
  if (!header || !header->is_error() || header->payload().empty()) return std::nullopt;
  Packet quoted = packet;
  quoted.data = header->payload();
  quoted.link_type = link_type;
  quoted.flags = PacketFlags::none;  // what the medium said was about the packet around it
  const auto ip = Ip::parse(quoted.data);
  quoted.wire_length = static_cast<std::uint32_t>(
      std::max(quoted.data.size(), ip ? ip->datagram_length() : std::size_t{0}));
  return quoted;
}

}  // namespace

std::optional<Packet> quoted_packet(const Packet& packet, const Layers& layers) noexcept {
  if (layers.size() == 0) return std::nullopt;
  const Layer& last = layers[layers.size() - 1];
  const std::size_t end = std::size_t{layers.payload_offset} + layers.payload_length;
  if (last.offset >= end || end > packet.data.size()) return std::nullopt;
  const Bytes message = packet.data.subspan(last.offset, end - last.offset);
  if (last.protocol == Protocol::icmp) {
    return quoted_in<IcmpView, Ipv4View>(message, packet, LinkType::ipv4);
  }
  if (last.protocol == Protocol::icmpv6) {
    return quoted_in<Icmpv6View, Ipv6View>(message, packet, LinkType::ipv6);
  }
  return std::nullopt;
}

}  // namespace weir::wire
