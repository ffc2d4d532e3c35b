// segmentation(), by the outermost datagram of what decode() finds.
#include "inject/segmentation.h"

#include "weir/wire/checksum.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/ipv6.h"
#include "weir/wire/layers.h"

namespace weir::inject {
namespace {

using wire::Protocol;

// Where TCP and UDP have their checksums (RFC 9293 3.1, RFC 768).
constexpr std::uint16_t tcp_checksum = 16;
constexpr std::uint16_t udp_checksum = 6;
constexpr std::size_t udp_header = 8;

template <class View>
std::optional<wire::WordSum> pseudo_header(Bytes network, std::uint8_t protocol,
                                           std::size_t length) noexcept {
  const auto header = View::parse(network);
  if (!header) return std::nullopt;
  if constexpr (requires { header->final_destination(); }) {
    return wire::pseudo_header_sum(header->source(), header->final_destination(), protocol, length);
  } else {
    return wire::pseudo_header_sum(header->source(), header->destination(), protocol, length);
  }
}

}  // namespace

std::optional<sys::Offload> segmentation(Bytes frame, LinkType link_type,
                                         std::uint32_t mtu) noexcept {
  const Packet packet{.data = frame,
                      .wire_length = static_cast<std::uint32_t>(frame.size()),
                      .link_type = link_type};
  const wire::Layers layers = wire::decode(packet, wire::Depth::transport);
  const wire::IpDatagram& datagram = layers.outer;
  if (!datagram.present() || datagram.fragment != wire::Fragment::none ||
      datagram.transport == wire::IpDatagram::absent || datagram.length <= mtu) {
    return std::nullopt;
  }
  // Whatever else stands before IP has lengths or checksums of its own, or no cutter.
  for (std::size_t i = 0; i < datagram.network; ++i) {
    const Protocol before = layers[i].protocol;
    if (before != Protocol::ethernet && before != Protocol::vlan &&
        before != Protocol::provider_vlan) {
      return std::nullopt;
    }
  }
  // An extension header may name another destination, and more.
  if (datagram.transport != datagram.network + 1) return std::nullopt;
  const wire::Layer& network = layers[datagram.network];
  const wire::Layer& transport = layers[datagram.transport];
  const bool is_tcp = transport.protocol == Protocol::tcp;
  if (!is_tcp && transport.protocol != Protocol::udp) return std::nullopt;

  const std::size_t headers =
      transport.offset + (is_tcp ? std::size_t{transport.header_length} : udp_header);
  const std::size_t end = std::size_t{network.offset} + datagram.length;
  const std::size_t before_payload = (is_tcp ? headers : transport.offset) - network.offset;
  // Bytes behind the datagram would be taken for more of its payload.
  if (end != frame.size() || headers >= end || before_payload + 8 > mtu) return std::nullopt;

  const bool is_ipv4 = network.protocol == Protocol::ipv4;
  const Bytes ip = frame.subspan(network.offset, datagram.length);
  const std::size_t length = end - transport.offset;
  const auto sum = is_ipv4 ? pseudo_header<wire::Ipv4View>(ip, datagram.protocol, length)
                           : pseudo_header<wire::Ipv6View>(ip, datagram.protocol, length);
  if (!sum) return std::nullopt;

  using Segments = sys::Offload::Segments;
  Segments segments = is_ipv4 ? Segments::tcp_ipv4 : Segments::tcp_ipv6;
  std::size_t size = mtu - before_payload;
  if (!is_tcp) {
    segments = Segments::udp_fragments;
    // Fragments are counted in units of 8 bytes (RFC 791 3.1).
    size -= size % 8;
  }
  return sys::Offload{.segments = segments,
                      .header_length = static_cast<std::uint16_t>(headers),
                      .segment_size = static_cast<std::uint16_t>(size),
                      .checksum_start = static_cast<std::uint16_t>(transport.offset),
                      .checksum_offset = is_tcp ? tcp_checksum : udp_checksum,
                      .pseudo_header = sum->folded()};
}

}  // namespace weir::inject
