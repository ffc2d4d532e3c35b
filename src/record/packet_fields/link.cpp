// Fields of link layers and of what stands between link and network.
#include "record/packet_fields.h"
#include "weir/wire/arp.h"
#include "weir/wire/c_hdlc.h"
#include "weir/wire/ethernet.h"
#include "weir/wire/frame_relay.h"
#include "weir/wire/ipoib.h"
#include "weir/wire/llc.h"
#include "weir/wire/mpls.h"
#include "weir/wire/null_loopback.h"
#include "weir/wire/ppp.h"
#include "weir/wire/pppoe.h"
#include "weir/wire/vlan.h"

namespace weir::record {
namespace {

using namespace wire;  // NOLINT(google-build-using-namespace): the tables are about its views

constexpr std::array ethernet{
    of<EthernetView, &EthernetView::destination>("destination", "destination address"),
    of<EthernetView, &EthernetView::source>("source", "source address"),
    of<EthernetView, &EthernetView::type_or_length>("type_or_length",
                                                    "EtherType, or an 802.3 length up to 1500")};

constexpr std::array llc{of<LlcView, &LlcView::dsap>("dsap", "destination service access point"),
                         of<LlcView, &LlcView::ssap>("ssap", "source service access point"),
                         of<LlcView, &LlcView::control>("control", "8 or 16 bits")};

constexpr std::array snap{
    of<SnapView, &SnapView::oui>("oui", "organisation that defines the type"),
    of<SnapView, &SnapView::type>("type", "an EtherType where the organisation is 0")};

constexpr std::array null_loopback{
    of<NullView, &NullView::family>("family", "address family of the recording system")};

constexpr std::array ppp{of<PppView, &PppView::protocol>("protocol", "PPP protocol number")};

constexpr std::array c_hdlc{
    of<CiscoHdlcView, &CiscoHdlcView::address>("address", "0x0f unicast, 0x8f broadcast"),
    of<CiscoHdlcView, &CiscoHdlcView::control>("control", "control byte"),
    of<CiscoHdlcView, &CiscoHdlcView::protocol>("protocol", "EtherType")};

constexpr std::array frame_relay{
    of<FrameRelayView, &FrameRelayView::dlci>("dlci", "data link connection identifier"),
    of<FrameRelayView, &FrameRelayView::command_response>("command_response", "C/R bit"),
    of<FrameRelayView, &FrameRelayView::forward_congestion>("forward_congestion", "FECN bit"),
    of<FrameRelayView, &FrameRelayView::backward_congestion>("backward_congestion", "BECN bit"),
    of<FrameRelayView, &FrameRelayView::discard_eligible>("discard_eligible", "DE bit"),
    of<FrameRelayView, &FrameRelayView::nlpid>("nlpid", "network layer protocol identifier, or 0"),
    of<FrameRelayView, &FrameRelayView::ether_type>("ether_type",
                                                    "of Cisco's encapsulation, or 0")};

constexpr std::array ipoib{
    of<IpoibView, &IpoibView::routing_header>("routing_header", "global routing header"),
    of<IpoibView, &IpoibView::type>("type", "EtherType")};

constexpr std::array vlan{
    of<VlanView, &VlanView::priority>("priority", "PCP, 0 to 7"),
    of<VlanView, &VlanView::drop_eligible>("drop_eligible", "DEI bit"),
    of<VlanView, &VlanView::identifier>("identifier", "VLAN identifier, 0 to 4095"),
    of<VlanView, &VlanView::type_or_length>("type_or_length",
                                            "EtherType, or an 802.3 length up to 1500")};

constexpr std::array i_tag{
    of<ITagView, &ITagView::priority>("priority", "PCP, 0 to 7"),
    of<ITagView, &ITagView::drop_eligible>("drop_eligible", "DEI bit"),
    of<ITagView, &ITagView::use_customer_address>("use_customer_address", "UCA bit"),
    of<ITagView, &ITagView::service_identifier>("service_identifier", "I-SID, 24 bits"),
    of<ITagView, &ITagView::customer_destination>("customer_destination", "C-DA"),
    of<ITagView, &ITagView::customer_source>("customer_source", "C-SA"),
    of<ITagView, &ITagView::type_or_length>("type_or_length",
                                            "EtherType, or an 802.3 length up to 1500")};

constexpr std::array mpls{
    of<MplsView, &MplsView::label>("label", "20 bits"),
    of<MplsView, &MplsView::traffic_class>("traffic_class", "RFC 5462, 3 bits"),
    of<MplsView, &MplsView::bottom_of_stack>("bottom_of_stack", "the last label"),
    of<MplsView, &MplsView::ttl>("ttl", "time to live")};

constexpr std::array pppoe{
    of<PppoeView, &PppoeView::version>("version", "1"),
    of<PppoeView, &PppoeView::type>("type", "1"),
    of<PppoeView, &PppoeView::code>("code", "0 in sessions; RFC 2516 5 in discovery"),
    of<PppoeView, &PppoeView::session_identifier>("session_identifier", "SESSION_ID"),
    of<PppoeView, &PppoeView::length>("length", "bytes behind this header")};

constexpr RecordField<ArpView> arp_address(std::string_view name, std::string_view meaning,
                                           RecordField<ArpView>::Read read) {
  return {name, FieldKind::text, meaning, read};
}

// Six bytes of Ethernet's and four of IPv4's as addresses, all else as hex.
Value hardware(Bytes address) {
  if (address.size() == MacAddress::size) return MacAddress::load(address.data());
  return address;
}

Value protocol(Bytes address) {
  if (address.size() == Ipv4Address::size) return Ipv4Address::load(address.data());
  return address;
}

constexpr std::array arp{
    of<ArpView, &ArpView::hardware_type>("hardware_type", "ar$hrd; 1 is Ethernet"),
    of<ArpView, &ArpView::protocol_type>("protocol_type", "ar$pro, an EtherType"),
    of<ArpView, &ArpView::hardware_length>("hardware_length", "ar$hln"),
    of<ArpView, &ArpView::protocol_length>("protocol_length", "ar$pln"),
    of<ArpView, &ArpView::operation>("operation", "ar$op; 1 request, 2 reply"),
    arp_address("sender_hardware", "MAC address if of six bytes, otherwise hex",
                [](const ArpView& packet) -> Value { return hardware(packet.sender_hardware()); }),
    arp_address("sender_protocol", "IPv4 address if of four bytes, otherwise hex",
                [](const ArpView& packet) -> Value { return protocol(packet.sender_protocol()); }),
    arp_address("target_hardware", "as the sender's",
                [](const ArpView& packet) -> Value { return hardware(packet.target_hardware()); }),
    arp_address("target_protocol", "as the sender's",
                [](const ArpView& packet) -> Value { return protocol(packet.target_protocol()); })};

constexpr std::array tables{
    entry<EthernetView, ethernet>(Protocol::ethernet, "Ethernet II and 802.3 (IEEE 802.3)"),
    entry<LlcView, llc>(Protocol::llc, "Logical Link Control (IEEE 802.2)"),
    entry<SnapView, snap>(Protocol::snap, "Subnetwork Access Protocol (IEEE 802)"),
    entry<NullView, null_loopback>(Protocol::null, "BSD loopback"),
    ProtocolFields{Protocol::raw, "IP without a link header"},
    entry<PppView, ppp>(Protocol::ppp, "Point-to-Point Protocol (RFC 1661)"),
    entry<CiscoHdlcView, c_hdlc>(Protocol::c_hdlc, "Cisco HDLC"),
    entry<FrameRelayView, frame_relay>(Protocol::frame_relay, "Frame Relay (RFC 2427)"),
    entry<IpoibView, ipoib>(Protocol::ipoib, "IP over InfiniBand (RFC 4391)"),
    entry<VlanView, vlan>(Protocol::vlan, "VLAN tag (IEEE 802.1Q)"),
    entry<VlanView, vlan>(Protocol::provider_vlan, "provider VLAN tag (IEEE 802.1ad)"),
    entry<ITagView, i_tag>(Protocol::provider_backbone,
                           "provider backbone service tag (IEEE 802.1ah)"),
    entry<MplsView, mpls>(Protocol::mpls, "MPLS label (RFC 3032)"),
    entry<PppoeView, pppoe>(Protocol::pppoe_discovery, "PPPoE discovery (RFC 2516)"),
    entry<PppoeView, pppoe>(Protocol::pppoe_session, "PPPoE session (RFC 2516)"),
    entry<ArpView, arp>(Protocol::arp, "Address Resolution Protocol (RFC 826)"),
    ProtocolFields{Protocol::hsr_supervision, "supervision of HSR and PRP (IEC 62439-3)"},
    ProtocolFields{Protocol::eapol, "EAP over LAN (IEEE 802.1X)"},
    ProtocolFields{Protocol::stp, "Spanning Tree Protocol (IEEE 802.1D)"},
    ProtocolFields{Protocol::lldp, "Link Layer Discovery Protocol (IEEE 802.1AB)"}};

}  // namespace

std::span<const ProtocolFields> link_fields() noexcept { return tables; }

}  // namespace weir::record
