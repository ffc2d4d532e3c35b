// Directions in link headers.
#include "weir/wire/direction.h"

#include <cstddef>

#include "weir/link_type.h"

namespace weir::wire {
namespace {

/// Linux, if_packet.h: PACKET_HOST, BROADCAST, MULTICAST, OTHERHOST came in; OUTGOING is 4.
Direction of_packet_type(unsigned type) noexcept {
  if (type == 4) return Direction::out;
  return type < 4 ? Direction::in : Direction::unknown;
}

}  // namespace

Direction direction_of(const Packet& packet) noexcept {
  if (packet.direction != Direction::unknown) return packet.direction;
  const Bytes bytes = packet.data;
  switch (packet.link_type) {
    case LinkType::linux_sll:
      if (bytes.size() < 2) break;
      return of_packet_type(load_be<std::uint16_t>(bytes.data()));
    case LinkType::linux_sll2:
      if (bytes.size() < 11) break;
      return of_packet_type(bytes[10]);
    case LinkType::slip:
    case LinkType::ppp_with_direction:
      // libpcap: 0 is received, everything else sent.
      if (bytes.empty()) break;
      return bytes[0] == 0 ? Direction::in : Direction::out;
    default:
      break;
  }
  return Direction::unknown;
}

}  // namespace weir::wire
