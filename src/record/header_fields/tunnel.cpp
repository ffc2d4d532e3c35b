// Fields that can be set of tunnels.
#include "record/settable_field.h"

namespace weir::record {
namespace {

using namespace wire;  // NOLINT(google-build-using-namespace): the tables are about its Fields

constexpr std::array vxlan{
    field<VxlanFields, &VxlanFields::flags>("flags", "open: I, and with a next protocol P"),
    field<VxlanFields, &VxlanFields::reserved>("reserved", "the two bytes behind the flags"),
    field<VxlanFields, &VxlanFields::has_next_protocol>("has_next_protocol", "VXLAN-GPE"),
    field<VxlanFields, &VxlanFields::next_protocol>(
        "next_protocol", "1 IPv4, 2 IPv6, 3 Ethernet, 4 NSH, 5 MPLS; open: what follows"),
    field<VxlanFields, &VxlanFields::identifier, 0xffffff>("identifier", "VNI, 24 bits"),
    field<VxlanFields, &VxlanFields::last_reserved>("last_reserved", "the last byte")};

constexpr std::array gre{
    field<GreFields, &GreFields::has_checksum>("has_checksum", "C bit: the checksum is written"),
    field<GreFields, &GreFields::has_routing>("has_routing", "R bit: source routes are written"),
    field<GreFields, &GreFields::has_key>(
        "has_key", "K bit: key is written, or payload_length and call_identifier"),
    field<GreFields, &GreFields::has_sequence_number>("has_sequence_number", "S bit"),
    field<GreFields, &GreFields::has_acknowledgment>("has_acknowledgment", "A bit, of version 1"),
    field<GreFields, &GreFields::reserved, 0x1ff>("reserved",
                                                  "the other bits between flags and version"),
    field<GreFields, &GreFields::version, 7>("version", "0, or 1 (RFC 2637)"),
    field<GreFields, &GreFields::protocol>("protocol", "EtherType; open: what follows"),
    field<GreFields, &GreFields::checksum>("checksum", "open: the right one"),
    field<GreFields, &GreFields::offset>("offset", "of the active source route"),
    field<GreFields, &GreFields::key>("key", "RFC 2890"),
    field<GreFields, &GreFields::payload_length>("payload_length",
                                                 "bytes, of version 1; open: of what follows"),
    field<GreFields, &GreFields::call_identifier>("call_identifier", "of version 1"),
    field<GreFields, &GreFields::sequence_number>("sequence_number", "RFC 2890"),
    field<GreFields, &GreFields::acknowledgment_number>("acknowledgment_number", "of version 1"),
    field<GreFields, &GreFields::routing, 0xffff>("routing",
                                                  "source routes with the entry that ends them"),
    field<GreFields, &GreFields::redirect, 4>("redirect",
                                              "redirect header of WCCP version 2, four bytes")};

constexpr std::array erspan{
    field<ErspanFields, &ErspanFields::version, 15>("version", "1 for type II, 2 for type III"),
    field<ErspanFields, &ErspanFields::vlan, 0xfff>("vlan", "12 bits"),
    field<ErspanFields, &ErspanFields::class_of_service, 7>("class_of_service", "3 bits"),
    field<ErspanFields, &ErspanFields::encapsulation, 3>("encapsulation",
                                                         "of the VLAN tag, 2 bits"),
    field<ErspanFields, &ErspanFields::is_truncated>("truncated", "cut before it was mirrored"),
    field<ErspanFields, &ErspanFields::session_identifier, 0x3ff>("session_identifier", "10 bits"),
    field<ErspanFields, &ErspanFields::reserved, 0xfff>("reserved", "of type II"),
    field<ErspanFields, &ErspanFields::index, 0xfffff>("index", "of type II, 20 bits"),
    field<ErspanFields, &ErspanFields::timestamp>("timestamp", "of type III"),
    field<ErspanFields, &ErspanFields::security_group>("security_group", "SGT, of type III"),
    field<ErspanFields, &ErspanFields::is_ethernet_frame>("ethernet_frame", "P bit, of type III"),
    field<ErspanFields, &ErspanFields::frame_type, 31>("frame_type", "FT, of type III"),
    field<ErspanFields, &ErspanFields::hardware_identifier, 63>("hardware_identifier",
                                                                "of type III"),
    field<ErspanFields, &ErspanFields::is_egress>("egress", "D bit, of type III"),
    field<ErspanFields, &ErspanFields::granularity, 3>("granularity",
                                                       "of the timestamp, of type III"),
    field<ErspanFields, &ErspanFields::has_subheader>("has_subheader",
                                                      "O bit: the next two are written"),
    field<ErspanFields, &ErspanFields::platform_identifier, 63>("platform_identifier",
                                                                "of the subheader"),
    field<ErspanFields, &ErspanFields::platform_information, 0x3ffffffffffffff>(
        "platform_information", "of the subheader, 58 bits")};

constexpr std::array geneve{
    field<GeneveFields, &GeneveFields::version, 3>("version", "0"),
    field<GeneveFields, &GeneveFields::options_length, 252, 4>("options_length",
                                                               "bytes; open: of the options"),
    field<GeneveFields, &GeneveFields::is_control>("control", "O bit"),
    field<GeneveFields, &GeneveFields::has_critical_options>("critical_options", "C bit"),
    field<GeneveFields, &GeneveFields::reserved, 63>("reserved", "the six bits behind it"),
    field<GeneveFields, &GeneveFields::protocol>("protocol", "EtherType; open: what follows"),
    field<GeneveFields, &GeneveFields::identifier, 0xffffff>("identifier", "VNI, 24 bits"),
    field<GeneveFields, &GeneveFields::last_reserved>("last_reserved", "the last byte"),
    field<GeneveFields, &GeneveFields::options, 252>("options",
                                                     "as sent, a multiple of four bytes")};

constexpr std::array gtp{
    field<GtpFields, &GtpFields::version, 7>("version", "1"),
    field<GtpFields, &GtpFields::protocol_type>("protocol_type", "PT bit; not set in GTP'"),
    field<GtpFields, &GtpFields::reserved>("reserved", "the bit behind it"),
    field<GtpFields, &GtpFields::has_extension>("has_extension", "E bit"),
    field<GtpFields, &GtpFields::has_sequence_number>("has_sequence_number", "S bit"),
    field<GtpFields, &GtpFields::has_n_pdu_number>("has_n_pdu_number", "PN bit"),
    field<GtpFields, &GtpFields::message_type>("message_type", "255 is a user packet"),
    field<GtpFields, &GtpFields::length>("length",
                                         "bytes behind the first eight; open: all there are"),
    field<GtpFields, &GtpFields::tunnel_endpoint_identifier>("tunnel_endpoint_identifier", "TEID"),
    field<GtpFields, &GtpFields::sequence_number>(
        "sequence_number", "written with any of the three flags, as the next two"),
    field<GtpFields, &GtpFields::n_pdu_number>("n_pdu_number", "N-PDU number"),
    field<GtpFields, &GtpFields::next_extension>("next_extension",
                                                 "type of the first extension header"),
    field<GtpFields, &GtpFields::extensions, 65532>("extensions",
                                                    "extension headers, a multiple of four bytes")};

constexpr std::array teredo{
    field<TeredoFields, &TeredoFields::has_authentication>(
        "has_authentication", "the authentication indication is written"),
    field<TeredoFields, &TeredoFields::client_identifier, 255>("client_identifier",
                                                               "of the authentication indication"),
    field<TeredoFields, &TeredoFields::authentication_value, 255>(
        "authentication_value", "of the authentication indication"),
    field<TeredoFields, &TeredoFields::nonce>("nonce", "of the authentication indication"),
    field<TeredoFields, &TeredoFields::confirmation>("confirmation",
                                                     "of the authentication indication"),
    field<TeredoFields, &TeredoFields::has_origin>("has_origin",
                                                   "the origin indication is written"),
    field<TeredoFields, &TeredoFields::obfuscated_port>(
        "obfuscated_port", "of the origin indication: every bit inverted"),
    field<TeredoFields, &TeredoFields::obfuscated_address>(
        "obfuscated_address", "of the origin indication: every bit inverted")};

constexpr std::array l2tp{
    field<L2tpFields, &L2tpFields::is_control>("control", "T bit"),
    field<L2tpFields, &L2tpFields::has_length>("has_length", "L bit"),
    field<L2tpFields, &L2tpFields::has_sequence>("has_sequence", "S bit"),
    field<L2tpFields, &L2tpFields::has_offset>("has_offset", "O bit"),
    field<L2tpFields, &L2tpFields::has_priority>("has_priority", "P bit"),
    field<L2tpFields, &L2tpFields::reserved, 0x34f0, 16>(
        "reserved", "the bits between the flags and the version"),
    field<L2tpFields, &L2tpFields::version, 15>("version", "2"),
    field<L2tpFields, &L2tpFields::length>("length", "bytes; open: of header and payload"),
    field<L2tpFields, &L2tpFields::tunnel_identifier>("tunnel_identifier", "tunnel ID"),
    field<L2tpFields, &L2tpFields::session_identifier>("session_identifier", "session ID"),
    field<L2tpFields, &L2tpFields::ns>("ns", "sequence number"),
    field<L2tpFields, &L2tpFields::nr>("nr", "sequence number expected"),
    field<L2tpFields, &L2tpFields::offset_size>("offset_size",
                                                "bytes skipped; open: of offset_padding"),
    field<L2tpFields, &L2tpFields::offset_padding, 0xffff>("offset_padding", "what is skipped")};

constexpr std::array ether_ip{
    field<EtherIpFields, &EtherIpFields::version, 15>("version", "3"),
    field<EtherIpFields, &EtherIpFields::reserved, 0xfff>("reserved", "12 bits")};

constexpr std::array nsh{
    field<NshFields, &NshFields::version, 3>("version", "0"),
    field<NshFields, &NshFields::is_oam>("oam", "O bit"),
    field<NshFields, &NshFields::unassigned, 31>(
        "unassigned", "the bit behind it, and the four before the MD type"),
    field<NshFields, &NshFields::ttl, 63>("ttl", "6 bits"),
    field<NshFields, &NshFields::length, 63>("length", "words of four bytes; open: of the header"),
    field<NshFields, &NshFields::md_type, 15>("md_type", "1 fixed, 2 variable"),
    field<NshFields, &NshFields::next_protocol>(
        "next_protocol", "1 IPv4, 2 IPv6, 3 Ethernet, 4 NSH, 5 MPLS; open: what follows"),
    field<NshFields, &NshFields::service_path_identifier, 0xffffff>("service_path_identifier",
                                                                    "SPI, 24 bits"),
    field<NshFields, &NshFields::service_index>("service_index", "SI"),
    field<NshFields, &NshFields::context, 244>("context",
                                               "context headers, a multiple of four bytes")};

const std::array formats{
    FieldsFormat{"VXLAN", "VXLAN (RFC 7348) and VXLAN-GPE", vxlan, VxlanFields{}},
    FieldsFormat{"GRE", "Generic Routing Encapsulation (RFC 2784)", gre, GreFields{}},
    FieldsFormat{"ERSPAN", "mirrored frames in GRE", erspan, ErspanFields{}},
    FieldsFormat{"Geneve", "Geneve (RFC 8926)", geneve, GeneveFields{}},
    FieldsFormat{"GTP", "GPRS Tunnelling Protocol (3GPP TS 29.281, TS 29.060)", gtp, GtpFields{}},
    FieldsFormat{"Teredo", "Teredo (RFC 4380)", teredo, TeredoFields{}},
    FieldsFormat{"L2TP", "L2TP version 2 (RFC 2661)", l2tp, L2tpFields{}},
    FieldsFormat{"EtherIP", "Ethernet in IP (RFC 3378)", ether_ip, EtherIpFields{}},
    FieldsFormat{"NSH", "Network Service Header (RFC 8300)", nsh, NshFields{}}};

}  // namespace

std::span<const FieldsFormat> tunnel_formats() noexcept { return formats; }

}  // namespace weir::record
