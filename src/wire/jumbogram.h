// The length of IPv6 packets that are longer than their header can tell (RFC 2675).
#pragma once

#include <cstddef>
#include <cstdint>

#include "weir/wire/ip_protocol.h"
#include "weir/wire/ipv6.h"
#include "weir/wire/ipv6_extension.h"

namespace weir::wire {

/// Bytes of the whole packet as the header states them, or a jumbo payload option right behind it;
/// 0: neither does. RFC 2675 3: the option with a length that the header could tell is an error.
inline std::size_t stated_length(const Ipv6View& ip) noexcept {
  constexpr std::uint32_t most_in_header = 0xffff;
  if (ip.stated_length() != 0 || ip.next_header() != ip_protocol::hop_by_hop) {
    return ip.stated_length();
  }
  const auto header = Ipv6OptionsView::parse(ip.payload());
  const auto length = header ? header->jumbo_payload_length() : std::nullopt;
  return length && *length > most_in_header ? Ipv6View::min_header_length + *length : 0;
}

}  // namespace weir::wire
