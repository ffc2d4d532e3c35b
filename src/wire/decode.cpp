// decode(): a fast path for what most packets are, and the walk for everything else.
#include "decoder_tables.h"
#include "number_table.h"
#include "plain_datagram.h"
#include "walk.h"
#include "weir/bytes.h"
#include "weir/wire/ip_protocol.h"

namespace weir::wire {
namespace {

constexpr std::uint32_t ethernet_size = 14;
constexpr std::uint32_t udp_size = 8;
constexpr std::uint32_t tcp_size = 20;
constexpr std::uint8_t first_tls_content_type = 20;
constexpr std::uint8_t tls_content_types = 5;

/// The ports of TCP behind which any payload may hold a header: all but those of TLS.
constexpr PortTable any_payload_tcp = [] {
  PortTable ports;
  for (const Number& port : tcp_ports) {
    if (port.step != Step::tls) ports.insert(port);
  }
  return ports;
}();

/// How the fast path reads a transport header, and what Layers begins with when there is one.
///
/// Which transport a packet has cannot be predicted, and a wrong guess costs as much as all of
/// decode(): what TCP and UDP differ in is looked up, nothing branches on it.
struct Transport {
  std::uint32_t least_size;
  /// Header length: the byte with TCP's data offset, in words, under the mask, plus the sum.
  std::uint32_t header_length_at, header_mask, header_sum;
  /// Set where no length field limits the segment, and its complement.
  std::uint32_t unlimited, limited;
  /// Ports that promise a header in any payload.
  const PortTable* ports;
  /// First bytes of payloads that promise one behind other ports.
  std::uint8_t record, records;
  Layers::Start start;
};

template <class Ip>
constexpr Transport transport_over(Protocol name, std::uint8_t protocol) noexcept {
  const bool is_tcp = name == Protocol::tcp;
  Transport transport{.least_size = is_tcp ? tcp_size : udp_size,
                      .header_length_at = is_tcp ? 12U : 0U,
                      .header_mask = is_tcp ? 0x3cU : 0U,
                      .header_sum = is_tcp ? 0U : udp_size,
                      .unlimited = is_tcp ? 0xffffU : 0U,
                      .limited = is_tcp ? 0U : 0xffffU,
                      .ports = is_tcp ? &any_payload_tcp : &port_tables[udp_space],
                      .record = first_tls_content_type,
                      .records = is_tcp ? tls_content_types : std::uint8_t{0},
                      .start = {}};
  transport.start.layers = {Layer{0, ethernet_size, Protocol::ethernet},
                            Layer{ethernet_size, Ip::size, Ip::name},
                            Layer{ethernet_size + Ip::size, 0, name}};
  for (const Layer& layer : transport.start.layers) {
    transport.start.protocols.insert(layer.protocol);
  }
  transport.start.datagram = {.network = 1,
                              .transport = 2,
                              .protocol = protocol,
                              .payload_offset = ethernet_size + Ip::size,
                              .length = Ip::size};
  return transport;
}

/// By IANA protocol number; null where the walk has to go.
using Transports = std::array<const Transport*, 256>;
template <class Ip>
constexpr Transport tcp_over = transport_over<Ip>(Protocol::tcp, ip_protocol::tcp);
template <class Ip>
constexpr Transport udp_over = transport_over<Ip>(Protocol::udp, ip_protocol::udp);
template <class Ip>
constexpr Transports transports_over = [] {
  Transports transports{};
  transports[ip_protocol::tcp] = &tcp_over<Ip>;
  transports[ip_protocol::udp] = &udp_over<Ip>;
  return transports;
}();
static_assert(
    [] {
      unsigned plain = 0;
      for (unsigned protocol = 0; protocol < 256; ++protocol) {
        plain += is_plain_transport(static_cast<std::uint8_t>(protocol)) ? 1U : 0U;
      }
      return plain == 2 && is_plain_transport(ip_protocol::tcp) &&
             is_plain_transport(ip_protocol::udp);
    }(),
    "transports_over has exactly the plain ones");

/// A transport header found by the fast path.
struct Segment {
  const Transport* transport;
  const std::uint8_t* header;
  std::uint32_t header_length;
  std::uint32_t payload_length;
  /// What the datagram carries on the wire.
  std::uint32_t length;
};

/// Of `length` bytes from `start` on, those the frame has room for on the wire.
[[gnu::noinline]] std::uint32_t cut_length(const Packet& packet, std::uint32_t start,
                                           std::uint32_t length) noexcept {
  const std::size_t frame = std::max<std::size_t>(packet.data.size(), packet.wire_length);
  return std::min(length, static_cast<std::uint32_t>(frame) - start);
}

/// The fast path: whole headers of a plain datagram, with consistent lengths. False for anything
/// else.
inline bool find_segment(const Packet& packet, Segment& found) noexcept {
  return find_plain_datagram(packet, [&]<class Ip>(Ip, std::uint32_t length) noexcept {
    constexpr std::uint32_t start = PlainDatagram<Ip>::payload;
    const std::uint8_t* const ip = packet.data.data() + PlainDatagram<Ip>::network;
    const Transport* const transport = transports_over<Ip>[ip[Ip::protocol_at]];
    if (transport == nullptr || packet.data.size() < start + transport->least_size) return false;

    const std::uint8_t* const header = ip + Ip::size;
    const auto captured =
        static_cast<std::uint32_t>(std::min<std::size_t>(packet.data.size() - start, length));
    const std::uint32_t header_length =
        ((header[transport->header_length_at] >> 2) & transport->header_mask) +
        transport->header_sum;
    const std::uint32_t udp_length = load_be<std::uint16_t>(header + 4);
    const std::uint32_t limit = udp_length | transport->unlimited;
    if (header_length < transport->least_size || header_length > captured ||
        limit < header_length || (udp_length & transport->limited) > length) {
      return false;
    }
    found = {transport, header, header_length, std::min(captured, limit) - header_length, length};
    if (captured < length) found.length = cut_length(packet, start, length);
    return true;
  });
}

/// Whether the walk might find a header behind this one. Most of what goes to a TLS port is the
/// middle of a record, which the first byte tells sooner than the port.
inline bool may_have_application(const Segment& segment) noexcept {
  const std::uint8_t* const header = segment.header;
  const Transport& transport = *segment.transport;
  const std::uint8_t first = header[segment.payload_length != 0 ? segment.header_length : 0];
  const bool is_record = static_cast<std::uint8_t>(first - transport.record) < transport.records;
  // Added, because compilers turn "or" into a branch for each side.
  return unsigned{transport.ports->holds_at(header)} +
             unsigned{transport.ports->holds_at(header + 2)} + unsigned{is_record} !=
         0;
}

/// Goes on behind the segment's header, if anything was captured there; otherwise the walk has to
/// tell snapped from empty.
[[gnu::noinline]] void walk_application(const Packet& packet, Layers& layers,
                                        const Decoders::Tables* decoders) noexcept {
  const Layer& transport = layers[2];
  const std::uint8_t* const header = packet.data.data() + transport.offset;
  const bool is_tcp = transport.protocol == Protocol::tcp;
  std::uint32_t length = layers.outer.length - (transport.offset - ethernet_size);
  if (!is_tcp) length = std::min<std::uint32_t>(length, load_be<std::uint16_t>(header + 4));
  if (length == transport.header_length) return;
  if (std::max<std::size_t>(packet.data.size(), packet.wire_length) == layers.payload_offset) {
    return;
  }
  Walk walk{packet, Depth::all, layers, decoders};
  walk.skip(layers.payload_offset);
  walk.limit(transport.offset, length);
  walk.run(walk.by_ports(is_tcp ? tcp_space : udp_space, load_be<std::uint16_t>(header),
                         load_be<std::uint16_t>(header + 2)),
           layers.payload_offset);
}

/// Whether `decoders` might read what is behind this one.
inline bool may_be_own(const Segment& segment, const Decoders::Tables& decoders) noexcept {
  const bool is_tcp = segment.transport->start.layers[2].protocol == Protocol::tcp;
  const Assignments& ports = decoders.of(is_tcp ? NumberSpace::tcp_port : NumberSpace::udp_port);
  return !decoders.content.empty() || ports.may_hold(load_be<std::uint16_t>(segment.header)) ||
         ports.may_hold(load_be<std::uint16_t>(segment.header + 2));
}

/// `decoders`: null where there are none.
inline Layers layers_of(const Packet& packet, Depth depth, const Segment& segment,
                        const Decoders::Tables* decoders) noexcept {
  Layers layers;
  layers.begin_with(segment.transport->start, segment.header_length, segment.payload_length,
                    segment.length);
  if (depth == Depth::all &&
      (may_have_application(segment) || (decoders != nullptr && may_be_own(segment, *decoders)))) {
    walk_application(packet, layers, decoders);
  }
  return layers;
}

}  // namespace

[[gnu::noinline]] Layers decode_in_steps(const Packet& packet, Depth depth,
                                         const Decoders::Tables* decoders) noexcept {
  Layers layers;
  Walk walk{packet, depth, layers, decoders};
  walk.run(walk.first(packet.link_type), 0);
  return layers;
}

Layers decode(const Packet& packet, Depth depth) noexcept {
  Segment segment;  // NOLINT: written by find_segment
  return find_segment(packet, segment) ? layers_of(packet, depth, segment, nullptr)
                                       : decode_in_steps(packet, depth, nullptr);
}

Layers decode(const Packet& packet, const Decoders& decoders, Depth depth) noexcept {
  const Decoders::Tables* const tables = decoders.tables();
  if (tables == nullptr) return decode(packet, depth);
  Segment segment;  // NOLINT: written by find_segment
  return tables->keeps_plain_datagrams && find_segment(packet, segment)
             ? layers_of(packet, depth, segment, tables)
             : decode_in_steps(packet, depth, tables);
}

}  // namespace weir::wire
