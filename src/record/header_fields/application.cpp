// Fields that can be set of headers of DNS, DHCP, NetFlow and TLS.
#include "record/settable_field.h"

namespace weir::record {
namespace {

using namespace wire;  // NOLINT(google-build-using-namespace): the tables are about its Fields

constexpr std::array dns{
    field<DnsFields, &DnsFields::id>("id", "message identifier"),
    field<DnsFields, &DnsFields::is_response>("response", "QR bit"),
    field<DnsFields, &DnsFields::opcode, 15>("opcode", "0 query, 4 notify, 5 update"),
    field<DnsFields, &DnsFields::authoritative_answer>("authoritative_answer", "AA bit"),
    field<DnsFields, &DnsFields::truncated>("truncated", "TC bit"),
    field<DnsFields, &DnsFields::recursion_desired>("recursion_desired", "RD bit"),
    field<DnsFields, &DnsFields::recursion_available>("recursion_available", "RA bit"),
    field<DnsFields, &DnsFields::reserved>("reserved", "Z bit"),
    field<DnsFields, &DnsFields::authentic_data>("authentic_data", "AD bit"),
    field<DnsFields, &DnsFields::checking_disabled>("checking_disabled", "CD bit"),
    field<DnsFields, &DnsFields::response_code, 15>("response_code",
                                                    "RCODE; 0 no error, 3 no such domain"),
    field<DnsFields, &DnsFields::question_count>("question_count", "QDCOUNT; open: 0"),
    field<DnsFields, &DnsFields::answer_count>("answer_count", "ANCOUNT; open: 0"),
    field<DnsFields, &DnsFields::authority_count>("authority_count", "NSCOUNT; open: 0"),
    field<DnsFields, &DnsFields::additional_count>("additional_count", "ARCOUNT; open: 0")};

constexpr std::array dhcp{
    field<DhcpFields, &DhcpFields::op>("op", "1 request, 2 reply"),
    field<DhcpFields, &DhcpFields::htype>("htype", "ARP's hardware type; 1 is Ethernet"),
    field<DhcpFields, &DhcpFields::hlen>("hlen", "bytes of the hardware address"),
    field<DhcpFields, &DhcpFields::hops>("hops", "relay agents on the way"),
    field<DhcpFields, &DhcpFields::xid>("xid", "transaction identifier"),
    field<DhcpFields, &DhcpFields::secs>("secs", "seconds since the client began"),
    field<DhcpFields, &DhcpFields::flags>("flags", "0x8000: answer by broadcast"),
    field<DhcpFields, &DhcpFields::ciaddr>("ciaddr", "address the client has"),
    field<DhcpFields, &DhcpFields::yiaddr>("yiaddr", "address the client is given"),
    field<DhcpFields, &DhcpFields::siaddr>("siaddr", "next server"),
    field<DhcpFields, &DhcpFields::giaddr>("giaddr", "relay agent"),
    filled_octets<DhcpFields, &DhcpFields::chaddr, 16, &DhcpFields::hlen>(
        "chaddr", "hardware address of the client"),
    filled_octets<DhcpFields, &DhcpFields::sname, 64>("sname", "name of the server"),
    filled_octets<DhcpFields, &DhcpFields::file, 128>("file", "boot file"),
    field<DhcpFields, &DhcpFields::vendor, 0xffff>("vendor",
                                                   "the magic cookie and options, as sent")};

constexpr std::array netflow{
    field<NetflowFields, &NetflowFields::version>("version", "1, 5, 7 or 9"),
    field<NetflowFields, &NetflowFields::count>("count",
                                                "records; open: of what follows, 0 in version 9"),
    field<NetflowFields, &NetflowFields::sys_uptime>("sys_uptime",
                                                     "milliseconds since the exporter booted"),
    field<NetflowFields, &NetflowFields::unix_secs>("unix_secs", "when it was sent"),
    field<NetflowFields, &NetflowFields::unix_nanoseconds>("unix_nanoseconds", "not in version 9"),
    field<NetflowFields, &NetflowFields::flow_sequence>(
        "flow_sequence", "flows sent before, in version 9 packets; not in version 1"),
    field<NetflowFields, &NetflowFields::engine_type>("engine_type", "of version 5"),
    field<NetflowFields, &NetflowFields::engine_id>("engine_id", "of version 5"),
    field<NetflowFields, &NetflowFields::sampling_mode, 3>("sampling_mode", "of version 5; 0 none"),
    field<NetflowFields, &NetflowFields::sampling_interval, 0x3fff>(
        "sampling_interval", "of version 5; one packet of so many"),
    field<NetflowFields, &NetflowFields::reserved>("reserved", "of version 7"),
    field<NetflowFields, &NetflowFields::source_id>("source_id", "of version 9")};

constexpr std::array tls{
    field<TlsRecordFields, &TlsRecordFields::content_type>(
        "content_type", "20 change cipher spec, 21 alert, 22 handshake, 23 data"),
    field<TlsRecordFields, &TlsRecordFields::legacy_record_version>("legacy_record_version",
                                                                    "0x0303 for TLS 1.2 and later"),
    field<TlsRecordFields, &TlsRecordFields::length>(
        "length", "bytes of the fragment; open: of what follows")};

const std::array formats{
    FieldsFormat{"DNS", "Domain Name System (RFC 1035)", dns, DnsFields{}},
    FieldsFormat{"DHCP", "DHCP (RFC 2131) and BOOTP (RFC 951)", dhcp, DhcpFields{}},
    FieldsFormat{"NetFlow", "NetFlow versions 1, 5, 7 and 9 (RFC 3954)", netflow, NetflowFields{}},
    FieldsFormat{"TLS", "Transport Layer Security record (RFC 8446)", tls, TlsRecordFields{}}};

}  // namespace

std::span<const FieldsFormat> application_formats() noexcept { return formats; }

}  // namespace weir::record
