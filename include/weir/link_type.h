// Link types: what the first bytes of a packet are. Values are the LINKTYPE numbers of savefiles.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "weir/api.h"

namespace weir {

/// A LINKTYPE_ number (https://www.tcpdump.org/linktypes.html). Values without a name here are
/// legal: packets of an unknown link type are delivered, not decoded.
enum class LinkType : std::uint16_t {
  null = 0,
  ethernet = 1,
  token_ring = 6,
  arcnet = 7,
  slip = 8,
  ppp = 9,
  fddi = 10,
  ppp_hdlc = 50,
  ppp_ether = 51,
  raw = 101,
  c_hdlc = 104,
  ieee802_11 = 105,
  frame_relay = 107,
  loop = 108,
  linux_sll = 113,
  ieee802_11_prism = 119,
  ieee802_11_radiotap = 127,
  arcnet_linux = 129,
  mtp2 = 140,
  ieee802_11_avs = 163,
  ppp_with_direction = 166,
  ppi = 192,
  ieee802_15_4 = 195,
  ipnet = 226,
  ipv4 = 228,
  ipv6 = 229,
  ieee802_15_4_no_fcs = 230,
  nflog = 239,
  pktap = 258,
  linux_sll2 = 276,
};

/// The DLT_ number libpcap uses for this link type on Linux: equal to the LINKTYPE number but for
/// raw (12) and the few whose DLT differs between systems.
[[nodiscard]] WEIR_API int dlt(LinkType type) noexcept;

/// The inverse of dlt().
[[nodiscard]] WEIR_API LinkType link_type_of_dlt(int dlt) noexcept;

/// The name tcpdump uses ("EN10MB", "LINUX_SLL2"); empty when the number has no name here.
[[nodiscard]] WEIR_API std::string_view name(LinkType type) noexcept;

/// The description tcpdump prints in brackets ("Ethernet"); empty when unknown.
[[nodiscard]] WEIR_API std::string_view description(LinkType type) noexcept;

/// Finds a link type by its name, in any letter case, or by its LINKTYPE number in decimal.
[[nodiscard]] WEIR_API std::optional<LinkType> link_type_by_name(std::string_view text) noexcept;

}  // namespace weir
