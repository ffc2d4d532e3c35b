// Fields of what capturing puts before a packet, and of the rarer link layers.
#include <algorithm>

#include "record/packet_fields.h"
#include "weir/wire/arcnet.h"
#include "weir/wire/avs.h"
#include "weir/wire/fddi.h"
#include "weir/wire/ieee80211.h"
#include "weir/wire/linux_sll.h"
#include "weir/wire/linux_sll2.h"
#include "weir/wire/nflog.h"
#include "weir/wire/pktap.h"
#include "weir/wire/ppi.h"
#include "weir/wire/prism.h"
#include "weir/wire/radiotap.h"
#include "weir/wire/slip.h"
#include "weir/wire/token_ring.h"

namespace weir::record {
namespace {

using namespace wire;  // NOLINT(google-build-using-namespace): the tables are about its views

// Up to the first zero byte.
std::string_view characters(Bytes bytes) {
  const auto end = std::find(bytes.begin(), bytes.end(), std::uint8_t{0});
  return {reinterpret_cast<const char*>(bytes.data()),
          static_cast<std::size_t>(end - bytes.begin())};
}

constexpr std::array sll{
    of<SllView, &SllView::packet_type>("packet_type",
                                       "0 to us, 1 broadcast, 2 multicast, 3 to others, 4 from us"),
    of<SllView, &SllView::arphrd_type>("arphrd_type", "ARPHRD_ number of the interface"),
    of<SllView, &SllView::address_length>("address_length", "bytes of the sender's address"),
    of<SllView, &SllView::address>("address", "link-layer address of the sender"),
    of<SllView, &SllView::protocol>("protocol", "EtherType")};

constexpr std::array sll2{
    of<Sll2View, &Sll2View::protocol>("protocol", "EtherType"),
    of<Sll2View, &Sll2View::interface_index>("interface_index", "of the capturing system"),
    of<Sll2View, &Sll2View::arphrd_type>("arphrd_type", "ARPHRD_ number of the interface"),
    of<Sll2View, &Sll2View::packet_type>(
        "packet_type", "0 to us, 1 broadcast, 2 multicast, 3 to others, 4 from us"),
    of<Sll2View, &Sll2View::address_length>("address_length", "bytes of the sender's address"),
    of<Sll2View, &Sll2View::address>("address", "link-layer address of the sender")};

constexpr std::array nflog{
    of<NflogView, &NflogView::family>("family", "AF_ number of Linux: 2 IPv4, 10 IPv6"),
    of<NflogView, &NflogView::version>("version", "0"),
    of<NflogView, &NflogView::resource_identifier>("resource_identifier", "NFLOG group")};

constexpr std::array ppi{
    of<PpiView, &PpiView::version>("version", "0"),
    of<PpiView, &PpiView::flags>("flags", "bit 0: fields are padded to four bytes"),
    of<PpiView, &PpiView::dlt>("dlt", "DLT_ number of the packet")};

constexpr std::array radiotap{
    of<RadiotapView, &RadiotapView::version>("version", "0"),
    of<RadiotapView, &RadiotapView::present>("present", "first word of field bits"),
    of<RadiotapView, &RadiotapView::flags>("flags", "flags field, 0 if absent")};

constexpr std::array prism{
    of<PrismView, &PrismView::message_code>("message_code", "0x41 or 0x44"),
    of<PrismView, &PrismView::message_length>("message_length", "bytes of this header"),
    RecordField<PrismView>{
        "device_name", FieldKind::text, "interface",
        [](const PrismView& header) -> Value { return characters(header.device_name()); }}};

constexpr std::array avs{of<AvsView, &AvsView::version>("version", "0x80211001 or 0x80211002"),
                         of<AvsView, &AvsView::mac_time>("mac_time", "microseconds"),
                         of<AvsView, &AvsView::host_time>("host_time", "nanoseconds"),
                         of<AvsView, &AvsView::phy_type>("phy_type", "4 DSSS, 5 IR, 8 OFDM"),
                         of<AvsView, &AvsView::channel>("channel", "802.11 channel"),
                         of<AvsView, &AvsView::data_rate>("data_rate", "units of 100 kbit/s")};

constexpr std::array wlan{
    of<WlanView, &WlanView::version>("version", "0"),
    of<WlanView, &WlanView::type>("type", "0 management, 1 control, 2 data, 3 extension"),
    of<WlanView, &WlanView::subtype>("subtype", "4 bits"),
    of<WlanView, &WlanView::to_ds>("to_ds", "to the distribution system"),
    of<WlanView, &WlanView::from_ds>("from_ds", "from the distribution system"),
    of<WlanView, &WlanView::more_fragments>("more_fragments", "more fragments follow"),
    of<WlanView, &WlanView::retry>("retry", "sent again"),
    of<WlanView, &WlanView::is_protected>("protected", "the payload is encrypted"),
    of<WlanView, &WlanView::duration>("duration", "duration or association identifier"),
    RecordField<WlanView>{"addresses", FieldKind::texts, "one to four MAC addresses, in order",
                          [](ValueVisitor& to, const WlanView& frame) {
                            to.begin_array();
                            for (int i = 1; i <= frame.address_count(); ++i) {
                              to.value(frame.address(i));
                            }
                            to.end_array();
                          }},
    of<WlanView, &WlanView::sequence_number>("sequence_number", "12 bits"),
    of<WlanView, &WlanView::fragment_number>("fragment_number", "4 bits"),
    of_if<WlanView, &WlanView::qos_control, &WlanView::is_qos>("qos_control", "of QoS frames")};

constexpr std::array token_ring{
    of<TokenRingView, &TokenRingView::access_control>("access_control", "AC"),
    of<TokenRingView, &TokenRingView::frame_control>("frame_control", "FC"),
    of<TokenRingView, &TokenRingView::destination>("destination", "destination address"),
    of<TokenRingView, &TokenRingView::source>("source", "source address"),
    of_if<TokenRingView, &TokenRingView::routing_information, &TokenRingView::is_source_routed>(
        "routing_information", "of source-routed frames")};

constexpr std::array fddi{
    of<FddiView, &FddiView::frame_control>("frame_control", "FC"),
    of<FddiView, &FddiView::destination>("destination", "destination address"),
    of<FddiView, &FddiView::source>("source", "source address")};

constexpr std::array arcnet{
    of<ArcnetView, &ArcnetView::source>("source", "8-bit address"),
    of<ArcnetView, &ArcnetView::destination>("destination", "8-bit address; 0 is broadcast"),
    of<ArcnetView, &ArcnetView::type>("type", "system code"),
    of_if<ArcnetView, &ArcnetView::split_flag, &ArcnetView::has_fragmentation>(
        "split_flag", "of the fragmentation header"),
    of_if<ArcnetView, &ArcnetView::sequence_number, &ArcnetView::has_fragmentation>(
        "sequence_number", "of the fragmentation header")};

constexpr std::array slip{
    of<SlipView, &SlipView::sent>("sent", "by the capturing host"),
    of<SlipView, &SlipView::kind>("kind", "compression: 0x4x none, 0x7x not yet, 0x8x and up")};

constexpr std::array pktap{
    of<PktapView, &PktapView::record_type>("record_type", "1 is a packet"),
    of<PktapView, &PktapView::dlt>("dlt", "DLT_ number of the packet"),
    RecordField<PktapView>{
        "interface_name", FieldKind::text, "where it was captured",
        [](const PktapView& header) -> Value { return characters(header.interface_name()); }},
    of<PktapView, &PktapView::flags>("flags", "direction and more"),
    of<PktapView, &PktapView::process_identifier>("process_identifier", "of the owner"),
    RecordField<PktapView>{
        "command_name", FieldKind::text, "of the owner",
        [](const PktapView& header) -> Value { return characters(header.command_name()); }}};

constexpr std::array tables{
    entry<SllView, sll>(Protocol::sll, "Linux cooked capture (LINKTYPE_LINUX_SLL)"),
    entry<NflogView, nflog>(Protocol::nflog, "netfilter log (LINKTYPE_NFLOG)"),
    entry<PpiView, ppi>(Protocol::ppi, "Per-Packet Information"),
    entry<RadiotapView, radiotap>(Protocol::radiotap, "radiotap, before 802.11"),
    entry<PrismView, prism>(Protocol::prism, "Prism monitor header, before 802.11"),
    entry<WlanView, wlan>(Protocol::wlan, "802.11 MAC header (IEEE 802.11-2020 9.2)"),
    entry<TokenRingView, token_ring>(Protocol::token_ring, "Token Ring (IEEE 802.5)"),
    entry<FddiView, fddi>(Protocol::fddi, "FDDI (ISO 9314)"),
    entry<ArcnetView, arcnet>(Protocol::arcnet, "ARCNET (RFC 1201, RFC 1051)"),
    entry<SlipView, slip>(Protocol::slip, "SLIP (LINKTYPE_SLIP)"),
    ProtocolFields{Protocol::mtp2, "SS7 MTP level 2 (ITU-T Q.703)"},
    ProtocolFields{Protocol::wpan, "802.15.4 (IEEE 802.15.4)"},
    entry<PktapView, pktap>(Protocol::pktap, "Apple packet tap (LINKTYPE_PKTAP)")};

constexpr ProtocolFields sll2_entry =
    entry<Sll2View, sll2>(Protocol::sll, "Linux cooked capture, version 2 (LINKTYPE_LINUX_SLL2)");
constexpr ProtocolFields avs_entry =
    entry<AvsView, avs>(Protocol::prism, "AVS header, before 802.11 (LINKTYPE_IEEE802_11_AVS)");

}  // namespace

std::span<const ProtocolFields> capture_fields() noexcept { return tables; }
const ProtocolFields& sll2_fields() noexcept { return sll2_entry; }
const ProtocolFields& avs_fields() noexcept { return avs_entry; }

}  // namespace weir::record
