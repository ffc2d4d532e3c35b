// Fields that can be set of the tags between an Ethernet header and its EtherType, but for VLAN's.
#include "record/settable_field.h"

namespace weir::record {
namespace {

using namespace wire;  // NOLINT(google-build-using-namespace): the tables are about its Fields

constexpr std::string_view type_meaning = "EtherType, or an 802.3 length; open: what follows";

constexpr std::array vn_tag{
    field<VnTagFields, &VnTagFields::is_downstream>("downstream", "towards the virtual interface"),
    field<VnTagFields, &VnTagFields::is_multicast>("multicast", "the destination is a list"),
    field<VnTagFields, &VnTagFields::destination_interface, 0x3fff>("destination_interface",
                                                                    "14 bits"),
    field<VnTagFields, &VnTagFields::is_looped>("looped", "must not go back to its source"),
    field<VnTagFields, &VnTagFields::reserved>("reserved", "the bit behind it"),
    field<VnTagFields, &VnTagFields::version, 3>("version", "0"),
    field<VnTagFields, &VnTagFields::source_interface, 0xfff>("source_interface", "12 bits"),
    field<VnTagFields, &VnTagFields::type_or_length>("type_or_length", type_meaning)};

constexpr std::array e_tag{
    field<ETagFields, &ETagFields::priority, 7>("priority", "E-PCP"),
    field<ETagFields, &ETagFields::drop_eligible>("drop_eligible", "E-DEI bit"),
    field<ETagFields, &ETagFields::ingress_channel, 0xfffff>("ingress_channel",
                                                             "ingress E-CID, 20 bits"),
    field<ETagFields, &ETagFields::reserved, 3>("reserved", "the two bits before the group"),
    field<ETagFields, &ETagFields::group, 3>("group", "GRP"),
    field<ETagFields, &ETagFields::channel, 0xfffff>("channel", "E-CID, 20 bits"),
    field<ETagFields, &ETagFields::type_or_length>("type_or_length", type_meaning)};

constexpr std::array r_tag{
    field<RTagFields, &RTagFields::reserved>("reserved", "the first two bytes"),
    field<RTagFields, &RTagFields::sequence_number>("sequence_number", "16 bits"),
    field<RTagFields, &RTagFields::type_or_length>("type_or_length", type_meaning)};

constexpr std::array hsr{
    field<HsrFields, &HsrFields::path, 15>("path", "network and way round"),
    field<HsrFields, &HsrFields::lsdu_size, 0xfff>(
        "lsdu_size", "bytes from the tag on; open: of tag and payload"),
    field<HsrFields, &HsrFields::sequence_number>("sequence_number", "16 bits"),
    field<HsrFields, &HsrFields::type_or_length>("type_or_length", type_meaning)};

constexpr std::array macsec{
    field<MacsecFields, &MacsecFields::version, 1>("version", "0"),
    field<MacsecFields, &MacsecFields::is_end_station>("end_station", "ES bit"),
    field<MacsecFields, &MacsecFields::has_secure_channel>("has_secure_channel",
                                                           "SC bit: secure_channel is written"),
    field<MacsecFields, &MacsecFields::is_single_copy>("single_copy", "SCB bit"),
    field<MacsecFields, &MacsecFields::encryption>("encryption", "E bit"),
    field<MacsecFields, &MacsecFields::changed_text>("changed_text", "C bit"),
    field<MacsecFields, &MacsecFields::association_number, 3>("association_number", "AN"),
    field<MacsecFields, &MacsecFields::reserved, 3>("reserved",
                                                    "the two bits before the short length"),
    field<MacsecFields, &MacsecFields::short_length, 63>(
        "short_length", "bytes of data if below 48, or 0; open: the right one"),
    field<MacsecFields, &MacsecFields::packet_number>("packet_number", "PN"),
    field<MacsecFields, &MacsecFields::secure_channel>("secure_channel", "SCI"),
    field<MacsecFields, &MacsecFields::type_or_length>(
        "type_or_length", "written where neither E nor C is set; open: what follows")};

constexpr std::array cisco_metadata{
    field<CiscoMetadataFields, &CiscoMetadataFields::version>("version", "1"),
    field<CiscoMetadataFields, &CiscoMetadataFields::length>("length", "1"),
    field<CiscoMetadataFields, &CiscoMetadataFields::option_length, 7>("option_length", "3 bits"),
    field<CiscoMetadataFields, &CiscoMetadataFields::option_type, 0x1fff>(
        "option_type", "1 is a security group tag"),
    field<CiscoMetadataFields, &CiscoMetadataFields::security_group>("security_group", "SGT"),
    field<CiscoMetadataFields, &CiscoMetadataFields::type_or_length>("type_or_length",
                                                                     type_meaning)};

constexpr std::array trill{
    field<TrillFields, &TrillFields::version, 3>("version", "0"),
    field<TrillFields, &TrillFields::reserved, 3>("reserved", "the two bits behind it"),
    field<TrillFields, &TrillFields::is_multicast>("multicast", "M bit"),
    field<TrillFields, &TrillFields::options_length, 124, 4>("options_length",
                                                             "bytes; open: of the options"),
    field<TrillFields, &TrillFields::hop_count, 63>("hop_count", "hops left"),
    field<TrillFields, &TrillFields::egress>("egress", "nickname of a routing bridge"),
    field<TrillFields, &TrillFields::ingress>("ingress", "nickname of a routing bridge"),
    field<TrillFields, &TrillFields::options, 124>("options", "as sent, a multiple of four bytes")};

const std::array formats{
    FieldsFormat{"VNTag", "VN-Tag of a port extender", vn_tag, VnTagFields{}},
    FieldsFormat{"ETag", "E-TAG of a port extender (IEEE 802.1BR)", e_tag, ETagFields{}},
    FieldsFormat{"RTag", "redundancy tag (IEEE 802.1CB)", r_tag, RTagFields{}},
    FieldsFormat{"HSR", "High-availability Seamless Redundancy (IEC 62439-3)", hsr, HsrFields{}},
    FieldsFormat{"MACsec", "MACsec security tag (IEEE 802.1AE)", macsec, MacsecFields{}},
    FieldsFormat{"CiscoMetadata", "Cisco MetaData (TrustSec)", cisco_metadata,
                 CiscoMetadataFields{}},
    FieldsFormat{"TRILL", "TRILL (RFC 6325)", trill, TrillFields{}}};

}  // namespace

std::span<const FieldsFormat> tag_formats() noexcept { return formats; }

}  // namespace weir::record
