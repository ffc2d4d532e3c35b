// outline(): the transport headers that decode() finds, from the innermost on.
#include "gate/reinject/outline.h"

#include "weir/wire/checksum.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/ipv6.h"
#include "weir/wire/ipv6_extension.h"
#include "weir/wire/sctp.h"
#include "weir/wire/tcp.h"
#include "weir/wire/udp.h"
#include "wire/edit_checksums.h"

namespace weir::gate {
namespace {

using wire::Protocol;

constexpr wire::ProtocolSet transports{Protocol::tcp, Protocol::udp, Protocol::sctp};
constexpr std::size_t sctp_checksum = 8;
constexpr std::size_t sctp_checksum_size = 4;

/// The addresses in the pseudo-header of what layer `carried` is.
wire::WordSum addresses(Bytes frame, const wire::Layers& layers, std::size_t network,
                        std::size_t carried) noexcept {
  const auto header = [&](std::size_t index) {
    return frame.subspan(layers[index].offset, layers[index].header_length);
  };
  if (layers[network].protocol == Protocol::ipv4) {
    const auto ip = wire::Ipv4View::parse(header(network));
    return ip ? wire::pseudo_header_sum(ip->source(), ip->final_destination(), 0, 0)
              : wire::WordSum{};
  }
  const auto ip = wire::Ipv6View::parse(header(network));
  if (!ip) return {};
  wire::Ipv6Ends ends{.source = ip->source(), .destination = ip->destination()};
  for (std::size_t i = network + 1; i < carried; ++i) ends.pass(layers[i].protocol, header(i));
  return wire::pseudo_header_sum(ends.source, ends.destination, 0, 0);
}

/// What the datagram of layer `network` carries as layer `carried`, if it is all there.
std::optional<Transport> transport(const Packet& packet, const wire::Layers& layers,
                                   std::size_t network, std::size_t carried) noexcept {
  const wire::Layer& layer = layers[carried];
  const wire::Extent extent = wire::extent_of(packet, layers, layer);
  const bool is_sctp = layer.protocol == Protocol::sctp;
  const std::size_t field =
      is_sctp ? sctp_checksum : *wire::edit::checksum_offset(layer.protocol, {});
  const std::size_t field_end = field + (is_sctp ? sctp_checksum_size : 2);
  if (extent.captured.size() != extent.wire_length ||
      layer.header_length < wire::UdpView::min_header_length ||
      extent.captured.size() < std::max<std::size_t>(layer.header_length, field_end)) {
    return std::nullopt;
  }
  std::size_t length = extent.captured.size();
  if (layer.protocol == Protocol::udp) {
    const std::size_t stated = load_be<std::uint16_t>(extent.captured.data() + 4);
    if (stated < wire::UdpView::min_header_length || stated > length) return std::nullopt;
    length = stated;
  }
  Transport found{.protocol = layer.protocol,
                  .is_ipv4 = layers[network].protocol == Protocol::ipv4,
                  .network = layers[network].offset,
                  .header = layer.offset,
                  .payload = layer.offset + layer.header_length,
                  .end = layer.offset + static_cast<std::uint32_t>(length),
                  .checksum = layer.offset + static_cast<std::uint32_t>(field)};
  if (!is_sctp) {
    const wire::WordSum sum = addresses(packet.data, layers, network, carried) +
                              wire::WordSum::of(wire::edit::ip_number(layer.protocol)) +
                              wire::WordSum::of(static_cast<std::uint16_t>(length >> 16)) +
                              wire::WordSum::of(static_cast<std::uint16_t>(length));
    found.pseudo_header = sum.folded();
  }
  return found;
}

}  // namespace

bool Transport::is_unfinished(Bytes frame) const noexcept {
  const std::uint8_t* const field = frame.data() + checksum;
  if (protocol == Protocol::sctp) return load_be<std::uint32_t>(field) == 0;
  return load_be<std::uint16_t>(field) == pseudo_header;
}

void Transport::finish(MutableBytes frame) const noexcept {
  const MutableBytes message = frame.subspan(header, end - header);
  if (protocol == Protocol::sctp) {
    wire::SctpFields::seal(message, {});
    return;
  }
  // The sum of the pseudo-header is among the bytes.
  std::uint16_t sum = wire::internet_checksum(message);
  if (sum == 0 && protocol == Protocol::udp) sum = 0xffff;
  store_be(frame.data() + checksum, sum);
}

Outline outline(Bytes frame, LinkType link_type, bool is_finished) noexcept {
  const Packet packet = as_packet(frame, link_type);
  Outline found{.layers = wire::decode(packet)};
  const wire::Layers& layers = found.layers;
  if (!layers.outer.present()) return found;
  found.ip = layers[layers.outer.network].offset;
  found.ip_size = layers.outer.length;
  // A datagram is cut into fragments after its checksums have been finished.
  if (layers.outer.fragment != wire::Fragment::none) return found;

  for (std::size_t i = layers.size(); i-- > layers.outer.network;) {
    if (!transports.contains(layers[i].protocol)) continue;
    std::size_t network = i - 1;
    while (network > layers.outer.network && !wire::edit::is_ip(layers[network].protocol)) {
      --network;
    }
    const bool is_outer = i == layers.outer.transport;
    const bool is_inner_fragment =
        network == layers.inner.network && layers.inner.fragment != wire::Fragment::none;
    if (is_inner_fragment || (is_finished && !is_outer)) continue;
    const auto one = transport(packet, layers, network, i);
    if (!one) continue;
    if (is_outer) found.transport = one;
    // There is one at most that the adapter is to finish (csum_start of struct sk_buff).
    if (!is_finished && !found.unfinished && one->is_unfinished(frame)) found.unfinished = one;
  }
  return found;
}

}  // namespace weir::gate
