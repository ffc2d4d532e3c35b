// Fields that can be set of IPv4, IPv6 and its extension headers.
#include "record/settable_field.h"

namespace weir::record {
namespace {

using namespace wire;  // NOLINT(google-build-using-namespace): the tables are about its Fields

constexpr std::string_view next_meaning = "IANA number; open: what follows";

constexpr std::array ipv4{
    field<Ipv4Fields, &Ipv4Fields::version, 15>("version", "4"),
    length_in_bytes<Ipv4Fields, &Ipv4Fields::internet_header_length, 4, 0, 15>(
        "header_length", "bytes, as the header says; open: with the options"),
    field<Ipv4Fields, &Ipv4Fields::type_of_service>("type_of_service", "dscp and ecn in one"),
    bits<Ipv4Fields, &Ipv4Fields::type_of_service, 2, 6>("dscp", "RFC 2474"),
    bits<Ipv4Fields, &Ipv4Fields::type_of_service, 0, 2>("ecn", "RFC 3168"),
    field<Ipv4Fields, &Ipv4Fields::total_length>("total_length",
                                                 "bytes; open: of header and payload"),
    field<Ipv4Fields, &Ipv4Fields::identification>("identification", "of the datagram's fragments"),
    field<Ipv4Fields, &Ipv4Fields::reserved_flag>("reserved_flag", "the first of the three flags"),
    field<Ipv4Fields, &Ipv4Fields::dont_fragment>("dont_fragment", "DF bit"),
    field<Ipv4Fields, &Ipv4Fields::more_fragments>("more_fragments", "MF bit"),
    field<Ipv4Fields, &Ipv4Fields::fragment_offset, 65'528, 8>("fragment_offset", "bytes"),
    field<Ipv4Fields, &Ipv4Fields::ttl>("ttl", "time to live"),
    field<Ipv4Fields, &Ipv4Fields::protocol>("protocol", next_meaning),
    field<Ipv4Fields, &Ipv4Fields::header_checksum>("header_checksum", "open: the right one"),
    field<Ipv4Fields, &Ipv4Fields::source>("source", "source address"),
    field<Ipv4Fields, &Ipv4Fields::destination>("destination", "destination address"),
    field<Ipv4Fields, &Ipv4Fields::options, 40>("options", "as sent, padded to words")};

constexpr std::array ipv6{
    field<Ipv6Fields, &Ipv6Fields::version, 15>("version", "6"),
    field<Ipv6Fields, &Ipv6Fields::traffic_class>("traffic_class", "RFC 2474, RFC 3168"),
    field<Ipv6Fields, &Ipv6Fields::flow_label, 0xfffff>("flow_label", "20 bits"),
    field<Ipv6Fields, &Ipv6Fields::payload_length>("payload_length",
                                                   "bytes; open: of what follows"),
    field<Ipv6Fields, &Ipv6Fields::next_header>("next_header", next_meaning),
    field<Ipv6Fields, &Ipv6Fields::hop_limit>("hop_limit", "hops left"),
    field<Ipv6Fields, &Ipv6Fields::source>("source", "source address"),
    field<Ipv6Fields, &Ipv6Fields::destination>("destination", "destination address")};

constexpr std::array ipv6_extension{
    field<Ipv6ExtensionFields, &Ipv6ExtensionFields::protocol>(
        "protocol",
        "which it is: 0 hop-by-hop, 43 routing, 60 destination, 140 shim6; "
        "stands in the header before it"),
    field<Ipv6ExtensionFields, &Ipv6ExtensionFields::next_header>("next_header", next_meaning),
    length_in_bytes<Ipv6ExtensionFields, &Ipv6ExtensionFields::length_field, 8, 1, 255>(
        "header_length", "bytes, as the header says; open: with the body"),
    field<Ipv6ExtensionFields, &Ipv6ExtensionFields::body, 2046>(
        "body", "what follows the first two bytes, filled up to a multiple of eight")};

constexpr std::array ipv6_fragment{
    field<Ipv6FragmentFields, &Ipv6FragmentFields::next_header>("next_header", next_meaning),
    field<Ipv6FragmentFields, &Ipv6FragmentFields::reserved>("reserved", "the byte behind it"),
    field<Ipv6FragmentFields, &Ipv6FragmentFields::fragment_offset, 65'528, 8>("fragment_offset",
                                                                               "bytes"),
    field<Ipv6FragmentFields, &Ipv6FragmentFields::reserved_bits, 3>(
        "reserved_bits", "the two bits between offset and flag"),
    field<Ipv6FragmentFields, &Ipv6FragmentFields::more_fragments>("more_fragments", "M bit"),
    field<Ipv6FragmentFields, &Ipv6FragmentFields::identification>("identification",
                                                                   "of the datagram's fragments")};

constexpr std::array ipv6_mobility{
    field<Ipv6MobilityFields, &Ipv6MobilityFields::next_header>("payload_proto", next_meaning),
    length_in_bytes<Ipv6MobilityFields, &Ipv6MobilityFields::length_field, 8, 1, 255>(
        "header_length", "bytes, as the header says; open: with the message data"),
    field<Ipv6MobilityFields, &Ipv6MobilityFields::message_type>("message_type", "MH type"),
    field<Ipv6MobilityFields, &Ipv6MobilityFields::reserved>("reserved", "the byte behind it"),
    field<Ipv6MobilityFields, &Ipv6MobilityFields::checksum>("checksum", "open: the right one"),
    field<Ipv6MobilityFields, &Ipv6MobilityFields::message_data, 2042>(
        "message_data", "the rest, filled up to a multiple of eight"),
    field<Ipv6MobilityFields, &Ipv6MobilityFields::pseudo_header>(
        "pseudo_header", "sum of its words; open: that of the IP header around it")};

constexpr std::array ah{
    field<AhFields, &AhFields::next_header>("next_header", next_meaning),
    length_in_bytes<AhFields, &AhFields::length_field, 4, 2, 255>(
        "header_length", "bytes, as the header says; open: with the ICV"),
    field<AhFields, &AhFields::reserved>("reserved", "two bytes behind it"),
    field<AhFields, &AhFields::security_parameters_index>("security_parameters_index", "SPI"),
    field<AhFields, &AhFields::sequence_number>("sequence_number", "low 32 bits"),
    field<AhFields, &AhFields::integrity_check_value, 1016>("integrity_check_value",
                                                            "ICV, a multiple of four bytes")};

constexpr std::array esp{
    field<EspFields, &EspFields::security_parameters_index>("security_parameters_index", "SPI"),
    field<EspFields, &EspFields::sequence_number>("sequence_number", "low 32 bits")};

const std::array formats{
    FieldsFormat{"IPv4", "Internet Protocol version 4 (RFC 791)", ipv4, Ipv4Fields{}},
    FieldsFormat{"IPv6", "Internet Protocol version 6 (RFC 8200)", ipv6, Ipv6Fields{}},
    FieldsFormat{"IPv6Extension", "extension header of IPv6 (RFC 6564)", ipv6_extension,
                 Ipv6ExtensionFields{}},
    FieldsFormat{"IPv6Fragment", "fragment header of IPv6 (RFC 8200 4.5)", ipv6_fragment,
                 Ipv6FragmentFields{}},
    FieldsFormat{"IPv6Mobility", "mobility header (RFC 6275)", ipv6_mobility, Ipv6MobilityFields{}},
    FieldsFormat{"AH", "authentication header (RFC 4302)", ah, AhFields{}},
    FieldsFormat{"ESP", "encapsulating security payload (RFC 4303)", esp, EspFields{}}};

}  // namespace

std::span<const FieldsFormat> network_formats() noexcept { return formats; }

}  // namespace weir::record
