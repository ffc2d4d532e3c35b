// Fields that can be set of what capturing puts before a packet, and of the rarer link layers.
#include "record/settable_field.h"

namespace weir::record {
namespace {

using namespace wire;  // NOLINT(google-build-using-namespace): the tables are about its Fields

constexpr std::array sll{
    field<SllFields, &SllFields::packet_type>(
        "packet_type", "0 to us, 1 broadcast, 2 multicast, 3 to others, 4 from us"),
    field<SllFields, &SllFields::arphrd_type>(
        "arphrd_type", "ARPHRD_ number of the interface; open: what follows"),
    field<SllFields, &SllFields::address_length>("address_length", "bytes of the sender's address"),
    filled_octets<SllFields, &SllFields::address, 8, &SllFields::address_length>(
        "address", "link-layer address of the sender"),
    field<SllFields, &SllFields::protocol>("protocol", "EtherType; open: what follows")};

constexpr std::array sll2{
    field<Sll2Fields, &Sll2Fields::protocol>("protocol", "EtherType; open: what follows"),
    field<Sll2Fields, &Sll2Fields::reserved>("reserved", "the two bytes behind it"),
    field<Sll2Fields, &Sll2Fields::interface_index>("interface_index", "of the capturing system"),
    field<Sll2Fields, &Sll2Fields::arphrd_type>(
        "arphrd_type", "ARPHRD_ number of the interface; open: what follows"),
    field<Sll2Fields, &Sll2Fields::packet_type>(
        "packet_type", "0 to us, 1 broadcast, 2 multicast, 3 to others, 4 from us"),
    field<Sll2Fields, &Sll2Fields::address_length>("address_length",
                                                   "bytes of the sender's address"),
    filled_octets<Sll2Fields, &Sll2Fields::address, 8, &Sll2Fields::address_length>(
        "address", "link-layer address of the sender")};

constexpr std::array nflog{
    field<NflogFields, &NflogFields::family>(
        "family", "AF_ number of Linux: 2 IPv4, 10 IPv6; open: what follows"),
    field<NflogFields, &NflogFields::resource_identifier>("resource_identifier", "NFLOG group"),
    field<NflogFields, &NflogFields::is_big_endian>("big_endian", "of attributes"),
    field<NflogFields, &NflogFields::attributes, 0xffff>(
        "attributes", "those before the payload, each with header and padding"),
    field<NflogFields, &NflogFields::has_payload>(
        "has_payload", "the header of the payload's attribute is written"),
    field<NflogFields, &NflogFields::payload_length, 65531>(
        "payload_length", "bytes of the packet; open: of what follows")};

constexpr std::array ppi{
    field<PpiFields, &PpiFields::flags>("flags", "bit 0: fields are padded to four bytes"),
    field<PpiFields, &PpiFields::length>("length", "bytes; open: of the header"),
    field<PpiFields, &PpiFields::dlt>("dlt", "DLT_ number of the packet; open: what follows"),
    field<PpiFields, &PpiFields::fields, 65527>("fields", "as they are to stand")};

constexpr std::array radiotap{
    field<RadiotapFields, &RadiotapFields::padding>("padding", "the byte behind the version"),
    field<RadiotapFields, &RadiotapFields::length>("length", "bytes; open: of the header"),
    field<RadiotapFields, &RadiotapFields::present>("present", "first word of field bits"),
    field<RadiotapFields, &RadiotapFields::flags>("flags",
                                                  "flags field, written where `present` has it"),
    field<RadiotapFields, &RadiotapFields::fields, 65527>(
        "fields", "what stands behind `present`, further such words included")};

constexpr std::array prism{
    field<PrismFields, &PrismFields::is_big_endian>("big_endian", "of code and length"),
    field<PrismFields, &PrismFields::message_code>("message_code", "0x41 or 0x44"),
    field<PrismFields, &PrismFields::message_length>("message_length",
                                                     "bytes; open: of this header"),
    filled_octets<PrismFields, &PrismFields::device_name, 16>("device_name", "interface"),
    field<PrismFields, &PrismFields::items, 0xffff>("items", "as they are to stand")};

constexpr std::array avs{
    field<AvsFields, &AvsFields::version>("version", "0x80211001 or 0x80211002"),
    field<AvsFields, &AvsFields::length>("length", "bytes; open: of the header"),
    field<AvsFields, &AvsFields::mac_time>("mac_time", "microseconds"),
    field<AvsFields, &AvsFields::host_time>("host_time", "nanoseconds"),
    field<AvsFields, &AvsFields::phy_type>("phy_type", "4 DSSS, 5 IR, 8 OFDM"),
    field<AvsFields, &AvsFields::channel>("channel", "802.11 channel"),
    field<AvsFields, &AvsFields::data_rate>("data_rate", "units of 100 kbit/s"),
    field<AvsFields, &AvsFields::antenna>("antenna", "number of the antenna"),
    field<AvsFields, &AvsFields::priority>("priority", "of the packet"),
    field<AvsFields, &AvsFields::ssi_type>("ssi_type",
                                           "unit of the next two: 1 none, 2 dBm, 3 raw"),
    field<AvsFields, &AvsFields::ssi_signal>("ssi_signal", "signal, 32 bits with a sign"),
    field<AvsFields, &AvsFields::ssi_noise>("ssi_noise", "noise, 32 bits with a sign"),
    field<AvsFields, &AvsFields::preamble>("preamble", "1 short, 2 long"),
    field<AvsFields, &AvsFields::encoding>("encoding", "of the DSSS PHY"),
    field<AvsFields, &AvsFields::extension, 0xffff>("extension", "what stands behind")};

constexpr std::array wlan{
    field<WlanFields, &WlanFields::type, 3>("type", "0 management, 1 control, 2 data, 3 extension"),
    field<WlanFields, &WlanFields::subtype, 15>("subtype", "4 bits"),
    field<WlanFields, &WlanFields::to_ds>("to_ds", "to the distribution system"),
    field<WlanFields, &WlanFields::from_ds>("from_ds", "from the distribution system"),
    field<WlanFields, &WlanFields::more_fragments>("more_fragments", "more fragments follow"),
    field<WlanFields, &WlanFields::retry>("retry", "sent again"),
    field<WlanFields, &WlanFields::power_management>("power_management", "the station will sleep"),
    field<WlanFields, &WlanFields::more_data>("more_data", "more is buffered for the station"),
    field<WlanFields, &WlanFields::is_protected>("protected", "the payload is encrypted"),
    field<WlanFields, &WlanFields::order>("order", "+HTC: ht_control is written"),
    field<WlanFields, &WlanFields::duration>("duration", "duration or association identifier"),
    field<WlanFields, &WlanFields::address_1>("address_1", "receiver"),
    field<WlanFields, &WlanFields::address_2>("address_2", "transmitter"),
    field<WlanFields, &WlanFields::address_3>("address_3", "third address"),
    field<WlanFields, &WlanFields::fragment_number, 15>("fragment_number", "4 bits"),
    field<WlanFields, &WlanFields::sequence_number, 0xfff>("sequence_number", "12 bits"),
    field<WlanFields, &WlanFields::address_4>("address_4", "of data frames with to_ds and from_ds"),
    field<WlanFields, &WlanFields::qos_control>("qos_control", "of QoS data frames"),
    field<WlanFields, &WlanFields::ht_control>("ht_control",
                                               "of management and QoS data frames with `order`"),
    field<WlanFields, &WlanFields::padding, 3>("padding",
                                               "what some adapters put behind the header")};

constexpr std::array token_ring{
    field<TokenRingFields, &TokenRingFields::access_control>("access_control", "AC"),
    field<TokenRingFields, &TokenRingFields::frame_control>("frame_control", "FC"),
    field<TokenRingFields, &TokenRingFields::destination>("destination", "destination address"),
    field<TokenRingFields, &TokenRingFields::source>(
        "source", "source address, without the bit that announces routing information"),
    field<TokenRingFields, &TokenRingFields::routing_information, 30>(
        "routing_information", "of source-routed frames, its own length in it")};

constexpr std::array fddi{
    field<FddiFields, &FddiFields::frame_control>("frame_control", "FC"),
    field<FddiFields, &FddiFields::destination>("destination", "destination address"),
    field<FddiFields, &FddiFields::source>("source", "source address")};

constexpr std::array arcnet{
    field<ArcnetFields, &ArcnetFields::source>("source", "8-bit address"),
    field<ArcnetFields, &ArcnetFields::destination>("destination", "8-bit address; 0 is broadcast"),
    field<ArcnetFields, &ArcnetFields::type>("type", "system code; open: what follows"),
    field<ArcnetFields, &ArcnetFields::split_flag>("split_flag", "of the fragmentation header"),
    field<ArcnetFields, &ArcnetFields::sequence_number>("sequence_number",
                                                        "of the fragmentation header"),
    field<ArcnetFields, &ArcnetFields::is_exception>("exception",
                                                     "the exception form, of short packets"),
    field<ArcnetFields, &ArcnetFields::exception_sequence>("exception_sequence",
                                                           "of the exception form"),
    field<ArcnetFields, &ArcnetFields::exception_type>("exception_type",
                                                       "of the exception form; open: as type")};

constexpr std::array slip{
    field<SlipFields, &SlipFields::direction>("direction", "0 received, 1 sent"),
    field<SlipFields, &SlipFields::kind>("kind",
                                         "compression: 0x4x none, 0x7x not yet, 0x8x and up"),
    filled_octets<SlipFields, &SlipFields::compressed_header, 14>("compressed_header",
                                                                  "as it was on the line")};

constexpr std::array pktap{
    field<PktapFields, &PktapFields::length>("length", "bytes; open: of the header"),
    field<PktapFields, &PktapFields::record_type>("record_type", "1 is a packet"),
    field<PktapFields, &PktapFields::dlt>("dlt", "DLT_ number of the packet; open: what follows"),
    filled_octets<PktapFields, &PktapFields::interface_name, 24>("interface_name",
                                                                 "where it was captured"),
    field<PktapFields, &PktapFields::flags>("flags", "direction and more"),
    field<PktapFields, &PktapFields::protocol_family>("protocol_family", "of the packet"),
    field<PktapFields, &PktapFields::link_header_length>("link_header_length", "bytes"),
    field<PktapFields, &PktapFields::link_trailer_length>("link_trailer_length", "bytes"),
    field<PktapFields, &PktapFields::process_identifier>("process_identifier", "of the owner"),
    filled_octets<PktapFields, &PktapFields::command_name, 20>("command_name", "of the owner"),
    field<PktapFields, &PktapFields::service_class>("service_class", "of the packet"),
    field<PktapFields, &PktapFields::interface_type>("interface_type", "IANA ifType"),
    field<PktapFields, &PktapFields::interface_unit>("interface_unit", "number of the interface"),
    field<PktapFields, &PktapFields::effective_process_identifier>("effective_process_identifier",
                                                                   "of whom the owner acts for"),
    filled_octets<PktapFields, &PktapFields::effective_command_name, 20>(
        "effective_command_name", "of whom the owner acts for"),
    field<PktapFields, &PktapFields::extension, 0xffff>("extension", "what stands behind")};

const std::array formats{
    FieldsFormat{"SLL", "Linux cooked capture (LINKTYPE_LINUX_SLL)", sll, SllFields{}},
    FieldsFormat{"SLL2", "Linux cooked capture, version 2 (LINKTYPE_LINUX_SLL2)", sll2,
                 Sll2Fields{}},
    FieldsFormat{"NFLOG", "netfilter log (LINKTYPE_NFLOG)", nflog, NflogFields{}},
    FieldsFormat{"PPI", "Per-Packet Information", ppi, PpiFields{}},
    FieldsFormat{"Radiotap", "radiotap, before 802.11", radiotap, RadiotapFields{}},
    FieldsFormat{"Prism", "Prism monitor header, before 802.11", prism, PrismFields{}},
    FieldsFormat{"AVS", "AVS header, before 802.11 (LINKTYPE_IEEE802_11_AVS)", avs, AvsFields{}},
    FieldsFormat{"WLAN", "802.11 MAC header (IEEE 802.11-2020 9.2)", wlan, WlanFields{}},
    FieldsFormat{"TokenRing", "Token Ring (IEEE 802.5)", token_ring, TokenRingFields{}},
    FieldsFormat{"FDDI", "FDDI (ISO 9314)", fddi, FddiFields{}},
    FieldsFormat{"ARCNET", "ARCNET (RFC 1201, RFC 1051)", arcnet, ArcnetFields{}},
    FieldsFormat{"SLIP", "SLIP (LINKTYPE_SLIP)", slip, SlipFields{}},
    FieldsFormat{"PKTAP", "Apple packet tap (LINKTYPE_PKTAP)", pktap, PktapFields{}}};

}  // namespace

std::span<const FieldsFormat> capture_formats() noexcept { return formats; }

}  // namespace weir::record
