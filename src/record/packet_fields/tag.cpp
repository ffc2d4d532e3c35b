// Fields of the tags that may stand between an Ethernet header and its EtherType, but for VLAN's.
#include "record/packet_fields.h"
#include "weir/wire/cisco_metadata.h"
#include "weir/wire/e_tag.h"
#include "weir/wire/hsr.h"
#include "weir/wire/macsec.h"
#include "weir/wire/r_tag.h"
#include "weir/wire/trill.h"
#include "weir/wire/vn_tag.h"

namespace weir::record {
namespace {

using namespace wire;  // NOLINT(google-build-using-namespace): the tables are about its views

constexpr std::string_view type_meaning = "EtherType, or an 802.3 length up to 1500";

constexpr std::array vn_tag{
    of<VnTagView, &VnTagView::is_downstream>("downstream", "towards the virtual interface"),
    of<VnTagView, &VnTagView::is_multicast>("multicast", "the destination is a list"),
    of<VnTagView, &VnTagView::destination_interface>("destination_interface", "14 bits"),
    of<VnTagView, &VnTagView::is_looped>("looped", "must not go back to its source"),
    of<VnTagView, &VnTagView::version>("version", "0"),
    of<VnTagView, &VnTagView::source_interface>("source_interface", "12 bits"),
    of<VnTagView, &VnTagView::type_or_length>("type_or_length", type_meaning)};

constexpr std::array e_tag{
    of<ETagView, &ETagView::priority>("priority", "E-PCP, 0 to 7"),
    of<ETagView, &ETagView::drop_eligible>("drop_eligible", "E-DEI bit"),
    of<ETagView, &ETagView::ingress_channel>("ingress_channel", "ingress E-CID, 20 bits"),
    of<ETagView, &ETagView::group>("group", "GRP, 2 bits"),
    of<ETagView, &ETagView::channel>("channel", "E-CID, 20 bits"),
    of<ETagView, &ETagView::type_or_length>("type_or_length", type_meaning)};

constexpr std::array r_tag{of<RTagView, &RTagView::sequence_number>("sequence_number", "16 bits"),
                           of<RTagView, &RTagView::type_or_length>("type_or_length", type_meaning)};

constexpr std::array hsr{
    of<HsrView, &HsrView::path>("path", "network and way round, 4 bits"),
    of<HsrView, &HsrView::lsdu_size>("lsdu_size", "bytes from the tag on, 12 bits"),
    of<HsrView, &HsrView::sequence_number>("sequence_number", "16 bits"),
    of<HsrView, &HsrView::type_or_length>("type_or_length", type_meaning)};

constexpr std::array macsec{
    of<MacsecView, &MacsecView::is_end_station>("end_station", "ES bit"),
    of<MacsecView, &MacsecView::is_single_copy>("single_copy", "SCB bit"),
    of<MacsecView, &MacsecView::is_encrypted>("encrypted", "E or C bit"),
    of<MacsecView, &MacsecView::association_number>("association_number", "AN, 2 bits"),
    of<MacsecView, &MacsecView::short_length>("short_length", "bytes of data if below 48, or 0"),
    of<MacsecView, &MacsecView::packet_number>("packet_number", "PN"),
    of_if<MacsecView, &MacsecView::secure_channel, &MacsecView::has_secure_channel>(
        "secure_channel", "SCI, where present"),
    of<MacsecView, &MacsecView::type_or_length>("type_or_length",
                                                "of the data; 0 where it is encrypted")};

constexpr std::array cisco_metadata{
    of<CiscoMetadataView, &CiscoMetadataView::version>("version", "1"),
    of<CiscoMetadataView, &CiscoMetadataView::length>("length", "1"),
    of<CiscoMetadataView, &CiscoMetadataView::option_type>("option_type",
                                                           "1 is a security group tag"),
    of<CiscoMetadataView, &CiscoMetadataView::security_group>("security_group", "SGT"),
    of<CiscoMetadataView, &CiscoMetadataView::type_or_length>("type_or_length", type_meaning)};

constexpr std::array trill{
    of<TrillView, &TrillView::version>("version", "0"),
    of<TrillView, &TrillView::is_multicast>("multicast", "M bit"),
    of<TrillView, &TrillView::hop_count>("hop_count", "6 bits"),
    of<TrillView, &TrillView::egress>("egress", "nickname of a routing bridge"),
    of<TrillView, &TrillView::ingress>("ingress", "nickname of a routing bridge"),
    of<TrillView, &TrillView::options>("options", "as sent")};

constexpr std::array tables{
    entry<VnTagView, vn_tag>(Protocol::vn_tag, "VN-Tag of a port extender"),
    entry<ETagView, e_tag>(Protocol::e_tag, "E-TAG of a port extender (IEEE 802.1BR)"),
    entry<RTagView, r_tag>(Protocol::r_tag, "redundancy tag (IEEE 802.1CB)"),
    entry<HsrView, hsr>(Protocol::hsr, "High-availability Seamless Redundancy (IEC 62439-3)"),
    entry<MacsecView, macsec>(Protocol::macsec, "MACsec security tag (IEEE 802.1AE)"),
    entry<CiscoMetadataView, cisco_metadata>(Protocol::cisco_metadata, "Cisco MetaData (TrustSec)"),
    entry<TrillView, trill>(Protocol::trill, "TRILL (RFC 6325)")};

}  // namespace

std::span<const ProtocolFields> tag_fields() noexcept { return tables; }

}  // namespace weir::record
