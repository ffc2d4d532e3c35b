// Names of DNS record types.
#include "weir/wire/dns_type.h"

#include <algorithm>
#include <array>

namespace weir::wire {

std::string_view name(DnsType type) noexcept {
  struct Entry {
    DnsType type;
    std::string_view name;
  };
  static constexpr auto entries = std::to_array<Entry>({
      {DnsType::a, "A"},
      {DnsType::ns, "NS"},
      {DnsType::cname, "CNAME"},
      {DnsType::soa, "SOA"},
      {DnsType::null, "NULL"},
      {DnsType::wks, "WKS"},
      {DnsType::ptr, "PTR"},
      {DnsType::hinfo, "HINFO"},
      {DnsType::mx, "MX"},
      {DnsType::txt, "TXT"},
      {DnsType::rp, "RP"},
      {DnsType::afsdb, "AFSDB"},
      {DnsType::sig, "SIG"},
      {DnsType::key, "KEY"},
      {DnsType::aaaa, "AAAA"},
      {DnsType::loc, "LOC"},
      {DnsType::srv, "SRV"},
      {DnsType::naptr, "NAPTR"},
      {DnsType::kx, "KX"},
      {DnsType::cert, "CERT"},
      {DnsType::dname, "DNAME"},
      {DnsType::opt, "OPT"},
      {DnsType::ds, "DS"},
      {DnsType::sshfp, "SSHFP"},
      {DnsType::rrsig, "RRSIG"},
      {DnsType::nsec, "NSEC"},
      {DnsType::dnskey, "DNSKEY"},
      {DnsType::nsec3, "NSEC3"},
      {DnsType::nsec3param, "NSEC3PARAM"},
      {DnsType::tlsa, "TLSA"},
      {DnsType::cds, "CDS"},
      {DnsType::cdnskey, "CDNSKEY"},
      {DnsType::svcb, "SVCB"},
      {DnsType::https, "HTTPS"},
      {DnsType::spf, "SPF"},
      {DnsType::tkey, "TKEY"},
      {DnsType::tsig, "TSIG"},
      {DnsType::ixfr, "IXFR"},
      {DnsType::axfr, "AXFR"},
      {DnsType::any, "ANY"},
      {DnsType::uri, "URI"},
      {DnsType::caa, "CAA"},
  });
  const auto* const found = std::ranges::find(entries, type, &Entry::type);
  return found == entries.end() ? std::string_view{} : found->name;
}

}  // namespace weir::wire
