// Fields that can be set of link layers and of what stands between link and network.
#include "record/settable_field.h"

namespace weir::record {
namespace {

using namespace wire;  // NOLINT(google-build-using-namespace): the tables are about its Fields

constexpr std::string_view type_meaning = "EtherType, or an 802.3 length; open: what follows";

constexpr std::array ethernet{
    field<EthernetFields, &EthernetFields::destination>("destination", "destination address"),
    field<EthernetFields, &EthernetFields::source>("source", "source address"),
    field<EthernetFields, &EthernetFields::type_or_length>("type_or_length", type_meaning),
    field<EthernetFields, [](auto& frame) -> auto& { return frame.trailer.padded_to; }>(
        "padded_to", "bytes that a frame has at least, header included; outermost only"),
    field<EthernetFields,
          [](auto& frame) -> auto& { return frame.trailer.has_frame_check_sequence; }>(
        "has_frame_check_sequence", "whether it is written behind the frame; outermost only"),
    field<EthernetFields, [](auto& frame) -> auto& { return frame.trailer.frame_check_sequence; }>(
        "frame_check_sequence", "open: the right one")};

constexpr std::array vlan{
    field<VlanFields, &VlanFields::tag_protocol>(
        "tag_protocol", "EtherType that announces the tag; stands in the header before it"),
    field<VlanFields, &VlanFields::priority, 7>("priority", "PCP"),
    field<VlanFields, &VlanFields::drop_eligible>("drop_eligible", "DEI bit"),
    field<VlanFields, &VlanFields::identifier, 4095>("identifier", "VLAN identifier"),
    field<VlanFields, &VlanFields::type_or_length>("type_or_length", type_meaning)};

constexpr std::array i_tag{
    field<ITagFields, &ITagFields::priority, 7>("priority", "PCP"),
    field<ITagFields, &ITagFields::drop_eligible>("drop_eligible", "DEI bit"),
    field<ITagFields, &ITagFields::use_customer_address>("use_customer_address", "UCA bit"),
    field<ITagFields, &ITagFields::reserved, 7>("reserved", "RES1 and RES2"),
    field<ITagFields, &ITagFields::service_identifier, 0xffffff>("service_identifier", "I-SID"),
    field<ITagFields, &ITagFields::customer_destination>("customer_destination", "C-DA"),
    field<ITagFields, &ITagFields::customer_source>("customer_source", "C-SA"),
    field<ITagFields, &ITagFields::type_or_length>("type_or_length", type_meaning)};

constexpr std::array mpls{
    field<MplsFields, &MplsFields::label, 0xfffff>("label", "20 bits"),
    field<MplsFields, &MplsFields::traffic_class, 7>("traffic_class", "RFC 5462"),
    field<MplsFields, &MplsFields::bottom_of_stack>("bottom_of_stack",
                                                    "open: unless another label follows"),
    field<MplsFields, &MplsFields::ttl>("ttl", "time to live")};

constexpr std::array arp{
    field<ArpFields, &ArpFields::hardware_type>("hardware_type", "ar$hrd; 1 is Ethernet"),
    field<ArpFields, &ArpFields::protocol_type>("protocol_type", "ar$pro, an EtherType"),
    field<ArpFields, &ArpFields::hardware_length>("hardware_length",
                                                  "ar$hln; open: of the addresses"),
    field<ArpFields, &ArpFields::protocol_length>("protocol_length",
                                                  "ar$pln; open: of the addresses"),
    field<ArpFields, &ArpFields::operation>("operation", "ar$op; 1 request, 2 reply"),
    address_octets<ArpFields, &ArpFields::sender_hardware>("sender_hardware", "ar$sha"),
    address_octets<ArpFields, &ArpFields::sender_protocol>("sender_protocol", "ar$spa"),
    address_octets<ArpFields, &ArpFields::target_hardware>("target_hardware",
                                                           "ar$tha; as long as the sender's"),
    address_octets<ArpFields, &ArpFields::target_protocol>("target_protocol",
                                                           "ar$tpa; as long as the sender's")};

constexpr std::array llc{
    field<LlcFields, &LlcFields::dsap>("dsap",
                                       "destination service access point; open: what follows"),
    field<LlcFields, &LlcFields::ssap>("ssap", "source service access point; open: as dsap"),
    field<LlcFields, &LlcFields::control>(
        "control", "8 bits if the lowest two are set and no more, otherwise 16")};

constexpr std::array snap{
    field<SnapFields, &SnapFields::oui, 0xffffff>("oui", "organisation that defines the type"),
    field<SnapFields, &SnapFields::type>(
        "type", "an EtherType where the organisation is 0; open: what follows")};

constexpr std::array null_loopback{
    field<NullFields, &NullFields::is_little_endian>("little_endian", "as most hosts write it"),
    field<NullFields, &NullFields::family>(
        "family", "address family of the recording system; open: what follows")};

constexpr std::array ppp{
    field<PppFields, &PppFields::has_address_and_control>("has_address_and_control",
                                                          "0xff03 before the protocol"),
    field<PppFields, &PppFields::compressed_protocol>("compressed_protocol",
                                                      "one byte, of odd numbers below 256"),
    field<PppFields, &PppFields::protocol>("protocol", "PPP protocol number; open: what follows")};

constexpr std::array c_hdlc{
    field<CiscoHdlcFields, &CiscoHdlcFields::address>("address", "0x0f unicast, 0x8f broadcast"),
    field<CiscoHdlcFields, &CiscoHdlcFields::control>("control", "control byte"),
    field<CiscoHdlcFields, &CiscoHdlcFields::protocol>("protocol",
                                                       "EtherType; open: what follows")};

constexpr std::array frame_relay{
    field<FrameRelayFields, &FrameRelayFields::address_length, 4, 1, 2>("address_length", "bytes"),
    field<FrameRelayFields, &FrameRelayFields::dlci, 0x7fffff>(
        "dlci", "data link connection identifier, 10, 16 or 23 bits by address_length"),
    field<FrameRelayFields, &FrameRelayFields::core_control, 63>(
        "core_control", "DL-CORE in place of the lowest six bits of the DLCI; open: none"),
    field<FrameRelayFields, &FrameRelayFields::command_response>("command_response", "C/R bit"),
    field<FrameRelayFields, &FrameRelayFields::forward_congestion>("forward_congestion",
                                                                   "FECN bit"),
    field<FrameRelayFields, &FrameRelayFields::backward_congestion>("backward_congestion",
                                                                    "BECN bit"),
    field<FrameRelayFields, &FrameRelayFields::discard_eligible>("discard_eligible", "DE bit"),
    field<FrameRelayFields, &FrameRelayFields::encapsulation, 2>("encapsulation",
                                                                 "0 NLPID, 1 EtherType, 2 none"),
    field<FrameRelayFields, &FrameRelayFields::has_pad>("has_pad", "a zero byte before the NLPID"),
    field<FrameRelayFields, &FrameRelayFields::nlpid>(
        "nlpid", "network layer protocol identifier; open: what follows"),
    field<FrameRelayFields, &FrameRelayFields::ether_type>(
        "ether_type", "of Cisco's encapsulation; open: what follows")};

constexpr std::array ipoib{
    field<IpoibFields, &IpoibFields::routing_header, 40>(
        "routing_header", "global routing header, 40 bytes; none: zeros"),
    field<IpoibFields, &IpoibFields::type>("type", "EtherType; open: what follows"),
    field<IpoibFields, &IpoibFields::reserved>("reserved", "the last two bytes")};

constexpr std::array pppoe{
    field<PppoeFields, &PppoeFields::version, 15>("version", "1"),
    field<PppoeFields, &PppoeFields::type, 15>("type", "1"),
    field<PppoeFields, &PppoeFields::code>("code", "0 in sessions; RFC 2516 5 in discovery"),
    field<PppoeFields, &PppoeFields::session_identifier>("session_identifier", "SESSION_ID"),
    field<PppoeFields, &PppoeFields::length>("length", "bytes; open: of what follows")};

const std::array formats{
    FieldsFormat{"Ethernet", "Ethernet II and 802.3 (IEEE 802.3)", ethernet, EthernetFields{}},
    FieldsFormat{"VLAN", "VLAN tag (IEEE 802.1Q, 802.1ad)", vlan, VlanFields{}},
    FieldsFormat{"ITag", "provider backbone service tag (IEEE 802.1ah)", i_tag, ITagFields{}},
    FieldsFormat{"MPLS", "MPLS label (RFC 3032)", mpls, MplsFields{}},
    FieldsFormat{"ARP", "Address Resolution Protocol (RFC 826)", arp, ArpFields{}},
    FieldsFormat{"LLC", "Logical Link Control (IEEE 802.2)", llc, LlcFields{}},
    FieldsFormat{"SNAP", "Subnetwork Access Protocol (IEEE 802)", snap, SnapFields{}},
    FieldsFormat{"Null", "BSD loopback", null_loopback, NullFields{}},
    FieldsFormat{"PPP", "Point-to-Point Protocol (RFC 1661)", ppp, PppFields{}},
    FieldsFormat{"CiscoHDLC", "Cisco HDLC", c_hdlc, CiscoHdlcFields{}},
    FieldsFormat{"FrameRelay", "Frame Relay (RFC 2427)", frame_relay, FrameRelayFields{}},
    FieldsFormat{"IPoIB", "IP over InfiniBand (RFC 4391)", ipoib, IpoibFields{}},
    FieldsFormat{"PPPoE", "PPP over Ethernet, session and discovery (RFC 2516)", pppoe,
                 PppoeFields{}}};

}  // namespace

std::span<const FieldsFormat> link_formats() noexcept { return formats; }

}  // namespace weir::record
