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

const std::array formats{
    FieldsFormat{"Ethernet", "Ethernet II and 802.3 (IEEE 802.3)", ethernet, EthernetFields{}},
    FieldsFormat{"VLAN", "VLAN tag (IEEE 802.1Q, 802.1ad)", vlan, VlanFields{}},
    FieldsFormat{"ITag", "provider backbone service tag (IEEE 802.1ah)", i_tag, ITagFields{}},
    FieldsFormat{"MPLS", "MPLS label (RFC 3032)", mpls, MplsFields{}},
    FieldsFormat{"ARP", "Address Resolution Protocol (RFC 826)", arp, ArpFields{}}};

}  // namespace

std::span<const FieldsFormat> link_formats() noexcept { return formats; }

}  // namespace weir::record
