// IP and UDP of steelscript.packets.
#include <array>

#include "weir/compat/steelscript/headers.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/udp.h"

namespace weir::compat::steelscript {
namespace {

constexpr std::array ip_fields{
    number<&IpHeader::version>("version", 15),
    number<&IpHeader::iphl>("iphl", 15),
    number<&IpHeader::tos>("tos"),
    number<&IpHeader::total_len>("total_len"),
    number<&IpHeader::ident>("ident"),
    number<&IpHeader::flag_x>("flag_x", 1),
    number<&IpHeader::flag_d>("flag_d", 1),
    number<&IpHeader::flag_m>("flag_m", 1),
    computed<&IpHeader::get_flags, &IpHeader::set_flags>("flags", FieldKind::number, 7),
    number<&IpHeader::frag_offset>("frag_offset", 0x1fff),
    number<&IpHeader::ttl>("ttl"),
    number<&IpHeader::proto>("proto"),
    number<&IpHeader::checksum>("checksum"),
    attribute<&IpHeader::src>("src", FieldKind::ipv4),
    attribute<&IpHeader::dst>("dst", FieldKind::ipv4),
    computed<&IpHeader::get_options, &IpHeader::set_options>("options", FieldKind::octets, 40),
};
constexpr Query ip_queries[] = {
    {"ip.version", "version"}, {"ip.hdr_len", "iphl"},      {"ip.tos", "tos"},
    {"ip.len", "total_len"},   {"ip.id", "ident"},          {"ip.flags", "flags"},
    {"ip.flags.df", "flag_d"}, {"ip.flags.mf", "flag_m"},   {"ip.frag_offset", "frag_offset"},
    {"ip.ttl", "ttl"},         {"ip.proto", "proto"},       {"ip.src", "src"},
    {"ip.dst", "dst"},         {"ip.checksum", "checksum"},
};

constexpr std::array udp_fields{
    number<&UdpHeader::sport>("sport"),
    number<&UdpHeader::dport>("dport"),
    number<&UdpHeader::ulen>("ulen"),
    number<&UdpHeader::checksum>("checksum"),
};
constexpr Query udp_queries[] = {
    {"udp.srcport", "sport"},   {"udp.dstport", "dport"},
    {"udp.length", "ulen"},     {"udp.checksum", "checksum"},
    {"udp.payload", "payload"}, {"udp.payload.offset[x:y]", "payload"},
};

}  // namespace

constinit const LayerClass IpHeader::layer = layer_class<IpHeader>({.name = "IP",
                                                                    .pq_type = 0x0800,
                                                                    .fields = ip_fields,
                                                                    .queries = ip_queries,
                                                                    .payload_name = "payload",
                                                                    .length_name = "total_len"});

std::expected<Rest, wire::ParseError> IpHeader::read(Bytes bytes) {
  const auto header = wire::Ipv4View::parse(bytes);
  if (!header) return std::unexpected{header.error()};
  version = header->version();
  tos = header->type_of_service();
  total_len = header->total_length();
  ident = header->identification();
  flag_x = header->reserved_flag() ? 1 : 0;
  flag_d = header->dont_fragment() ? 1 : 0;
  flag_m = header->more_fragments() ? 1 : 0;
  frag_offset = header->fragment_offset() / 8;
  ttl = header->ttl();
  proto = header->protocol();
  checksum = header->header_checksum();
  src = header->source();
  dst = header->destination();
  const Bytes options = header->options().bytes();
  options_.assign(options.begin(), options.end());
  iphl = static_cast<std::uint8_t>(header->header_length() / 4);
  return Rest{.payload = header->payload(), .trailer = bytes.subspan(header->bytes().size())};
}

Next IpHeader::next(Bytes /*payload*/) const noexcept {
  if (frag_offset != 0) return Next::nothing;
  switch (proto) {
    case wire::ip_protocol::udp:
      return Next::udp;
    case wire::ip_protocol::tcp:
      return Next::tcp;
    case wire::ip_protocol::icmp:
      return Next::icmp;
    case wire::ip_protocol::igmp:
      return Next::igmp;
    default:
      return Next::nothing;
  }
}

wire::Written IpHeader::write(MutableBytes message, const Pkt2Net& told) noexcept {
  const std::size_t length = header_length();
  wire::Ipv4Fields fields{.version = version,
                          .internet_header_length = iphl,
                          .type_of_service = tos,
                          .total_length = total_len,
                          .identification = ident,
                          .reserved_flag = flag_x != 0,
                          .dont_fragment = flag_d != 0,
                          .more_fragments = flag_m != 0,
                          .fragment_offset = static_cast<std::uint16_t>(frag_offset * 8),
                          .ttl = ttl,
                          .protocol = proto,
                          .header_checksum = checksum,
                          .source = src,
                          .destination = dst,
                          .options = options_};
  if (frag_offset > 0x1fff) return std::unexpected{wire::WriteError::bad_value};
  if (told.updates()) fields.total_length.reset();
  if (told.sums()) fields.header_checksum.reset();
  const wire::Written written = fields.write(message, message.subspan(length));
  if (!written) return written;
  total_len = load_be<std::uint16_t>(message.data() + 2);
  checksum = load_be<std::uint16_t>(message.data() + 10);
  return written;
}

Pkt2Net IpHeader::inner(const Pkt2Net& told) const noexcept {
  Pkt2Net inner = told;
  inner.enclosing = Ip4Ph{
      .src = src,
      .dst = wire::final_destination(wire::OptionList{Bytes{options_}}, dst),
      .proto = proto,
  };
  return inner;
}

constinit const LayerClass UdpHeader::layer = layer_class<UdpHeader>({.name = "UDP",
                                                                      .pq_type = 17,
                                                                      .fields = udp_fields,
                                                                      .queries = udp_queries,
                                                                      .payload_name = "payload",
                                                                      .length_name = "ulen",
                                                                      .payload_query = "udp"});

std::expected<Rest, wire::ParseError> UdpHeader::read(Bytes bytes) noexcept {
  const auto datagram = wire::UdpView::parse(bytes);
  if (!datagram) return std::unexpected{datagram.error()};
  sport = datagram->source_port();
  dport = datagram->destination_port();
  ulen = datagram->length();
  checksum = datagram->checksum();
  return Rest{.payload = datagram->payload(), .trailer = bytes.subspan(datagram->bytes().size())};
}

wire::Written UdpHeader::write(MutableBytes message, const Pkt2Net& told) noexcept {
  wire::UdpFields fields{
      .source_port = sport, .destination_port = dport, .length = ulen, .checksum = checksum};
  if (told.updates()) fields.length.reset();
  const wire::Written written = fields.write(message, message.subspan(header_length()));
  if (!written) return written;
  ulen = load_be<std::uint16_t>(message.data() + 4);
  if (told.sums() || (told.udp_csum && !told.for_icmp)) {
    // What a receiver sums up: all that the length covers.
    const std::size_t covered =
        ulen < header_length() || ulen > message.size() ? message.size() : ulen;
    wire::UdpFields::seal(message.first(covered), told.pseudo_header().sum(covered));
    checksum = load_be<std::uint16_t>(message.data() + 6);
  }
  return written;
}

}  // namespace weir::compat::steelscript
