// The walk of decode() over one packet: where it stands, what it has found, what comes next.
#pragma once

#include <algorithm>
#include <expected>
#include <optional>

#include "weir/wire/layers.h"
#include "weir/wire/parse_error.h"

namespace weir::wire {

/// What the walk reads next. Finer than Protocol where one name covers several formats.
enum class Step : std::uint8_t {
  stop,
  // link layers and pseudo-headers
  ethernet,
  llc,
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
  arp,
  eapol,
  stp,
  lldp,
  // network
  ip_by_version,
  ipv4,
  ipv6,
  hop_by_hop,
  routing,
  ipv6_fragment,
  destination,
  mobility,
  shim6,
  ah,
  esp,
  ipcomp,
  // transport, control and routing
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
  nsh,
  // applications
  dns,
  dns_over_tcp,
  tls,
};

/// Reads headers one at a time. Each take_...() checks its header through the header's view,
/// records it, narrows the packet to what the header covers, and names the next step.
class Walk {
 public:
  Walk(const Packet& packet, Depth depth, Layers& layers) noexcept
      : data_{packet.data.data()},
        end_{static_cast<std::uint32_t>(packet.data.size())},
        wire_end_{std::max<std::uint64_t>(packet.wire_length, packet.data.size())},
        depth_{depth},
        layers_{layers} {
    if (has(packet.flags, PacketFlags::has_fcs)) drop_frame_check_sequence();
  }

  /// Goes on from `step`, with the first unread byte at `offset`, until nothing more can be read.
  void run(Step step, std::uint32_t offset) noexcept;

  /// First step for a link type; stop (with its reason) for an unknown one.
  Step first(LinkType type) noexcept;

  /// Narrows the packet to `length` bytes from `start`; what was captured beyond is padding.
  void limit(std::uint32_t start, std::uint64_t length) noexcept {
    wire_end_ = std::min<std::uint64_t>(wire_end_, start + length);
    end_ = static_cast<std::uint32_t>(std::min<std::uint64_t>(end_, wire_end_));
  }

 private:
  Step take(Step step) noexcept;

  // walk_link.cpp
  Step take_link(Step step) noexcept;
  Step ethernet() noexcept;
  template <class V>
  Step tag(Protocol protocol) noexcept;
  Step hsr_supervision() noexcept;
  Step macsec() noexcept;
  Step llc() noexcept;
  Step snap() noexcept;
  Step linux_cooked(std::uint16_t hardware_type, std::uint16_t protocol) noexcept;
  Step loopback(Step step) noexcept;
  Step ppp() noexcept;
  Step c_hdlc() noexcept;
  Step frame_relay() noexcept;
  Step mpls() noexcept;
  Step pseudowire() noexcept;
  Step pppoe(Step step) noexcept;
  Step by_sap(std::uint8_t sap) noexcept;
  Step by_ether_type(std::uint16_t type) noexcept;
  Step by_type_or_length(std::uint16_t type_or_length) noexcept;

  // walk_capture.cpp
  Step take_capture(Step step) noexcept;
  Step nflog() noexcept;
  Step directed_ppp() noexcept;
  Step ppi() noexcept;
  Step radiotap() noexcept;
  Step prism() noexcept;
  Step wlan() noexcept;
  Step token_ring() noexcept;
  Step fddi() noexcept;
  Step arcnet() noexcept;
  Step arcnet_linux() noexcept;
  Step by_arcnet_type(std::uint8_t type) noexcept;
  Step ipnet() noexcept;
  Step skip(std::uint32_t size, Step behind) noexcept;
  Step ip_over_1394() noexcept;
  Step atm_clip() noexcept;
  Step pktap() noexcept;
  void drop_frame_check_sequence() noexcept;

  // walk_network.cpp
  Step take_network(Step step) noexcept;
  Step ip_by_version() noexcept;
  Step ipv4() noexcept;
  Step ipv6() noexcept;
  Step ipv6_fragment() noexcept;
  template <class V>
  Step extension(Protocol protocol) noexcept;
  Step mobility() noexcept;
  Step authentication() noexcept;
  Step encrypted(Step step) noexcept;
  Step by_ip_protocol(std::uint8_t protocol) noexcept;
  void begin_datagram(std::uint32_t start, std::size_t stated_length, std::uint8_t protocol,
                      Fragment fragment) noexcept;
  void continue_datagram(std::uint8_t protocol) noexcept;
  Step cut_extension() noexcept;
  void mark_transport(std::uint8_t protocol) noexcept;
  void keep_outer() noexcept;

  // walk_transport.cpp
  Step take_transport(Step step) noexcept;
  template <class V>
  Step last_header(Protocol name, std::uint8_t protocol) noexcept;
  Step tcp() noexcept;
  Step udp() noexcept;
  Step leaf(Protocol protocol) noexcept;

  // walk_tunnel.cpp
  Step take_tunnel(Step step) noexcept;
  Step gre() noexcept;
  Step erspan() noexcept;
  Step vxlan(Step step) noexcept;
  Step gtp() noexcept;
  Step l2tp() noexcept;
  Step nsh() noexcept;
  Step dns(Step step) noexcept;
  Step tls() noexcept;

  [[nodiscard]] Bytes rest() const noexcept { return {data_ + offset_, end_ - offset_}; }

  Step stop(StopReason reason) noexcept {
    layers_.stop = reason;
    return Step::stop;
  }
  Step stop(ParseError error) noexcept { return stop(reason_of(error)); }
  [[nodiscard]] StopReason reason_of(ParseError error) const noexcept;

  /// Records a header of `length` bytes at the current place and steps over it.
  bool push(Protocol protocol, std::size_t length) noexcept;

  /// Reads a header through its view.
  template <class V>
  std::optional<V> read(Protocol protocol) noexcept {
    return record<V>(protocol, V::parse(rest()));
  }

  /// Records what parsing the next header gave, and steps over it. A header that is cut or
  /// malformed is recorded as far as it goes, and the walk has stopped.
  template <class V>
  std::optional<V> record(Protocol protocol, const std::expected<V, ParseError>& view) noexcept {
    if (!view) {
      const StopReason reason = reason_of(view.error());
      if (rest().empty() || push(protocol, std::min(rest().size(), V::min_header_length))) {
        stop(reason);
      }
      return std::nullopt;
    }
    if (!push(protocol, std::min(rest().size(), view->header_length()))) return std::nullopt;
    return *view;
  }

  const std::uint8_t* data_;
  std::uint32_t offset_ = 0;
  std::uint32_t end_;
  std::uint64_t wire_end_;
  Depth depth_;
  /// The 802.11 header is padded to a multiple of four bytes: radiotap said so.
  bool padded_ = false;
  /// The frame check sequence is cut off: the file and the radio header may both tell of it.
  bool fcs_dropped_ = false;
  Layers& layers_;
};

/// decode() without its fast path: the specification the fast path is tested against.
[[nodiscard]] Layers decode_in_steps(const Packet& packet, Depth depth) noexcept;

}  // namespace weir::wire
