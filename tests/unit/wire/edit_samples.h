// Frames of many stacks for the tests of Editor, and their checksums computed the plain way.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "weir/packet.h"
#include "weir/wire/checksum_verdict.h"
#include "weir/wire/dccp.h"
#include "weir/wire/edit.h"
#include "weir/wire/frame_writer.h"
#include "weir/wire/gre.h"
#include "weir/wire/icmp.h"
#include "weir/wire/icmpv6.h"
#include "weir/wire/ipv6_extension.h"
#include "weir/wire/tcp.h"
#include "weir/wire/udp.h"
#include "weir/wire/udp_lite.h"
#include "weir/wire/vxlan.h"

namespace weir::wire::samples {

using Frame = std::vector<std::uint8_t>;

inline const EthernetFields ethernet{.destination = {{2, 0, 0, 0, 0, 1}},
                                     .source = {{2, 0, 0, 0, 0, 2}},
                                     .trailer = {.padded_to = 0}};
inline const Ipv4Fields ipv4{
    .identification = 0x1234, .source = {{192, 0, 2, 1}}, .destination = {{198, 51, 100, 2}}};
inline const Ipv6Fields ipv6{
    .source = {{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}},
    .destination = {{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}}};
inline const UdpFields udp{.source_port = 50'000, .destination_port = 7777};
inline const TcpFields tcp{
    .source_port = 50'000, .destination_port = 7777, .flags = tcp_flags::ack};
inline const std::array<std::uint8_t, 5> text{'h', 'e', 'l', 'l', 'o'};  // odd on purpose

inline Packet packet_of(Bytes frame) {
  return {.data = frame, .wire_length = static_cast<std::uint32_t>(frame.size())};
}

template <class... Layers>
Frame frame_of(const Layers&... layers) {
  std::array<std::uint8_t, 2048> buffer;
  const auto built = build(buffer, layers...);
  return built ? Frame{built->begin(), built->end()} : Frame{};
}

inline std::string protocols_of(const Packet& packet) {
  std::string names;
  for (const Layer& layer : decode(packet)) {
    names += (names.empty() ? "" : " ") + std::string{name(layer.protocol)};
  }
  return names;
}

/// "" where every checksum is good or was never there, otherwise the first that is not.
inline std::string bad_checksum(const Packet& packet) {
  const Layers layers = decode(packet);
  const ChecksumVerdicts verdicts = verify_checksums(packet, layers);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (verdicts[i] == ChecksumVerdict::bad || verdicts[i] == ChecksumVerdict::unverified) {
      return std::string{name(layers[i].protocol)} + " " + name(verdicts[i]);
    }
  }
  return "";
}

/// A routing header of type 0 with one segment left.
inline std::vector<std::uint8_t> routing_body() {
  std::vector<std::uint8_t> body(22);
  body[0] = 0;
  body[1] = 1;
  body[6] = 0x20;
  body[21] = 0x77;
  return body;
}

/// Of every way that checksums lie within each other; each checksum is right.
inline std::vector<Frame> stacks() {
  constexpr std::uint8_t source_route[] = {131, 7, 4, 203, 0, 113, 9};
  Ipv4Fields routed = ipv4;
  routed.options = source_route;
  UdpFields without = udp;
  without.checksum = 0;
  const std::vector<std::uint8_t> body = routing_body();
  const Ipv6ExtensionFields routing{.protocol = ip_protocol::ipv6_routing, .body = body};
  const VlanFields tag{.identifier = 7};
  const VxlanFields vxlan{.identifier = 9};
  const UdpFields tunnel{.source_port = 50'001};
  UdpFields plain_tunnel = tunnel;
  plain_tunnel.checksum = 0;
  // L2TP with an offset of one byte, and PPP: what is within begins at an odd place.
  constexpr std::uint8_t l2tp[] = {0x02, 0x02, 0, 1, 0, 2, 0, 1, 0, 0x00, 0x21};
  const UdpFields l2tp_tunnel{.source_port = 50'002, .destination_port = 1701};
  const GreFields gre{.has_checksum = true, .has_key = true};
  const UdpLiteFields udp_lite{.source_port = 50'000, .destination_port = 7777};
  UdpLiteFields header_only = udp_lite;
  header_only.checksum_coverage = 8;
  const DccpFields dccp{.source_port = 50'000, .destination_port = 7777, .type = 2};
  DccpFields dccp_header = dccp;
  dccp_header.checksum_coverage = 1;
  return {
      frame_of(ethernet, ipv4, gre, ipv6, tcp, text),
      frame_of(ethernet, ipv6, gre, ethernet, ipv4, udp, text),
      frame_of(ethernet, ipv4, udp_lite, text),
      frame_of(ethernet, ipv6, gre, ipv6, header_only, text),
      frame_of(ethernet, ipv6, tunnel, vxlan, ethernet, ipv4, dccp, text),
      frame_of(ethernet, ipv4, dccp_header, text),
      frame_of(ethernet, ipv6, Icmpv6Fields{.type = Icmpv6Type::echo_request}, text),
      frame_of(ethernet, ipv4, tunnel, vxlan, ethernet, ipv6,
               Icmpv6Fields{.type = Icmpv6Type::echo_request}, text),
      frame_of(ethernet, ipv4, l2tp_tunnel, Bytes{l2tp}, ipv4, tcp, text),
      frame_of(ethernet, ipv6, l2tp_tunnel, Bytes{l2tp}, ipv4, udp, text),
      frame_of(ethernet, ipv4, tcp, text),
      frame_of(ethernet, ipv4, udp, text),
      frame_of(ethernet, ipv4, without, text),
      frame_of(ethernet, tag, ipv6, tcp, text),
      frame_of(ethernet, ipv6, udp, text),
      frame_of(ethernet, routed, udp, text),
      frame_of(ethernet, ipv6, routing, tcp, text),
      frame_of(ethernet, ipv4, ipv6, tcp, text),
      frame_of(ethernet, ipv6, ipv4, without, text),
      frame_of(ethernet, ipv4, tunnel, vxlan, ethernet, tag, ipv4, tcp, text),
      frame_of(ethernet, ipv6, tunnel, vxlan, ethernet, ipv6, udp, text),
      frame_of(ethernet, ipv4, tunnel, vxlan, ethernet, ipv6, plain_tunnel, vxlan, ethernet, ipv4,
               tcp, text),
      frame_of(ethernet, ipv4, plain_tunnel, vxlan, ethernet, ipv4, udp, text),
      frame_of(ethernet, ipv6, tunnel, vxlan, ethernet, ipv4, tunnel, vxlan, ethernet, ipv6, tcp,
               text),
  };
}

/// The protocol number in the pseudo-header, and what seals a message.
struct Sealing {
  std::uint8_t number = 0;
  void (*seal)(MutableBytes message, WordSum pseudo_header) noexcept = nullptr;
};

inline Sealing sealing_of(const Layer& layer, const std::uint8_t* at) {
  switch (layer.protocol) {
    case Protocol::tcp:
      return {ip_protocol::tcp, &TcpFields::seal};
    case Protocol::udp:
      if (load_be<std::uint16_t>(at + 6) == 0) return {};
      return {ip_protocol::udp, &UdpFields::seal};
    case Protocol::udp_lite:
      return {ip_protocol::udp_lite, &UdpLiteFields::seal};
    case Protocol::dccp:
      return {ip_protocol::dccp, &DccpFields::seal};
    case Protocol::icmpv6:
      return {ip_protocol::icmpv6, &Icmpv6Fields::seal};
    case Protocol::gre:
      return {0, &GreFields::seal};
    default:
      return {};
  }
}

/// That of the IP header before the layer at `index`.
inline WordSum pseudo_header_of(const Packet& packet, const Layers& layers, std::size_t index,
                                std::uint8_t number, std::size_t length) {
  std::optional<Ipv6RoutingView> routing;
  while (index-- > 0) {
    if (const auto v4 = view<Ipv4View>(packet, layers, layers[index])) {
      return pseudo_header_sum(v4->source(), v4->final_destination(), number, length);
    }
    if (const auto v6 = view<Ipv6View>(packet, layers, layers[index])) {
      const Ipv6Address end =
          routing ? routing->final_destination(v6->destination()) : v6->destination();
      return pseudo_header_sum(v6->source(), end, number, length);
    }
    routing = view<Ipv6RoutingView>(packet, layers, layers[index]);
  }
  return {};
}

/// Computes every checksum anew, from the innermost on, but for those of UDP that are 0.
inline void recompute(Frame& frame) {
  const Packet packet = packet_of(frame);
  const Layers layers = decode(packet);
  for (std::size_t i = layers.size(); i-- > 0;) {
    const Layer& layer = layers[i];
    std::uint8_t* const at = frame.data() + layer.offset;
    if (layer.protocol == Protocol::ipv4) {
      store_be(at + 10, std::uint16_t{0});
      store_be(at + 10, internet_checksum({at, layer.header_length}));
    }
    const Sealing sealing = sealing_of(layer, at);
    if (sealing.seal == nullptr) continue;
    const std::size_t length = extent_of(packet, layers, layer).wire_length;
    sealing.seal({at, length}, pseudo_header_of(packet, layers, i, sealing.number, length));
  }
}

}  // namespace weir::wire::samples
