// The numbers of DNS (IANA): types, classes, opcodes, response codes.
#pragma once

#include <cstdint>
#include <string_view>

#include "weir/api.h"

namespace weir::wire {

/// Of resource records; any other value is legal and merely not known here.
enum class DnsType : std::uint16_t {
  a = 1,
  ns = 2,
  cname = 5,
  soa = 6,
  null = 10,
  wks = 11,
  ptr = 12,
  hinfo = 13,
  mx = 15,
  txt = 16,
  rp = 17,
  afsdb = 18,
  sig = 24,
  key = 25,
  aaaa = 28,
  loc = 29,
  srv = 33,
  naptr = 35,
  kx = 36,
  cert = 37,
  dname = 39,
  opt = 41,
  ds = 43,
  sshfp = 44,
  rrsig = 46,
  nsec = 47,
  dnskey = 48,
  nsec3 = 50,
  nsec3param = 51,
  tlsa = 52,
  cds = 59,
  cdnskey = 60,
  svcb = 64,
  https = 65,
  spf = 99,
  tkey = 249,
  tsig = 250,
  ixfr = 251,
  axfr = 252,
  any = 255,
  uri = 256,
  caa = 257,
};

/// "A", "AAAA", "CNAME", ...; empty when the number has no name here.
[[nodiscard]] WEIR_API std::string_view name(DnsType type) noexcept;

/// Four bits; RFC 1035 4.1.1 and IANA.
enum class DnsOpcode : std::uint8_t {
  query = 0,
  inverse_query = 1,
  status = 2,
  notify = 4,
  update = 5
};

/// Of the header, four bits; an OPT record makes it twelve.
enum class DnsResponseCode : std::uint16_t {
  no_error = 0,
  format_error = 1,
  server_failure = 2,
  no_such_domain = 3,
  not_implemented = 4,
  refused = 5,
  name_exists = 6,
  set_exists = 7,
  no_such_set = 8,
  not_authoritative = 9,
  not_in_zone = 10,
  bad_version = 16,
};

namespace dns_class {
inline constexpr std::uint16_t internet = 1;
inline constexpr std::uint16_t chaos = 3;
inline constexpr std::uint16_t hesiod = 4;
inline constexpr std::uint16_t none = 254;
inline constexpr std::uint16_t any = 255;
}  // namespace dns_class

}  // namespace weir::wire
