// Fields of transport, control and routing protocols on IP.
#include <limits>

#include "record/packet_fields.h"
#include "weir/wire/dccp.h"
#include "weir/wire/icmp.h"
#include "weir/wire/icmpv6.h"
#include "weir/wire/igmp.h"
#include "weir/wire/sctp.h"
#include "weir/wire/tcp.h"
#include "weir/wire/udp.h"
#include "weir/wire/udp_lite.h"

namespace weir::record {

// The options may be cut off by the snapshot length; the fixed header still counts.
template <>
auto parse_header<wire::TcpView>(Bytes header) noexcept {
  return wire::TcpView::parse_snapped(header, std::numeric_limits<std::size_t>::max());
}

namespace {

using namespace wire;  // NOLINT(google-build-using-namespace): the tables are about its views

void write_sack_blocks(ValueVisitor& to, const TcpOption& option) {
  to.key("sack_blocks");
  to.begin_array();
  for (std::size_t i = 0; i < option.sack_block_count(); ++i) {
    to.begin_object();
    to.member("left", std::uint64_t{option.sack_block(i).left});
    to.member("right", std::uint64_t{option.sack_block(i).right});
    to.end_object();
  }
  to.end_array();
}

void write_option(ValueVisitor& to, const TcpOption& option) {
  to.begin_object();
  to.member("kind", std::uint64_t{std::to_underlying(option.kind())});
  if (const auto size = option.maximum_segment_size()) {
    to.member("maximum_segment_size", std::uint64_t{*size});
  } else if (const auto scale = option.window_scale()) {
    to.member("window_scale", std::uint64_t{*scale});
  } else if (option.sack_permitted()) {
    to.member("sack_permitted", true);
  } else if (option.sack_block_count() != 0) {
    write_sack_blocks(to, option);
  } else if (const auto times = option.timestamps()) {
    to.member("timestamp_value", std::uint64_t{times->value});
    to.member("timestamp_echo_reply", std::uint64_t{times->echo_reply});
  } else if (!option.data().empty()) {
    to.member("data", option.data());
  }
  to.end_object();
}

constexpr std::array tcp{
    of<TcpView, &TcpView::source_port>("source_port", "source port"),
    of<TcpView, &TcpView::destination_port>("destination_port", "destination port"),
    of<TcpView, &TcpView::sequence_number>("sequence_number", "as sent"),
    of<TcpView, &TcpView::acknowledgment_number>("acknowledgment_number", "as sent"),
    of<TcpView, &TcpView::header_length>("header_length", "bytes, options included"),
    of<TcpView, &TcpView::flags>("flags",
                                 "FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, "
                                 "CWR 128, AE 256"),
    of<TcpView, &TcpView::window>("window", "not scaled"),
    of<TcpView, &TcpView::checksum>("checksum", "as sent"),
    of<TcpView, &TcpView::urgent_pointer>("urgent_pointer", "as sent"),
    RecordField<TcpView>{
        "options", FieldKind::objects,
        "`kind` and one of `maximum_segment_size`, `window_scale`, `sack_permitted`, "
        "`sack_blocks` (`left`, `right`), `timestamp_value` and `timestamp_echo_reply`, or `data` "
        "in hex; absent without options",
        [](ValueVisitor& to, const TcpView& header) {
          if (header.options().bytes().empty()) return;
          to.begin_array();
          for (const TcpOption& option : header.options()) write_option(to, option);
          to.end_array();
        }}};

constexpr std::array udp{
    of<UdpView, &UdpView::source_port>("source_port", "source port"),
    of<UdpView, &UdpView::destination_port>("destination_port", "destination port"),
    of<UdpView, &UdpView::length>("length", "bytes of header and payload; 0 in jumbograms"),
    of<UdpView, &UdpView::checksum>("checksum", "as sent; 0 is none")};

constexpr std::array udp_lite{
    of<UdpLiteView, &UdpLiteView::source_port>("source_port", "source port"),
    of<UdpLiteView, &UdpLiteView::destination_port>("destination_port", "destination port"),
    of<UdpLiteView, &UdpLiteView::checksum_coverage>("checksum_coverage", "bytes; 0 is all"),
    of<UdpLiteView, &UdpLiteView::checksum>("checksum", "as sent")};

constexpr std::array sctp{
    of<SctpView, &SctpView::source_port>("source_port", "source port"),
    of<SctpView, &SctpView::destination_port>("destination_port", "destination port"),
    of<SctpView, &SctpView::verification_tag>("verification_tag", "as sent"),
    of<SctpView, &SctpView::checksum>("checksum", "CRC32c as sent"),
    RecordField<SctpView>{"chunks", FieldKind::objects, "`type`, `flags` and `length` of the value",
                          [](ValueVisitor& to, const SctpView& packet) {
                            to.begin_array();
                            for (const SctpChunk& chunk : packet.chunks()) {
                              to.begin_object();
                              to.member("type", std::uint64_t{chunk.type});
                              to.member("flags", std::uint64_t{chunk.flags});
                              to.member("length", std::uint64_t{chunk.value.size()});
                              to.end_object();
                            }
                            to.end_array();
                          }}};

constexpr std::array dccp{
    of<DccpView, &DccpView::source_port>("source_port", "source port"),
    of<DccpView, &DccpView::destination_port>("destination_port", "destination port"),
    of<DccpView, &DccpView::header_length>("header_length", "bytes, options included"),
    of<DccpView, &DccpView::ccval>("ccval", "4 bits"),
    of<DccpView, &DccpView::checksum_coverage>("checksum_coverage", "4 bits"),
    of<DccpView, &DccpView::checksum>("checksum", "as sent"),
    of<DccpView, &DccpView::type>("type", "RFC 4340 5.1"),
    of<DccpView, &DccpView::sequence_number>("sequence_number", "24 or 48 bits")};

// RFC 792: identifier and sequence number stand in queries and their replies.
bool is_query(IcmpType type) {
  switch (type) {
    case IcmpType::echo:
    case IcmpType::echo_reply:
    case IcmpType::timestamp:
    case IcmpType::timestamp_reply:
    case IcmpType::information_request:
    case IcmpType::information_reply:
    case IcmpType::address_mask_request:
    case IcmpType::address_mask_reply:
      return true;
    default:
      return false;
  }
}

constexpr std::array icmp{
    of<IcmpView, &IcmpView::type>("type", "IANA number"),
    of<IcmpView, &IcmpView::code>("code", "by type"),
    of<IcmpView, &IcmpView::checksum>("checksum", "as sent"),
    RecordField<IcmpView>{"identifier", FieldKind::integer, "of queries and replies",
                          [](const IcmpView& message) -> Value {
                            if (!is_query(message.type())) return {};
                            return std::uint64_t{message.identifier()};
                          }},
    RecordField<IcmpView>{"sequence_number", FieldKind::integer, "of queries and replies",
                          [](const IcmpView& message) -> Value {
                            if (!is_query(message.type())) return {};
                            return std::uint64_t{message.sequence_number()};
                          }},
    RecordField<IcmpView>{"gateway", FieldKind::ip_address, "of redirects",
                          [](const IcmpView& message) -> Value {
                            if (message.type() != IcmpType::redirect) return {};
                            return message.gateway();
                          }},
    RecordField<IcmpView>{"next_hop_mtu", FieldKind::integer,
                          "RFC 1191, of destination unreachable with code 4",
                          [](const IcmpView& message) -> Value {
                            constexpr std::uint8_t fragmentation_needed = 4;
                            if (message.type() != IcmpType::destination_unreachable) return {};
                            if (message.code() != fragmentation_needed) return {};
                            return std::uint64_t{message.next_hop_mtu()};
                          }},
    RecordField<IcmpView>{"pointer", FieldKind::integer, "of parameter problems",
                          [](const IcmpView& message) -> Value {
                            if (message.type() != IcmpType::parameter_problem) return {};
                            return std::uint64_t{message.pointer()};
                          }}};

bool is_echo(const Icmpv6View& message) {
  return message.type() == Icmpv6Type::echo_request || message.type() == Icmpv6Type::echo_reply;
}

constexpr std::array icmpv6{
    of<Icmpv6View, &Icmpv6View::type>("type", "IANA number"),
    of<Icmpv6View, &Icmpv6View::code>("code", "by type"),
    of<Icmpv6View, &Icmpv6View::checksum>("checksum", "as sent"),
    RecordField<Icmpv6View>{"identifier", FieldKind::integer, "of echo messages",
                            [](const Icmpv6View& message) -> Value {
                              if (!is_echo(message)) return {};
                              return std::uint64_t{message.identifier()};
                            }},
    RecordField<Icmpv6View>{"sequence_number", FieldKind::integer, "of echo messages",
                            [](const Icmpv6View& message) -> Value {
                              if (!is_echo(message)) return {};
                              return std::uint64_t{message.sequence_number()};
                            }},
    RecordField<Icmpv6View>{"mtu", FieldKind::integer, "of packet too big",
                            [](const Icmpv6View& message) -> Value {
                              if (message.type() != Icmpv6Type::packet_too_big) return {};
                              return std::uint64_t{message.mtu()};
                            }},
    RecordField<Icmpv6View>{"pointer", FieldKind::integer, "of parameter problems",
                            [](const Icmpv6View& message) -> Value {
                              if (message.type() != Icmpv6Type::parameter_problem) return {};
                              return std::uint64_t{message.pointer()};
                            }},
    RecordField<Icmpv6View>{"target", FieldKind::ip_address,
                            "of neighbour solicitations and advertisements",
                            [](const Icmpv6View& message) -> Value {
                              const auto neighbor = NeighborView::parse(message.bytes());
                              if (!neighbor) return {};
                              return neighbor->target();
                            }}};

void write_sources(ValueVisitor& to, Bytes sources) {
  to.begin_array();
  for (; sources.size() >= Ipv4Address::size; sources = sources.subspan(Ipv4Address::size)) {
    to.value(Ipv4Address::load(sources.data()));
  }
  to.end_array();
}

void write_group_records(ValueVisitor& to, const IgmpView& message) {
  if (message.type() != IgmpType::membership_report_v3) return;
  to.begin_array();
  for (const IgmpGroupRecord& record : message.group_records()) {
    to.begin_object();
    to.member("type", record.type);
    to.member("multicast_address", record.multicast_address);
    to.key("sources");
    write_sources(to, record.sources);
    to.end_object();
  }
  to.end_array();
}

constexpr std::array igmp{
    of<IgmpView, &IgmpView::type>("type", "0x11 query, 0x12 0x16 0x22 report, 0x17 leave"),
    of<IgmpView, &IgmpView::max_response_code>("max_response_code", "as sent"),
    of<IgmpView, &IgmpView::checksum>("checksum", "as sent"),
    RecordField<IgmpView>{"group", FieldKind::ip_address, "but for version 3 reports",
                          [](const IgmpView& message) -> Value {
                            if (message.type() == IgmpType::membership_report_v3) return {};
                            return message.group();
                          }},
    RecordField<IgmpView>{"group_record_count", FieldKind::integer, "of version 3 reports",
                          [](const IgmpView& message) -> Value {
                            if (message.type() != IgmpType::membership_report_v3) return {};
                            return std::uint64_t{message.group_record_count()};
                          }},
    of<IgmpView, &IgmpView::version>("version", "1 to 3; absent where nothing tells"),
    of<IgmpView, &IgmpView::max_response_time>("max_response_time",
                                               "of queries, tenths of a second"),
    of_if<IgmpView, &IgmpView::suppress_router_processing, &IgmpView::is_query_v3>(
        "suppress_router_processing", "S flag; of version 3 queries, as the next three"),
    of_if<IgmpView, &IgmpView::querier_robustness, &IgmpView::is_query_v3>("querier_robustness",
                                                                           "QRV"),
    of_if<IgmpView, &IgmpView::querier_query_interval, &IgmpView::is_query_v3>(
        "querier_query_interval", "of QQIC, seconds"),
    RecordField<IgmpView>{"sources", FieldKind::addresses, "as many as were captured",
                          [](ValueVisitor& to, const IgmpView& message) {
                            if (message.is_query_v3()) write_sources(to, message.sources());
                          }},
    RecordField<IgmpView>{"group_records", FieldKind::objects,
                          "of version 3 reports: `type`, `multicast_address`, `sources`",
                          write_group_records}};

constexpr std::array tables{
    entry<TcpView, tcp>(Protocol::tcp, "Transmission Control Protocol (RFC 9293)"),
    entry<UdpView, udp>(Protocol::udp, "User Datagram Protocol (RFC 768)"),
    entry<UdpLiteView, udp_lite>(Protocol::udp_lite, "UDP-Lite (RFC 3828)"),
    entry<SctpView, sctp>(Protocol::sctp, "Stream Control Transmission Protocol (RFC 9260)"),
    entry<DccpView, dccp>(Protocol::dccp, "Datagram Congestion Control Protocol (RFC 4340)"),
    entry<IcmpView, icmp>(Protocol::icmp, "ICMP (RFC 792)"),
    entry<Icmpv6View, icmpv6>(Protocol::icmpv6, "ICMPv6 (RFC 4443)"),
    entry<IgmpView, igmp>(Protocol::igmp, "IGMP (RFC 9776)"),
    ProtocolFields{Protocol::ospf, "Open Shortest Path First (RFC 2328, RFC 5340)"},
    ProtocolFields{Protocol::pim, "Protocol Independent Multicast (RFC 7761)"},
    ProtocolFields{Protocol::vrrp, "Virtual Router Redundancy Protocol (RFC 9568)"},
    ProtocolFields{Protocol::eigrp, "Enhanced Interior Gateway Routing Protocol (RFC 7868)"}};

}  // namespace

std::span<const ProtocolFields> transport_fields() noexcept { return tables; }

}  // namespace weir::record
