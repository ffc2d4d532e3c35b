// Fields of tunnels.
#include "record/packet_fields.h"
#include "weir/wire/erspan.h"
#include "weir/wire/ether_ip.h"
#include "weir/wire/geneve.h"
#include "weir/wire/gre.h"
#include "weir/wire/gtp.h"
#include "weir/wire/l2tp.h"
#include "weir/wire/nsh.h"
#include "weir/wire/teredo.h"
#include "weir/wire/vxlan.h"

namespace weir::record {
namespace {

using namespace wire;  // NOLINT(google-build-using-namespace): the tables are about its views

constexpr std::array gre{
    of<GreView, &GreView::version>("version", "0, or 1 (RFC 2637)"),
    of<GreView, &GreView::protocol>("protocol", "EtherType"),
    of_if<GreView, &GreView::checksum, &GreView::has_checksum>("checksum", "where present"),
    of_if<GreView, &GreView::key, &GreView::has_key>("key", "where present (RFC 2890)"),
    of_if<GreView, &GreView::sequence_number, &GreView::has_sequence_number>(
        "sequence_number", "where present (RFC 2890)"),
    of_if<GreView, &GreView::acknowledgment_number, &GreView::has_acknowledgment>(
        "acknowledgment_number", "where present, in version 1")};

constexpr std::array erspan{
    of<ErspanView, &ErspanView::version>("version", "1 for type II, 2 for type III"),
    of<ErspanView, &ErspanView::vlan>("vlan", "12 bits"),
    of<ErspanView, &ErspanView::class_of_service>("class_of_service", "3 bits"),
    of<ErspanView, &ErspanView::is_truncated>("truncated", "cut before it was mirrored"),
    of<ErspanView, &ErspanView::session_identifier>("session_identifier", "10 bits"),
    of<ErspanView, &ErspanView::index>("index", "of type II, otherwise 0"),
    of<ErspanView, &ErspanView::timestamp>("timestamp", "of type III, otherwise 0")};

constexpr std::array vxlan{
    of<VxlanView, &VxlanView::flags>("flags", "bit 3: the identifier is valid"),
    of<VxlanView, &VxlanView::identifier>("identifier", "VNI, 24 bits"),
    of_if<VxlanView, &VxlanView::next_protocol, &VxlanView::has_next_protocol>(
        "next_protocol", "of VXLAN-GPE: 1 IPv4, 2 IPv6, 3 Ethernet, 4 NSH, 5 MPLS")};

constexpr std::array geneve{
    of<GeneveView, &GeneveView::version>("version", "0"),
    of<GeneveView, &GeneveView::is_control>("control", "O bit"),
    of<GeneveView, &GeneveView::has_critical_options>("critical_options", "C bit"),
    of<GeneveView, &GeneveView::protocol>("protocol", "EtherType"),
    of<GeneveView, &GeneveView::identifier>("identifier", "VNI, 24 bits"),
    of<GeneveView, &GeneveView::options>("options", "as sent")};

constexpr std::array gtp{
    of<GtpView, &GtpView::version>("version", "1"),
    of<GtpView, &GtpView::message_type>("message_type", "255 is a user packet"),
    of<GtpView, &GtpView::length>("length", "bytes behind the first eight"),
    of<GtpView, &GtpView::tunnel_endpoint_identifier>("tunnel_endpoint_identifier", "TEID"),
    of_if<GtpView, &GtpView::sequence_number, &GtpView::has_sequence_number>("sequence_number",
                                                                             "where present"),
    of_if<GtpView, &GtpView::n_pdu_number, &GtpView::has_n_pdu_number>("n_pdu_number",
                                                                       "where present"),
    of_if<GtpView, &GtpView::next_extension, &GtpView::has_extension>(
        "next_extension", "type of the first extension header, where present")};

constexpr std::array teredo{
    of_if<TeredoView, &TeredoView::client_identifier, &TeredoView::has_authentication>(
        "client_identifier", "of the authentication indication"),
    of_if<TeredoView, &TeredoView::authentication_value, &TeredoView::has_authentication>(
        "authentication_value", "of the authentication indication"),
    of_if<TeredoView, &TeredoView::nonce, &TeredoView::has_authentication>(
        "nonce", "of the authentication indication"),
    of_if<TeredoView, &TeredoView::confirmation, &TeredoView::has_authentication>(
        "confirmation", "of the authentication indication"),
    of_if<TeredoView, &TeredoView::obfuscated_port, &TeredoView::has_origin>(
        "obfuscated_port", "of the origin indication: every bit inverted"),
    of_if<TeredoView, &TeredoView::obfuscated_address, &TeredoView::has_origin>(
        "obfuscated_address", "of the origin indication: every bit inverted")};

constexpr std::array l2tp{
    of<L2tpView, &L2tpView::version>("version", "2"),
    of<L2tpView, &L2tpView::is_control>("control", "T bit"),
    of_if<L2tpView, &L2tpView::length, &L2tpView::has_length>("length", "where present"),
    of<L2tpView, &L2tpView::tunnel_identifier>("tunnel_identifier", "tunnel ID"),
    of<L2tpView, &L2tpView::session_identifier>("session_identifier", "session ID"),
    of_if<L2tpView, &L2tpView::ns, &L2tpView::has_sequence>("ns", "where present"),
    of_if<L2tpView, &L2tpView::nr, &L2tpView::has_sequence>("nr", "where present"),
    of_if<L2tpView, &L2tpView::offset_size, &L2tpView::has_offset>("offset_size", "where present")};

constexpr std::array ether_ip{of<EtherIpView, &EtherIpView::version>("version", "3")};

constexpr std::array nsh{
    of<NshView, &NshView::version>("version", "0"),
    of<NshView, &NshView::is_oam>("oam", "O bit"),
    of<NshView, &NshView::ttl>("ttl", "6 bits"),
    of<NshView, &NshView::md_type>("md_type", "1 fixed, 2 variable"),
    of<NshView, &NshView::next_protocol>("next_protocol",
                                         "1 IPv4, 2 IPv6, 3 Ethernet, 4 NSH, 5 MPLS"),
    of<NshView, &NshView::service_path_identifier>("service_path_identifier", "SPI, 24 bits"),
    of<NshView, &NshView::service_index>("service_index", "SI"),
    of<NshView, &NshView::context>("context", "context headers")};

constexpr std::array tables{
    entry<NshView, nsh>(Protocol::nsh, "Network Service Header (RFC 8300)"),
    entry<GreView, gre>(Protocol::gre, "Generic Routing Encapsulation (RFC 2784)"),
    entry<ErspanView, erspan>(Protocol::erspan, "mirrored frames in GRE"),
    entry<VxlanView, vxlan>(Protocol::vxlan, "VXLAN (RFC 7348) and VXLAN-GPE"),
    entry<GeneveView, geneve>(Protocol::geneve, "Geneve (RFC 8926)"),
    entry<GtpView, gtp>(Protocol::gtp, "GPRS Tunnelling Protocol (3GPP TS 29.281, TS 29.060)"),
    entry<TeredoView, teredo>(Protocol::teredo, "Teredo (RFC 4380)"),
    entry<L2tpView, l2tp>(Protocol::l2tp, "L2TP version 2 (RFC 2661)"),
    entry<EtherIpView, ether_ip>(Protocol::ether_ip, "Ethernet in IP (RFC 3378)")};

}  // namespace

std::span<const ProtocolFields> tunnel_fields() noexcept { return tables; }

}  // namespace weir::record
