// Ethernet, ARP and MPLS of steelscript.packets.
#include <array>

#include "weir/compat/steelscript/headers.h"
#include "weir/wire/arp.h"
#include "weir/wire/ethernet.h"
#include "weir/wire/frame_writer.h"
#include "weir/wire/mpls.h"
#include "weir/wire/vlan.h"

namespace weir::compat::steelscript {
namespace {

constexpr std::uint32_t most_labels = 0xfffff;

Octets copied(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

// The smallest frame, its check sequence not counted (IEEE 802.3 3.2.8).
void finish_frame(Octets& out, std::size_t start, const Pkt2Net& told) {
  const wire::FrameTrailer trailer{.has_frame_check_sequence = told.eth_crc};
  const std::size_t length = out.size() - start;
  out.resize(start + trailer.frame_length(length));
  wire::write_trailer(MutableBytes{out}.subspan(start), length, trailer);
}

constexpr std::array ethernet_fields{
    attribute<&EthernetHeader::src_mac>("src_mac", FieldKind::mac),
    attribute<&EthernetHeader::dst_mac>("dst_mac", FieldKind::mac),
    number<&EthernetHeader::type>("type"),
    number<&EthernetHeader::tpid>("tpid"),
    number<&EthernetHeader::priority_code>("priority_code", 7),
    number<&EthernetHeader::drop_eligible>("drop_eligible", 1),
    number<&EthernetHeader::vlan_id>("vlan_id", 0xfff),
};
constexpr Query ethernet_queries[] = {
    {"eth.type", "type"},       {"eth.src", "src_mac"},
    {"eth.dst", "dst_mac"},     {"eth.vlan.cfi", "drop_eligible"},
    {"eth.vlan.id", "vlan_id"}, {"eth.vlan.pri", "priority_code"},
    {"eth.vlan.tpid", "tpid"},
};

constexpr std::array arp_fields{
    number<&ArpHeader::hardware_type>("hardware_type"),
    number<&ArpHeader::proto_type>("proto_type"),
    number<&ArpHeader::hardware_len>("hardware_len"),
    number<&ArpHeader::proto_len>("proto_len"),
    number<&ArpHeader::operation>("operation", 9, 1),
    attribute<&ArpHeader::sender_hw_addr>("sender_hw_addr", FieldKind::hardware_address, 0, 255),
    attribute<&ArpHeader::sender_proto_addr>("sender_proto_addr", FieldKind::protocol_address, 0,
                                             255),
    attribute<&ArpHeader::target_hw_addr>("target_hw_addr", FieldKind::hardware_address, 0, 255),
    attribute<&ArpHeader::target_proto_addr>("target_proto_addr", FieldKind::protocol_address, 0,
                                             255),
};
constexpr Query arp_queries[] = {
    {"arp.hw.type", "hardware_type"},
    {"arp.proto.type", "proto_type"},
    {"arp.hw.size", "hardware_len"},
    {"arp.proto.size", "proto_len"},
    {"arp.opcode", "operation"},
    {"arp.src.hw_mac", "sender_hw_addr"},
    {"arp.src.proto_ipv4", "sender_proto_addr"},
    {"arp.dst.hw_mac", "target_hw_addr"},
    {"arp.dst.proto_ipv4", "target_proto_addr"},
};

constexpr std::array mpls_fields{
    number<&MplsHeader::label>("label", most_labels),
    number<&MplsHeader::tc>("tc", 7),
    number<&MplsHeader::s>("s", 1),
    number<&MplsHeader::ttl>("ttl"),
};
constexpr Query mpls_queries[] = {
    {"mpls.bottom.label", "label"}, {"mpls.bottom.tc", "tc"},    {"mpls.bottom.stack_bit", "s"},
    {"mpls.bottom.ttl", "ttl"},     {"mpls.top.label", "label"}, {"mpls.top.tc", "tc"},
    {"mpls.top.stack_bit", "s"},    {"mpls.top.ttl", "ttl"},
};

}  // namespace

constinit const LayerClass EthernetHeader::layer =
    layer_class<EthernetHeader>({.name = "Ethernet",
                                 .pq_type = 1,
                                 .fields = ethernet_fields,
                                 .queries = ethernet_queries,
                                 .payload_name = "payload",
                                 .finish = finish_frame});

std::expected<Rest, wire::ParseError> EthernetHeader::read(Bytes bytes) noexcept {
  const auto frame = wire::EthernetView::parse(bytes);
  if (!frame) return std::unexpected{frame.error()};
  src_mac = frame->source();
  dst_mac = frame->destination();
  type = frame->type_or_length();
  tpid = 0;
  Bytes behind = bytes.subspan(frame->header_length());
  if (type != wire::ether_type::vlan) return Rest{.payload = behind};
  const auto tag = wire::VlanView::parse(behind);
  if (!tag) return Rest{.payload = behind};
  tpid = type;
  priority_code = tag->priority();
  drop_eligible = tag->drop_eligible() ? 1 : 0;
  vlan_id = tag->identifier();
  type = tag->type_or_length();
  return Rest{.payload = behind.subspan(tag->header_length())};
}

Next EthernetHeader::next(Bytes /*payload*/) const noexcept {
  switch (type) {
    case wire::ether_type::ipv4:
      return Next::ip;
    case wire::ether_type::arp:
      return Next::arp;
    case wire::ether_type::mpls:
    case wire::ether_type::mpls_multicast:
      return Next::mpls;
    default:
      return Next::nothing;
  }
}

wire::Written EthernetHeader::write(MutableBytes message, const Pkt2Net& /*told*/) noexcept {
  const wire::EthernetFields frame{
      .destination = dst_mac, .source = src_mac, .type_or_length = tpid != 0 ? tpid : type};
  const wire::Written written = frame.write(message, message.subspan(14));
  if (!written || tpid == 0) return written;
  const wire::VlanFields tag{.priority = priority_code,
                             .drop_eligible = drop_eligible != 0,
                             .identifier = vlan_id,
                             .type_or_length = type};
  return tag.write(message.subspan(14), message.subspan(18));
}

constinit const LayerClass ArpHeader::layer = layer_class<ArpHeader>(
    {.name = "ARP",
     .pq_type = 0x0806,
     .fields = arp_fields,
     .queries = arp_queries,
     .rule =
         "sender_hw_addr is as long as target_hw_addr, sender_proto_addr as target_proto_addr"});

std::expected<Rest, wire::ParseError> ArpHeader::read(Bytes bytes) {
  const auto packet = wire::ArpView::parse(bytes);
  if (!packet) return std::unexpected{packet.error()};
  hardware_type = packet->hardware_type();
  proto_type = packet->protocol_type();
  hardware_len = packet->hardware_length();
  proto_len = packet->protocol_length();
  operation = packet->operation();
  sender_hw_addr = copied(packet->sender_hardware());
  sender_proto_addr = copied(packet->sender_protocol());
  target_hw_addr = copied(packet->target_hardware());
  target_proto_addr = copied(packet->target_protocol());
  return Rest{.trailer = packet->payload()};
}

wire::Written ArpHeader::write(MutableBytes message, const Pkt2Net& /*told*/) noexcept {
  const wire::ArpFields fields{.hardware_type = hardware_type,
                               .protocol_type = proto_type,
                               .hardware_length = hardware_len,
                               .protocol_length = proto_len,
                               .operation = operation,
                               .sender_hardware = sender_hw_addr,
                               .sender_protocol = sender_proto_addr,
                               .target_hardware = target_hw_addr,
                               .target_protocol = target_proto_addr};
  return fields.write(message, {});
}

constinit const LayerClass MplsHeader::layer = layer_class<MplsHeader>({.name = "MPLS",
                                                                        .pq_type = 0x8847,
                                                                        .fields = mpls_fields,
                                                                        .queries = mpls_queries,
                                                                        .payload_name = "payload"});

std::expected<Rest, wire::ParseError> MplsHeader::read(Bytes bytes) noexcept {
  const auto entry = wire::MplsView::parse(bytes);
  if (!entry) return std::unexpected{entry.error()};
  label = entry->label();
  tc = entry->traffic_class();
  s = entry->bottom_of_stack() ? 1 : 0;
  ttl = entry->ttl();
  return Rest{.payload = entry->payload()};
}

Next MplsHeader::next(Bytes payload) const noexcept {
  if (s == 0) return Next::mpls;
  return !payload.empty() && payload[0] >> 4 == 4 ? Next::ip : Next::ethernet;
}

wire::Written MplsHeader::write(MutableBytes message, const Pkt2Net& /*told*/) noexcept {
  const wire::MplsFields fields{
      .label = label, .traffic_class = tc, .bottom_of_stack = s != 0, .ttl = ttl};
  return fields.write(message, {});
}

bool MplsHeader::answers(std::string_view query) const noexcept {
  return query.starts_with(s != 0 ? "mpls.bottom." : "mpls.top.");
}

}  // namespace weir::compat::steelscript
