// The longest frame that a packet socket sends in one piece.
#pragma once

#include <cstddef>
#include <cstdint>

#include "weir/bytes.h"
#include "weir/link_type.h"
#include "weir/wire/ether_type.h"

namespace weir::gate {

/// As packet_snd() of net/packet/af_packet.c has it: beyond the adapter's MTU and a link-layer
/// header only one tag of 802.1Q is taken.
[[nodiscard]] inline bool is_too_long(Bytes frame, LinkType link_type, std::uint32_t mtu) noexcept {
  if (link_type != LinkType::ethernet) return frame.size() > mtu;
  constexpr std::size_t header = 14;
  constexpr std::size_t tag = 4;
  const bool is_tagged =
      frame.size() >= header &&
      load_be<std::uint16_t>(frame.data() + header - 2) == wire::ether_type::vlan;
  return frame.size() > mtu + header + (is_tagged ? tag : 0);
}

}  // namespace weir::gate
