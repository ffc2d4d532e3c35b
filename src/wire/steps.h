// What decode() can read: the formats, the function that reads each, and the numbers that name
// them.
#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include "weir/link_type.h"
#include "weir/stored_link_type.h"
#include "weir/wire/ether_type.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/protocol.h"

namespace weir::wire {

class Walk;

/// A format that the walk reads next. Finer than Protocol where one name covers several.
enum class Step : std::uint8_t {
  stop,
  user,  // a header that a decoder of the user's has found
  // link layers and pseudo-headers
  ethernet,
  llc,
  snap,
  sll,
  sll2,
  null,
  loop,
  raw,
  ppp,
  ppp_with_direction,
  ppp_or_c_hdlc,  // LINKTYPE_PPP and LINKTYPE_PPP_HDLC: the first byte tells
  c_hdlc,
  frame_relay,
  nflog,
  ppi,
  radiotap,
  prism,
  avs,
  wlan,
  token_ring,
  fddi,
  arcnet,
  arcnet_linux,
  slip,
  mtp2,
  wpan,
  pktap,
  ipnet,
  ipoib,
  ip_over_fc,
  ip_over_1394,
  enc,
  atm_clip,
  // between link and network
  vlan,
  provider_vlan,
  provider_backbone,
  vn_tag,
  e_tag,
  r_tag,
  hsr,
  hsr_supervision,
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
  ip_by_version,
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
  vxlan_gpe,
  geneve,
  gtp,
  teredo,
  l2tp,
  l2tp_version_3,
  ether_ip,
  // applications
  dns,
  dns_over_tcp,
  tls,
  dhcp,
  netflow,
};
inline constexpr std::size_t step_count = static_cast<std::size_t>(Step::netflow) + 1;

/// Reads the header at the walk's place, records it as `as`, narrows the packet to what the header
/// covers, and names what follows; stop, having told the walk why, where that is nothing.
using Read = Step(Walk& walk, Protocol as) noexcept;

/// Each defined in walk_link.cpp, walk_capture.cpp, walk_network.cpp, ...
namespace steps {
Read ethernet, llc, snap, sll, sll2, null, loop, raw, ppp, ppp_with_direction, ppp_or_c_hdlc,
    c_hdlc, frame_relay, nflog, ppi, radiotap, prism, avs, wlan, token_ring, fddi, arcnet,
    arcnet_linux, slip, pktap, ipnet, ipoib, ip_over_fc, ip_over_1394, enc, atm_clip;
Read vlan, provider_backbone, vn_tag, e_tag, r_tag, hsr, hsr_supervision, macsec, cisco_metadata,
    trill, mpls, pppoe_discovery, pppoe_session, nsh, arp;
Read ip_by_version, ipv4, ipv6, ipv6_options, ipv6_routing, ipv6_fragment, ipv6_mobility,
    ipv6_shim6, ah, esp, ipcomp;
Read tcp, udp, udp_lite, sctp, dccp, icmp, icmpv6, igmp;
Read gre, erspan, vxlan, vxlan_gpe, geneve, gtp, teredo, l2tp, ether_ip;
Read dns, dns_over_tcp, tls, dhcp, netflow;
/// A protocol that is named, but whose header nothing here needs.
Read leaf;
Read user;
}  // namespace steps

/// How the walk takes one step.
struct Reading {
  Step step;
  /// What the header is recorded as.
  Protocol as;
  Read* read;
  /// The header belongs to the IP datagram it is found in: extension, security, transport, control.
  bool stays_in_datagram;
};
inline constexpr bool stays = true, leaves = false;

/// Of what is no layer of its own.
inline constexpr Protocol no_layer{0xff};

/// In the order of Step.
inline constexpr auto readings = std::to_array<Reading>({
    {Step::stop, no_layer, nullptr, leaves},
    {Step::user, no_layer, steps::user, stays},
    // link layers and pseudo-headers
    {Step::ethernet, Protocol::ethernet, steps::ethernet, leaves},
    {Step::llc, Protocol::llc, steps::llc, leaves},
    {Step::snap, Protocol::snap, steps::snap, leaves},
    {Step::sll, Protocol::sll, steps::sll, leaves},
    {Step::sll2, Protocol::sll, steps::sll2, leaves},
    {Step::null, Protocol::null, steps::null, leaves},
    {Step::loop, Protocol::null, steps::loop, leaves},
    {Step::raw, Protocol::raw, steps::raw, leaves},
    {Step::ppp, Protocol::ppp, steps::ppp, leaves},
    {Step::ppp_with_direction, no_layer, steps::ppp_with_direction, leaves},
    {Step::ppp_or_c_hdlc, no_layer, steps::ppp_or_c_hdlc, leaves},
    {Step::c_hdlc, Protocol::c_hdlc, steps::c_hdlc, leaves},
    {Step::frame_relay, Protocol::frame_relay, steps::frame_relay, leaves},
    {Step::nflog, Protocol::nflog, steps::nflog, leaves},
    {Step::ppi, Protocol::ppi, steps::ppi, leaves},
    {Step::radiotap, Protocol::radiotap, steps::radiotap, leaves},
    {Step::prism, Protocol::prism, steps::prism, leaves},
    {Step::avs, Protocol::prism, steps::avs, leaves},
    {Step::wlan, Protocol::wlan, steps::wlan, leaves},
    {Step::token_ring, Protocol::token_ring, steps::token_ring, leaves},
    {Step::fddi, Protocol::fddi, steps::fddi, leaves},
    {Step::arcnet, Protocol::arcnet, steps::arcnet, leaves},
    {Step::arcnet_linux, Protocol::arcnet, steps::arcnet_linux, leaves},
    {Step::slip, Protocol::slip, steps::slip, leaves},
    {Step::mtp2, Protocol::mtp2, steps::leaf, leaves},
    {Step::wpan, Protocol::wpan, steps::leaf, leaves},
    {Step::pktap, Protocol::pktap, steps::pktap, leaves},
    {Step::ipnet, no_layer, steps::ipnet, leaves},
    {Step::ipoib, Protocol::ipoib, steps::ipoib, leaves},
    {Step::ip_over_fc, no_layer, steps::ip_over_fc, leaves},
    {Step::ip_over_1394, no_layer, steps::ip_over_1394, leaves},
    {Step::enc, no_layer, steps::enc, leaves},
    {Step::atm_clip, no_layer, steps::atm_clip, leaves},
    // between link and network
    {Step::vlan, Protocol::vlan, steps::vlan, leaves},
    {Step::provider_vlan, Protocol::provider_vlan, steps::vlan, leaves},
    {Step::provider_backbone, Protocol::provider_backbone, steps::provider_backbone, leaves},
    {Step::vn_tag, Protocol::vn_tag, steps::vn_tag, leaves},
    {Step::e_tag, Protocol::e_tag, steps::e_tag, leaves},
    {Step::r_tag, Protocol::r_tag, steps::r_tag, leaves},
    {Step::hsr, Protocol::hsr, steps::hsr, leaves},
    {Step::hsr_supervision, Protocol::hsr_supervision, steps::hsr_supervision, leaves},
    {Step::macsec, Protocol::macsec, steps::macsec, leaves},
    {Step::cisco_metadata, Protocol::cisco_metadata, steps::cisco_metadata, leaves},
    {Step::trill, Protocol::trill, steps::trill, leaves},
    {Step::mpls, Protocol::mpls, steps::mpls, leaves},
    {Step::pppoe_discovery, Protocol::pppoe_discovery, steps::pppoe_discovery, leaves},
    {Step::pppoe_session, Protocol::pppoe_session, steps::pppoe_session, leaves},
    {Step::nsh, Protocol::nsh, steps::nsh, leaves},
    {Step::arp, Protocol::arp, steps::arp, leaves},
    {Step::eapol, Protocol::eapol, steps::leaf, leaves},
    {Step::stp, Protocol::stp, steps::leaf, leaves},
    {Step::lldp, Protocol::lldp, steps::leaf, leaves},
    // network
    {Step::ip_by_version, no_layer, steps::ip_by_version, leaves},
    {Step::ipv4, Protocol::ipv4, steps::ipv4, leaves},
    {Step::ipv6, Protocol::ipv6, steps::ipv6, leaves},
    {Step::ipv6_hop_by_hop, Protocol::ipv6_hop_by_hop, steps::ipv6_options, stays},
    {Step::ipv6_routing, Protocol::ipv6_routing, steps::ipv6_routing, stays},
    {Step::ipv6_fragment, Protocol::ipv6_fragment, steps::ipv6_fragment, stays},
    {Step::ipv6_destination, Protocol::ipv6_destination, steps::ipv6_options, stays},
    {Step::ipv6_mobility, Protocol::ipv6_mobility, steps::ipv6_mobility, stays},
    {Step::ipv6_shim6, Protocol::ipv6_shim6, steps::ipv6_shim6, stays},
    {Step::ah, Protocol::ah, steps::ah, stays},
    {Step::esp, Protocol::esp, steps::esp, stays},
    {Step::ipcomp, Protocol::ipcomp, steps::ipcomp, stays},
    // transport, control and routing on IP
    {Step::tcp, Protocol::tcp, steps::tcp, stays},
    {Step::udp, Protocol::udp, steps::udp, stays},
    {Step::udp_lite, Protocol::udp_lite, steps::udp_lite, stays},
    {Step::sctp, Protocol::sctp, steps::sctp, stays},
    {Step::dccp, Protocol::dccp, steps::dccp, stays},
    {Step::icmp, Protocol::icmp, steps::icmp, stays},
    {Step::icmpv6, Protocol::icmpv6, steps::icmpv6, stays},
    {Step::igmp, Protocol::igmp, steps::igmp, stays},
    {Step::ospf, Protocol::ospf, steps::leaf, stays},
    {Step::pim, Protocol::pim, steps::leaf, stays},
    {Step::vrrp, Protocol::vrrp, steps::leaf, stays},
    {Step::eigrp, Protocol::eigrp, steps::leaf, stays},
    // tunnels
    {Step::gre, Protocol::gre, steps::gre, leaves},
    {Step::erspan, Protocol::erspan, steps::erspan, leaves},
    {Step::vxlan, Protocol::vxlan, steps::vxlan, leaves},
    {Step::vxlan_gpe, Protocol::vxlan, steps::vxlan_gpe, leaves},
    {Step::geneve, Protocol::geneve, steps::geneve, leaves},
    {Step::gtp, Protocol::gtp, steps::gtp, leaves},
    {Step::teredo, Protocol::teredo, steps::teredo, leaves},
    {Step::l2tp, Protocol::l2tp, steps::l2tp, leaves},
    {Step::l2tp_version_3, Protocol::l2tp, steps::leaf, leaves},
    {Step::ether_ip, Protocol::ether_ip, steps::ether_ip, leaves},
    // applications
    {Step::dns, Protocol::dns, steps::dns, leaves},
    {Step::dns_over_tcp, Protocol::dns, steps::dns_over_tcp, leaves},
    {Step::tls, Protocol::tls, steps::tls, leaves},
    {Step::dhcp, Protocol::dhcp, steps::dhcp, leaves},
    {Step::netflow, Protocol::netflow, steps::netflow, leaves},
});

[[nodiscard]] constexpr const Reading& reading_of(Step step) noexcept {
  return readings[static_cast<std::size_t>(step)];
}
/// The first that records what it reads as that protocol; stop if none does.
[[nodiscard]] Step step_of(Protocol protocol) noexcept;

/// A number that names a format.
struct Number {
  std::uint16_t number;
  Step step;
};

struct LinkFormat {
  LinkType type;
  Step step;
};

/// What packets of a link type begin with.
inline constexpr LinkFormat link_formats[] = {
    {LinkType::null, Step::null},
    {LinkType::ethernet, Step::ethernet},
    {LinkType::token_ring, Step::token_ring},
    {LinkType::arcnet, Step::arcnet},
    {LinkType::slip, Step::slip},
    {LinkType::ppp, Step::ppp_or_c_hdlc},
    {LinkType::fddi, Step::fddi},
    {LinkType::ppp_hdlc, Step::ppp_or_c_hdlc},
    {LinkType::ppp_ether, Step::pppoe_session},
    {link_types::atm_rfc1483, Step::llc},
    {LinkType::raw, Step::raw},
    {LinkType::c_hdlc, Step::c_hdlc},
    {LinkType::ieee802_11, Step::wlan},
    {link_types::atm_clip, Step::atm_clip},
    {LinkType::frame_relay, Step::frame_relay},
    {LinkType::loop, Step::loop},
    {link_types::enc, Step::enc},
    {link_types::hdlc, Step::c_hdlc},
    {LinkType::linux_sll, Step::sll},
    {LinkType::ieee802_11_prism, Step::prism},
    {link_types::ip_over_fc, Step::ip_over_fc},
    {LinkType::ieee802_11_radiotap, Step::radiotap},
    {LinkType::arcnet_linux, Step::arcnet_linux},
    {link_types::ip_over_1394, Step::ip_over_1394},
    {LinkType::mtp2, Step::mtp2},
    {LinkType::ieee802_11_avs, Step::avs},
    {LinkType::ppp_with_direction, Step::ppp_with_direction},
    {LinkType::ppi, Step::ppi},
    {LinkType::ieee802_15_4, Step::wpan},
    {link_types::mpls, Step::mpls},
    {LinkType::ipnet, Step::ipnet},
    {LinkType::ipv4, Step::ipv4},
    {LinkType::ipv6, Step::ipv6},
    {LinkType::ieee802_15_4_no_fcs, Step::wpan},
    {LinkType::nflog, Step::nflog},
    {link_types::ipoib, Step::ipoib},
    {LinkType::pktap, Step::pktap},
    {LinkType::linux_sll2, Step::sll2},
};

/// What Ethernet, VLAN tags, SNAP, GRE and kin carry.
inline constexpr Number ether_types[] = {
    {ether_type::ipv4, Step::ipv4},
    {ether_type::arp, Step::arp},
    {ether_type::trans_ether_bridging, Step::ethernet},
    {ether_type::rarp, Step::arp},
    {ether_type::vlan, Step::vlan},
    {ether_type::ipv6, Step::ipv6},
    {ether_type::ppp, Step::ppp},
    {ether_type::mpls, Step::mpls},
    {ether_type::mpls_multicast, Step::mpls},
    {ether_type::pppoe_discovery, Step::pppoe_discovery},
    {ether_type::pppoe_session, Step::pppoe_session},
    {ether_type::eapol, Step::eapol},
    {ether_type::provider_vlan, Step::provider_vlan},
    {ether_type::lldp, Step::lldp},
    {ether_type::provider_backbone, Step::provider_backbone},
    {ether_type::cisco_metadata, Step::cisco_metadata},
    {ether_type::trill, Step::trill},
    {ether_type::macsec, Step::macsec},
    {ether_type::hsr_supervision, Step::hsr_supervision},
    {ether_type::vn_tag, Step::vn_tag},
    {ether_type::hsr, Step::hsr},
    {ether_type::e_tag, Step::e_tag},
    {ether_type::r_tag, Step::r_tag},
    {ether_type::nsh, Step::nsh},
    {ether_type::vlan_9100, Step::vlan},
    {ether_type::vlan_9200, Step::vlan},
    {ether_type::vlan_9300, Step::vlan},
};

/// What IP and IPv6's extension headers carry.
inline constexpr Number ip_protocols[] = {
    {ip_protocol::hop_by_hop, Step::ipv6_hop_by_hop},
    {ip_protocol::icmp, Step::icmp},
    {ip_protocol::igmp, Step::igmp},
    {ip_protocol::ipv4, Step::ipv4},
    {ip_protocol::tcp, Step::tcp},
    {ip_protocol::udp, Step::udp},
    {ip_protocol::dccp, Step::dccp},
    {ip_protocol::ipv6, Step::ipv6},
    {ip_protocol::ipv6_routing, Step::ipv6_routing},
    {ip_protocol::ipv6_fragment, Step::ipv6_fragment},
    {ip_protocol::gre, Step::gre},
    {ip_protocol::esp, Step::esp},
    {ip_protocol::ah, Step::ah},
    {ip_protocol::icmpv6, Step::icmpv6},
    {ip_protocol::ipv6_destination, Step::ipv6_destination},
    {ip_protocol::eigrp, Step::eigrp},
    {ip_protocol::ospf, Step::ospf},
    {ip_protocol::ether_ip, Step::ether_ip},
    {ip_protocol::pim, Step::pim},
    {ip_protocol::ipcomp, Step::ipcomp},
    {ip_protocol::vrrp, Step::vrrp},
    {ip_protocol::l2tp, Step::l2tp_version_3},
    {ip_protocol::sctp, Step::sctp},
    {ip_protocol::ipv6_mobility, Step::ipv6_mobility},
    {ip_protocol::udp_lite, Step::udp_lite},
    {ip_protocol::mpls, Step::mpls},
    {ip_protocol::ipv6_shim6, Step::ipv6_shim6},
};

/// Ports of UDP: IANA's, the one Linux gave VXLAN before there was one, and those NetFlow is
/// commonly sent to.
inline constexpr Number udp_ports[] = {
    {53, Step::dns},       {67, Step::dhcp},   {68, Step::dhcp},    {1701, Step::l2tp},
    {2055, Step::netflow}, {2123, Step::gtp},  {2152, Step::gtp},   {3386, Step::gtp},
    {3544, Step::teredo},  {4011, Step::dhcp}, {4789, Step::vxlan}, {4790, Step::vxlan_gpe},
    {6081, Step::geneve},  {6635, Step::mpls}, {8472, Step::vxlan}, {9996, Step::netflow},
};

inline constexpr Number tcp_ports[] = {
    {53, Step::dns_over_tcp}, {443, Step::tls}, {465, Step::tls}, {636, Step::tls},
    {853, Step::tls},         {993, Step::tls}, {995, Step::tls}, {8443, Step::tls},
};

}  // namespace weir::wire
