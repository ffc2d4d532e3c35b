// Every protocol decode() can name, with the names tshark uses for them.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "weir/api.h"

namespace weir::wire {

/// One entry per header decode() recognises. The order is for grouping only; values are not stable.
enum class Protocol : std::uint8_t {
  // link layers and pseudo-headers
  ethernet,
  llc,
  snap,
  sll,
  null,
  raw,
  ppp,
  c_hdlc,
  frame_relay,
  nflog,
  ppi,
  radiotap,
  prism,
  wlan,
  token_ring,
  fddi,
  arcnet,
  slip,
  mtp2,
  wpan,
  pktap,
  ipoib,
  // between link and network
  vlan,
  provider_vlan,      // 802.1ad
  provider_backbone,  // 802.1ah
  vn_tag,
  e_tag,  // 802.1BR
  r_tag,  // 802.1CB
  hsr,
  hsr_supervision,  // of HSR and PRP
  macsec,
  cisco_metadata,
  trill,
  mpls,
  pppoe_discovery,
  pppoe_session,
  nsh,
  arp,
  eapol,
  stp,
  lldp,
  // network
  ipv4,
  ipv6,
  ipv6_hop_by_hop,
  ipv6_routing,
  ipv6_fragment,
  ipv6_destination,
  ipv6_mobility,
  ipv6_shim6,
  ah,
  esp,
  ipcomp,
  // transport, control and routing on IP
  tcp,
  udp,
  udp_lite,
  sctp,
  dccp,
  icmp,
  icmpv6,
  igmp,
  ospf,
  pim,
  vrrp,
  eigrp,
  // tunnels
  gre,
  erspan,
  vxlan,
  geneve,
  gtp,
  teredo,
  l2tp,
  ether_ip,
  // applications, recognised for summaries: from dns on
  dns,
  tls,
  dhcp,
  netflow,
};
/// Those above, which decode() knows by itself. A user's own come behind them: user_protocol().
inline constexpr std::size_t protocol_count = static_cast<std::size_t>(Protocol::netflow) + 1;
/// As many of the user's own as a Decoders value holds (decoders.h), which knows their names.
inline constexpr std::size_t max_user_protocols = 24;
/// Of both.
inline constexpr std::size_t max_protocols = 128;
inline constexpr std::size_t first_user_protocol = max_protocols - max_user_protocols;
static_assert(protocol_count <= first_user_protocol);

/// The user's own protocol with that index, below max_user_protocols.
[[nodiscard]] constexpr Protocol user_protocol(std::size_t index) noexcept {
  return static_cast<Protocol>(first_user_protocol + index);
}
[[nodiscard]] constexpr bool is_user_protocol(Protocol protocol) noexcept {
  const auto value = static_cast<std::size_t>(protocol);
  return value >= first_user_protocol && value < max_protocols;
}
/// The inverse of user_protocol(). Precondition: is_user_protocol().
[[nodiscard]] constexpr std::size_t user_index(Protocol protocol) noexcept {
  return static_cast<std::size_t>(protocol) - first_user_protocol;
}

/// In the order of Protocol.
inline constexpr auto protocol_names = std::to_array<std::string_view>({
    "eth",          "llc",          "snap",       "sll",          "null",
    "raw",          "ppp",          "chdlc",      "fr",           "nflog",
    "ppi",          "radiotap",     "prism",      "wlan",         "tr",
    "fddi",         "arcnet",       "slip",       "mtp2",         "wpan",
    "pktap",        "ipoib",        "vlan",       "ieee8021ad",   "ieee8021ah",
    "vntag",        "etag",         "ieee8021cb", "hsr",          "hsr_prp_supervision",
    "macsec",       "cmd",          "trill",      "mpls",         "pppoed",
    "pppoes",       "nsh",          "arp",        "eapol",        "stp",
    "lldp",         "ip",           "ipv6",       "ipv6.hopopts", "ipv6.routing",
    "ipv6.fraghdr", "ipv6.dstopts", "mipv6",      "shim6",        "ah",
    "esp",          "ipcomp",       "tcp",        "udp",          "udplite",
    "sctp",         "dccp",         "icmp",       "icmpv6",       "igmp",
    "ospf",         "pim",          "vrrp",       "eigrp",        "gre",
    "erspan",       "vxlan",        "geneve",     "gtp",          "teredo",
    "l2tp",         "etherip",      "dns",        "tls",          "dhcp",
    "cflow",
});
static_assert(protocol_names.size() == protocol_count);

/// tshark's filter name: "eth", "ip", "ipv6.hopopts". docs/json.md lists them all. Empty for a
/// user's own: Decoders::name() knows those.
[[nodiscard]] constexpr std::string_view name(Protocol protocol) noexcept {
  const auto index = static_cast<std::size_t>(protocol);
  return index < protocol_count ? protocol_names[index] : std::string_view{};
}
/// The inverse of name().
[[nodiscard]] WEIR_API std::optional<Protocol> protocol_by_name(std::string_view text) noexcept;

/// Whether its header begins with a source and a destination port.
[[nodiscard]] constexpr bool has_ports(Protocol protocol) noexcept {
  return protocol == Protocol::tcp || protocol == Protocol::udp || protocol == Protocol::udp_lite ||
         protocol == Protocol::sctp || protocol == Protocol::dccp;
}

/// Whether it is what transport protocols carry, told by its port.
[[nodiscard]] constexpr bool is_application(Protocol protocol) noexcept {
  return protocol >= Protocol::dns && static_cast<std::size_t>(protocol) < protocol_count;
}

/// A set of protocols in two words.
class ProtocolSet {
 public:
  constexpr ProtocolSet() noexcept = default;
  constexpr ProtocolSet(std::initializer_list<Protocol> protocols) noexcept {
    for (const Protocol protocol : protocols) insert(protocol);
  }

  constexpr void insert(Protocol protocol) noexcept {
    words_[index(protocol) / 64] |= std::uint64_t{1} << (index(protocol) % 64);
  }
  [[nodiscard]] constexpr bool contains(Protocol protocol) const noexcept {
    return (words_[index(protocol) / 64] >> (index(protocol) % 64) & 1) != 0;
  }
  [[nodiscard]] constexpr const std::array<std::uint64_t, 2>& words() const noexcept {
    return words_;
  }
  constexpr bool operator==(const ProtocolSet&) const noexcept = default;

 private:
  static constexpr std::size_t index(Protocol protocol) noexcept {
    return static_cast<std::size_t>(protocol);
  }
  std::array<std::uint64_t, 2> words_{};
};
}  // namespace weir::wire
