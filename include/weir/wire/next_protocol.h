// What NSH (RFC 8300 2.2) and VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe 3.2) call what they carry: the
// two have the same numbers.
#pragma once

#include <cstdint>
#include <optional>

#include "weir/wire/ether_type.h"
#include "weir/wire/fields.h"

namespace weir::wire {

/// Values without a name are legal.
enum class NextProtocol : std::uint8_t { ipv4 = 1, ipv6 = 2, ethernet = 3, nsh = 4, mpls = 5 };

/// That of a header with these numbers; nothing for Ethernet, which Fields write unless told
/// otherwise, and for what neither of the two can name.
[[nodiscard]] constexpr std::optional<NextProtocol> next_protocol_of(
    const HeaderNumbers& next) noexcept {
  switch (next.ether_type.value_or(0)) {
    case ether_type::ipv4:
      return NextProtocol::ipv4;
    case ether_type::ipv6:
      return NextProtocol::ipv6;
    case ether_type::nsh:
      return NextProtocol::nsh;
    case ether_type::mpls:
      return NextProtocol::mpls;
    default:
      return std::nullopt;
  }
}

}  // namespace weir::wire
