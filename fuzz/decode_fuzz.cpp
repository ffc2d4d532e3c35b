// Fuzzes wire::decode() and what reads on behind it (checksums, quoted packets, DNS, TLS): any
// bytes under any link type, with and without decoders of the user's, which do what the bytes say.
// Input: LINKTYPE number (16 bits, little endian; the top bit says that
// a frame check sequence is there), wire length minus captured length (16 bits, little endian,
// signed), then the packet.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "fuzzed_frame.h"
#include "weir/bytes.h"
#include "weir/packet.h"
#include "weir/wire/checksum_verdict.h"
#include "weir/wire/decoders.h"
#include "weir/wire/dns.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/ipv6.h"
#include "weir/wire/layers.h"
#include "weir/wire/quoted_packet.h"
#include "weir/wire/tcp.h"
#include "weir/wire/tls.h"
#include "weir/wire/udp.h"
#include "wire/walk.h"

namespace {

using weir::wire::DecodedHeader;
using weir::wire::Decoders;
using weir::wire::Depth;
using weir::wire::IpDatagram;
using weir::wire::Layer;
using weir::wire::Layers;
using weir::wire::NextHeader;

void require(bool condition) {
  if (!condition) std::abort();
}

bool equal(const Layer& a, const Layer& b) {
  return a.offset == b.offset && a.header_length == b.header_length && a.protocol == b.protocol;
}

bool equal(const IpDatagram& a, const IpDatagram& b) {
  return a.network == b.network && a.transport == b.transport && a.protocol == b.protocol &&
         a.fragment == b.fragment && a.payload_offset == b.payload_offset && a.length == b.length;
}

bool starts_with(const Layers& all, const Layers& first) {
  return first.size() <= all.size() &&
         std::equal(first.begin(), first.end(), all.begin(),
                    [](const Layer& a, const Layer& b) { return equal(a, b); });
}

void check_datagram(const Layers& layers, const IpDatagram& datagram, std::size_t size) {
  if (!datagram.present()) return;
  const std::uint32_t start = layers[datagram.network].offset;
  require(datagram.payload_offset > start && datagram.payload_offset <= size);
  require(datagram.payload_offset - start <= datagram.length);
  require(datagram.network < layers.size());
  const auto network = layers[datagram.network].protocol;
  require(network == weir::wire::Protocol::ipv4 || network == weir::wire::Protocol::ipv6);
  if (datagram.transport == IpDatagram::absent) return;
  require(datagram.transport < layers.size());
  require(datagram.transport > datagram.network);
}

// Every header lies inside the data, each begins where or after the one before it ended.
void check_layers(const Layers& layers, std::size_t size) {
  require(layers.size() <= Layers::max_layers);
  std::size_t reached = 0;
  for (const Layer& layer : layers) {
    require(layer.offset >= reached);
    require(layer.header_length <= size - std::min<std::size_t>(layer.offset, size));
    require(layer.offset <= size);
    require(layers.protocols.contains(layer.protocol));
    reached = std::size_t{layer.offset} + layer.header_length;
  }
  require(layers.payload_offset <= size);
  require(layers.payload_length <= size - layers.payload_offset);
  require(layers.size() == 0 || layers.payload_offset >= layers.begin()->offset);
  check_datagram(layers, layers.outer, size);
  check_datagram(layers, layers.inner, size);
  require(layers.outer.present() == layers.inner.present());
}

template <class V>
void check_view(const weir::Packet& packet, const Layers& layers, const Layer& layer) {
  const auto header = weir::wire::view<V>(packet, layers, layer);
  if (header) require(header->bytes().size() >= layer.header_length);
}

// Every header's bytes hold the header and lie within the packet.
void check_extents(const weir::Packet& packet, const Layers& layers) {
  for (const Layer& layer : layers) {
    const auto extent = weir::wire::extent_of(packet, layers, layer);
    require(extent.captured.size() >= layer.header_length);
    require(extent.captured.size() <= packet.data.size() - layer.offset);
    require(extent.wire_length >= extent.captured.size());
    check_view<weir::wire::Ipv4View>(packet, layers, layer);
    check_view<weir::wire::Ipv6View>(packet, layers, layer);
    check_view<weir::wire::TcpView>(packet, layers, layer);
    check_view<weir::wire::UdpView>(packet, layers, layer);
  }
}

// The shallow walk stops earlier; up to there it tells the same.
void check_prefix(const Layers& shallow, const Layers& full) {
  require(starts_with(full, shallow));
  require(equal(shallow.outer, full.outer));
}

// Whatever path decode() took, the walk in steps finds the same.
void check_steps(const weir::Packet& packet, Depth depth, const Layers& layers,
                 const Decoders& decoders = {}) {
  const Layers steps = weir::wire::decode_in_steps(packet, depth, decoders.tables());
  require(layers.size() == steps.size() && starts_with(layers, steps));
  require(layers.protocols == steps.protocols);
  require(equal(layers.outer, steps.outer) && equal(layers.inner, steps.inner));
  require(layers.payload_offset == steps.payload_offset);
  require(layers.payload_length == steps.payload_length);
  require(layers.stop == steps.stop && layers.missing == steps.missing);
}

// Only headers that are there have a verdict.
void check_verdicts(const weir::Packet& packet, const Layers& layers) {
  const auto verdicts = weir::wire::verify_checksums(packet, layers);
  for (std::size_t i = layers.size(); i < verdicts.size(); ++i) {
    require(verdicts[i] == weir::wire::ChecksumVerdict::none);
  }
}

// Errors about errors end, since each quoted packet is shorter.
void check_quotations(weir::Packet packet, Layers layers) {
  while (const auto quoted = weir::wire::quoted_packet(packet, layers)) {
    require(!quoted->data.empty() && quoted->data.size() < packet.data.size());
    packet = *quoted;
    layers = weir::wire::decode(packet, Depth::all);
    check_layers(layers, packet.data.size());
    check_verdicts(packet, layers);
  }
}

void read_name(const weir::wire::DnsReader& reader, std::size_t offset, std::size_t size) {
  weir::wire::DnsNameBuffer buffer;
  const auto name = reader.name(offset, buffer);
  require(!name || (!name->empty() && name->size() <= buffer.size()));
  const auto end = reader.name_end(offset);
  require(!end || (*end > offset && *end <= size));
}

// No message holds more than its header counts, nor more than fits in its bytes.
void read_dns(weir::Bytes bytes) {
  const auto message = weir::wire::DnsView::parse(bytes);
  if (!message) return;
  weir::wire::DnsReader reader{*message};
  std::size_t questions = 0;
  while (const auto question = reader.next_question()) {
    read_name(reader, question->name_offset, bytes.size());
    ++questions;
  }
  require(questions <= message->question_count() && questions <= bytes.size());
  while (const auto record = reader.next_record()) {
    read_name(reader, record->name_offset, bytes.size());
    require(record->data_offset + record->data.size() <= bytes.size());
    if (const auto exchange = weir::wire::DnsMailExchange::parse(*record)) {
      read_name(reader, exchange->exchange_offset, bytes.size());
    }
    if (const auto service = weir::wire::DnsService::parse(*record)) {
      read_name(reader, service->target_offset, bytes.size());
    }
    if (const auto zone = weir::wire::DnsStartOfAuthority::parse(reader, *record)) {
      read_name(reader, zone->responsible_offset, bytes.size());
    }
    weir::Bytes strings = record->data;
    while (weir::wire::take_dns_string(strings)) {
    }
  }
  require(reader.records_read() <= bytes.size());
}

void read_tls(weir::Bytes bytes) {
  const auto name = weir::wire::tls_server_name(bytes);
  if (!name) return;
  const auto* const start = reinterpret_cast<const char*>(bytes.data());
  require(!name->empty() && name->data() > start);
  require(name->data() + name->size() <= start + bytes.size());
}

// Applications wherever decode() left off, whatever it took the bytes there for.
void read_applications(const weir::Packet& packet, const Layers& layers) {
  for (const Layer& layer : layers) {
    if (layer.protocol == weir::wire::Protocol::dns) read_dns(packet.data.subspan(layer.offset));
    if (layer.protocol == weir::wire::Protocol::tls) read_tls(packet.data.subspan(layer.offset));
  }
  const auto payload = packet.data.subspan(layers.payload_offset, layers.payload_length);
  read_dns(payload);
  read_tls(payload);
}

/// The length of the header, whether it is one, and what follows, as the first octets say: right
/// or wrong.
std::optional<DecodedHeader> read_user(weir::Bytes rest, std::size_t wire_rest, void*) noexcept {
  require(!rest.empty() && wire_rest >= rest.size());
  const unsigned first = rest[0];
  const std::size_t length = first == 0xff ? wire_rest + 1 : first & 0x1f;
  const auto number = static_cast<std::uint16_t>(rest.size() < 3 ? 0x0800 : rest[1] << 8 | rest[2]);
  switch (first >> 5) {
    case 0:
      return std::nullopt;
    case 1:
      return DecodedHeader{length, {}};
    case 2:
      return DecodedHeader{length, NextHeader{weir::wire::Protocol{rest.back()}}};
    case 3:
      return DecodedHeader{length, NextHeader{weir::wire::user_protocol(number % 3)}};
    default:
      return DecodedHeader{length,
                           {static_cast<weir::wire::NumberSpace>((first >> 5) - 4), number}};
  }
}

const Decoders& decoders() {
  static const Decoders all = [] {
    Decoders made;
    made.add({.name = "by_number",
              .decode = read_user,
              .ether_types = {0x88b5, 0x0806},
              .ip_protocols = {253, 1},
              .udp_ports = {53, 7},
              .tcp_ports = {443}});
    made.add({.name = "by_content", .decode = read_user, .content = true});
    for (const char* const assignment :
         {"udp.port==9,tcp", "udp.port==4789,dns", "ethertype==0x9999,udp", "ip.proto==254,gre",
          "ip.proto==47,by_content", "tcp.port==80,ip", "tcp.port==25,none"}) {
      made.assign(assignment);
    }
    return made;
  }();
  return all;
}

void check_decoders(const weir::Packet& packet) {
  const Layers full = weir::wire::decode(packet, decoders(), Depth::all);
  const Layers shallow = weir::wire::decode(packet, decoders(), Depth::transport);
  check_layers(full, packet.data.size());
  check_layers(shallow, packet.data.size());
  check_prefix(shallow, full);
  check_steps(packet, Depth::all, full, decoders());
  check_steps(packet, Depth::transport, shallow, decoders());
  check_extents(packet, full);
  check_verdicts(packet, full);
  check_quotations(packet, full);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < FuzzedFrame::prefix) return 0;
  const FuzzedFrame frame{{data, size}};
  const weir::Packet& packet = frame.packet();
  const Layers full = weir::wire::decode(packet, Depth::all);
  const Layers shallow = weir::wire::decode(packet, Depth::transport);
  check_layers(full, packet.data.size());
  check_layers(shallow, packet.data.size());
  check_prefix(shallow, full);
  check_steps(packet, Depth::all, full);
  check_steps(packet, Depth::transport, shallow);
  check_extents(packet, full);
  check_extents(packet, shallow);
  check_verdicts(packet, full);
  check_quotations(packet, full);
  read_applications(packet, full);
  check_decoders(packet);
  return 0;
}
