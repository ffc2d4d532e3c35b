// Fields that can be set of transport and control protocols on IP.
#include "record/settable_field.h"

namespace weir::record {
namespace {

using namespace wire;  // NOLINT(google-build-using-namespace): the tables are about its Fields

constexpr std::string_view checksum_meaning = "open: the right one";
constexpr std::string_view pseudo_meaning =
    "sum of its words; open: that of the IP header around it";

constexpr std::array tcp{
    field<TcpFields, &TcpFields::source_port>("source_port", "source port"),
    field<TcpFields, &TcpFields::destination_port>("destination_port", "open: of what follows"),
    field<TcpFields, &TcpFields::sequence_number>("sequence_number", "of the first byte"),
    field<TcpFields, &TcpFields::acknowledgment_number>("acknowledgment_number",
                                                        "the next byte expected"),
    length_in_bytes<TcpFields, &TcpFields::data_offset, 4, 0, 15>(
        "header_length", "bytes, as the header says; open: with the options"),
    field<TcpFields, &TcpFields::reserved, 7>("reserved", "three bits before the flags"),
    field<TcpFields, &TcpFields::flags, 0x1ff>("flags",
                                               "FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE "
                                               "64, CWR 128, AE 256"),
    field<TcpFields, &TcpFields::window>("window", "not scaled"),
    field<TcpFields, &TcpFields::checksum>("checksum", checksum_meaning),
    field<TcpFields, &TcpFields::urgent_pointer>("urgent_pointer", "of the last urgent byte"),
    field<TcpFields, &TcpFields::options, 40>("options", "as sent, padded to words"),
    field<TcpFields, &TcpFields::pseudo_header>("pseudo_header", pseudo_meaning)};

constexpr std::array udp{
    field<UdpFields, &UdpFields::source_port>("source_port", "source port"),
    field<UdpFields, &UdpFields::destination_port>("destination_port", "open: of what follows"),
    field<UdpFields, &UdpFields::length>("length", "bytes; open: of header and payload"),
    field<UdpFields, &UdpFields::checksum>("checksum", checksum_meaning),
    field<UdpFields, &UdpFields::pseudo_header>("pseudo_header", pseudo_meaning)};

// RFC 792: the second four bytes are a redirect's gateway.
constexpr SettableField gateway{
    .description = {"gateway", FieldKind::ip_address, "of redirects", FieldUnit::none,
                    FieldRange::ipv4},
    .is_part = true,
    .read = [](const AnyFields& header) noexcept -> Value {
      Ipv4Address address;
      store_be(address.octets.data(), std::get<IcmpFields>(header).rest_of_header);
      return address;
    },
    .set = [](AnyFields& header, const Value& value) noexcept -> SetResult {
      if (!value.has_value()) return FieldError::not_left_open;
      const auto address = content<Ipv4Address>(value, 0);
      if (!address) return address.error();
      std::get<IcmpFields>(header).rest_of_header = load_be<std::uint32_t>(address->octets.data());
      return {};
    }};

constexpr std::array icmp{
    field<IcmpFields, &IcmpFields::type>("type", "IANA number"),
    field<IcmpFields, &IcmpFields::code>("code", "by type"),
    field<IcmpFields, &IcmpFields::checksum>("checksum", checksum_meaning),
    field<IcmpFields, &IcmpFields::rest_of_header>("rest_of_header",
                                                   "the second four bytes, all in one"),
    bits<IcmpFields, &IcmpFields::rest_of_header, 16, 16>("identifier", "of queries and replies"),
    bits<IcmpFields, &IcmpFields::rest_of_header, 0, 16>("sequence_number",
                                                         "of queries and replies"),
    gateway,
    bits<IcmpFields, &IcmpFields::rest_of_header, 0, 16>(
        "next_hop_mtu", "RFC 1191, of destination unreachable with code 4"),
    bits<IcmpFields, &IcmpFields::rest_of_header, 24, 8>("pointer", "of parameter problems")};

constexpr std::array icmpv6{
    field<Icmpv6Fields, &Icmpv6Fields::type>("type", "IANA number"),
    field<Icmpv6Fields, &Icmpv6Fields::code>("code", "by type"),
    field<Icmpv6Fields, &Icmpv6Fields::checksum>("checksum", checksum_meaning),
    field<Icmpv6Fields, &Icmpv6Fields::rest_of_header>("rest_of_header",
                                                       "the second four bytes, all in one"),
    bits<Icmpv6Fields, &Icmpv6Fields::rest_of_header, 16, 16>("identifier", "of echo messages"),
    bits<Icmpv6Fields, &Icmpv6Fields::rest_of_header, 0, 16>("sequence_number", "of echo messages"),
    bits<Icmpv6Fields, &Icmpv6Fields::rest_of_header, 0, 32>("mtu", "of packet too big"),
    bits<Icmpv6Fields, &Icmpv6Fields::rest_of_header, 0, 32>("pointer", "of parameter problems"),
    field<Icmpv6Fields, &Icmpv6Fields::pseudo_header>("pseudo_header", pseudo_meaning)};

constexpr std::array neighbor{
    field<NeighborFields, &NeighborFields::type>("type", "135 solicitation, 136 advertisement"),
    field<NeighborFields, &NeighborFields::code>("code", "0"),
    field<NeighborFields, &NeighborFields::checksum>("checksum", checksum_meaning),
    field<NeighborFields, &NeighborFields::router>("router", "R flag of an advertisement"),
    field<NeighborFields, &NeighborFields::solicited>("solicited", "S flag of an advertisement"),
    field<NeighborFields, &NeighborFields::overrides>("overrides", "O flag of an advertisement"),
    field<NeighborFields, &NeighborFields::target>("target", "target address"),
    field<NeighborFields, &NeighborFields::pseudo_header>("pseudo_header", pseudo_meaning)};

using Advertisement = RouterAdvertisementFields;
constexpr std::array router_advertisement{
    field<Advertisement, &Advertisement::code>("code", "0"),
    field<Advertisement, &Advertisement::checksum>("checksum", checksum_meaning),
    field<Advertisement, &Advertisement::current_hop_limit>("current_hop_limit",
                                                            "0 is unspecified"),
    field<Advertisement, &Advertisement::managed>("managed", "M flag"),
    field<Advertisement, &Advertisement::other>("other", "O flag"),
    field<Advertisement, &Advertisement::more_flags, 0x3f>("more_flags", "RFC 5175"),
    field<Advertisement, &Advertisement::router_lifetime>("router_lifetime", "seconds"),
    field<Advertisement, &Advertisement::reachable_time>("reachable_time", "milliseconds"),
    field<Advertisement, &Advertisement::retrans_timer>("retrans_timer", "milliseconds"),
    field<Advertisement, &Advertisement::pseudo_header>("pseudo_header", pseudo_meaning)};

constexpr std::array udp_lite{
    field<UdpLiteFields, &UdpLiteFields::source_port>("source_port", "source port"),
    field<UdpLiteFields, &UdpLiteFields::destination_port>("destination_port",
                                                           "open: of what follows"),
    field<UdpLiteFields, &UdpLiteFields::checksum_coverage>(
        "checksum_coverage", "bytes; 0 is all; open: of header and payload"),
    field<UdpLiteFields, &UdpLiteFields::checksum>("checksum", checksum_meaning),
    field<UdpLiteFields, &UdpLiteFields::pseudo_header>("pseudo_header", pseudo_meaning)};

constexpr std::array sctp{
    field<SctpFields, &SctpFields::source_port>("source_port", "source port"),
    field<SctpFields, &SctpFields::destination_port>("destination_port", "open: of what follows"),
    field<SctpFields, &SctpFields::verification_tag>("verification_tag", "of the association"),
    field<SctpFields, &SctpFields::checksum>("checksum", "CRC32c; open: the right one")};

constexpr std::array dccp{
    field<DccpFields, &DccpFields::source_port>("source_port", "source port"),
    field<DccpFields, &DccpFields::destination_port>("destination_port", "open: of what follows"),
    length_in_bytes<DccpFields, &DccpFields::data_offset, 4, 0, 255>(
        "header_length", "bytes, as the header says; open: with all of it"),
    field<DccpFields, &DccpFields::ccval, 15>("ccval", "4 bits"),
    field<DccpFields, &DccpFields::checksum_coverage, 15>(
        "checksum_coverage", "0 is all, 1 the header, each more four bytes behind it"),
    field<DccpFields, &DccpFields::checksum>("checksum", checksum_meaning),
    field<DccpFields, &DccpFields::reserved, 7>("reserved", "the three bits before the type"),
    field<DccpFields, &DccpFields::type, 15>("type", "RFC 4340 5.1"),
    field<DccpFields, &DccpFields::extended_sequence_numbers>("extended_sequence_numbers", "X bit"),
    field<DccpFields, &DccpFields::last_reserved>("last_reserved",
                                                  "the byte before an extended sequence number"),
    field<DccpFields, &DccpFields::sequence_number, 0xffffffffffff>("sequence_number",
                                                                    "24 bits, or 48 if extended"),
    field<DccpFields, &DccpFields::rest_of_header, 1008>(
        "rest_of_header", "fields of the type and options, a multiple of four bytes"),
    field<DccpFields, &DccpFields::pseudo_header>("pseudo_header", pseudo_meaning)};

constexpr std::array igmp{
    field<IgmpFields, &IgmpFields::type>("type", "0x11 query, 0x12 0x16 0x22 report, 0x17 leave"),
    field<IgmpFields, &IgmpFields::max_response_code>("max_response_code", "of queries"),
    field<IgmpFields, &IgmpFields::checksum>("checksum", checksum_meaning),
    field<IgmpFields, &IgmpFields::group>("group", "of version 3 reports reserved bits and count")};

const std::array formats{
    FieldsFormat{"TCP", "Transmission Control Protocol (RFC 9293)", tcp, TcpFields{}},
    FieldsFormat{"UDP", "User Datagram Protocol (RFC 768)", udp, UdpFields{}},
    FieldsFormat{"ICMP", "ICMP (RFC 792)", icmp, IcmpFields{}},
    FieldsFormat{"ICMPv6", "ICMPv6 (RFC 4443)", icmpv6, Icmpv6Fields{}},
    FieldsFormat{"Neighbor", "neighbour solicitation or advertisement (RFC 4861 4.3, 4.4)",
                 neighbor, NeighborFields{}},
    FieldsFormat{"RouterAdvertisement", "router advertisement (RFC 4861 4.2)", router_advertisement,
                 RouterAdvertisementFields{}},
    FieldsFormat{"UDPLite", "UDP-Lite (RFC 3828)", udp_lite, UdpLiteFields{}},
    FieldsFormat{"SCTP", "Stream Control Transmission Protocol (RFC 9260)", sctp, SctpFields{}},
    FieldsFormat{"DCCP", "Datagram Congestion Control Protocol (RFC 4340)", dccp, DccpFields{}},
    FieldsFormat{"IGMP", "IGMP (RFC 9776)", igmp, IgmpFields{}}};

}  // namespace

std::span<const FieldsFormat> transport_formats() noexcept { return formats; }

}  // namespace weir::record
