// Constants of DNS in steelscript.packets, by their published names.
#pragma once

#include <cstdint>

#include "weir/api.h"

namespace weir::compat::steelscript {

/// Numbers of DNS.
struct DNS_CONST {
  /// Types of records.
  static constexpr std::uint16_t DNSTYPE_ANY = 0;
  static constexpr std::uint16_t DNSTYPE_A = 1;
  static constexpr std::uint16_t DNSTYPE_NS = 2;
  static constexpr std::uint16_t DNSTYPE_CNAME = 5;
  static constexpr std::uint16_t DNSTYPE_SOA = 6;
  static constexpr std::uint16_t DNSTYPE_WKS = 11;
  static constexpr std::uint16_t DNSTYPE_PTR = 12;
  static constexpr std::uint16_t DNSTYPE_HINFO = 13;
  static constexpr std::uint16_t DNSTYPE_MX = 15;
  static constexpr std::uint16_t DNSTYPE_TXT = 16;
  static constexpr std::uint16_t DNSTYPE_SIG = 24;
  static constexpr std::uint16_t DNSTYPE_KEY = 25;
  static constexpr std::uint16_t DNSTYPE_GPOS = 27;
  static constexpr std::uint16_t DNSTYPE_AAAA = 28;
  static constexpr std::uint16_t DNSTYPE_LOC = 29;
  static constexpr std::uint16_t DNSTYPE_EID = 31;
  static constexpr std::uint16_t DNSTYPE_SRV = 33;
  static constexpr std::uint16_t DNSTYPE_KX = 36;
  static constexpr std::uint16_t DNSTYPE_CERT = 37;
  static constexpr std::uint16_t DNSTYPE_OPT = 41;
  static constexpr std::uint16_t DNSTYPE_RRSIG = 46;
  static constexpr std::uint16_t DNSTYPE_NSEC = 47;
  static constexpr std::uint16_t DNSTYPE_DNSKEY = 48;
  static constexpr std::uint16_t DNSTYPE_DHCID = 49;
  static constexpr std::uint16_t DNSTYPE_NSEC3 = 50;
  static constexpr std::uint16_t DNSTYPE_NSEC3PARAM = 51;
  static constexpr std::uint16_t DNSTYPE_IXFR = 251;
  static constexpr std::uint16_t DNSTYPE_AXFR = 252;
  static constexpr std::uint16_t DNSTYPE_ALL = 255;
  static constexpr std::uint16_t DNSTYPE_RESERVED = 65535;
  /// Operations.
  static constexpr std::uint16_t OPTCODE_QUERY = 0;
  static constexpr std::uint16_t OPTCODE_STATUS = 2;
  static constexpr std::uint16_t OPTCODE_NOTIFY = 4;
  static constexpr std::uint16_t OPTCODE_UPDATE = 5;
  /// Response codes.
  static constexpr std::uint16_t RCODE_NOERROR = 0;
  static constexpr std::uint16_t RCODE_FORMERR = 1;
  static constexpr std::uint16_t RCODE_SERVFAIL = 2;
  static constexpr std::uint16_t RCODE_NXDOMAIN = 3;
  static constexpr std::uint16_t RCODE_NOTIMP = 4;
  static constexpr std::uint16_t RCODE_REFUSED = 5;
  static constexpr std::uint16_t RCODE_YXDOMAIN = 6;
  static constexpr std::uint16_t RCODE_YXRRSET = 7;
  static constexpr std::uint16_t RCODE_NXRRSET = 8;
  static constexpr std::uint16_t RCODE_NOTAUTH = 9;
  static constexpr std::uint16_t RCODE_NOTZONE = 10;
  /// Classes.
  static constexpr std::uint16_t RCLASS_IN = 1;
  static constexpr std::uint16_t RCLASS_NONE = 254;
  static constexpr std::uint16_t RCLASS_ANY = 255;
};

}  // namespace weir::compat::steelscript
