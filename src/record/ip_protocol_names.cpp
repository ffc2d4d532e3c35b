// Names of IP protocol numbers (IANA "Assigned Internet Protocol Numbers").
#include "record/ip_protocol_names.h"

#include <array>

namespace weir::record {
namespace {

constexpr auto names = [] {
  std::array<std::string_view, 256> table{};
  table[0] = "hopopts";
  table[1] = "icmp";
  table[2] = "igmp";
  table[3] = "ggp";
  table[4] = "ipip";
  table[6] = "tcp";
  table[8] = "egp";
  table[9] = "igp";
  table[12] = "pup";
  table[17] = "udp";
  table[22] = "idp";
  table[27] = "rdp";
  table[33] = "dccp";
  table[41] = "ipv6";
  table[43] = "routing";
  table[44] = "fragment";
  table[46] = "rsvp";
  table[47] = "gre";
  table[50] = "esp";
  table[51] = "ah";
  table[55] = "mobile";
  table[58] = "icmpv6";
  table[59] = "nonxt";
  table[60] = "dstopts";
  table[80] = "isoip";
  table[88] = "eigrp";
  table[89] = "ospf";
  table[94] = "ip-ip";
  table[97] = "etherip";
  table[98] = "encap";
  table[103] = "pim";
  table[108] = "ipcomp";
  table[112] = "vrrp";
  table[115] = "l2tp";
  table[124] = "isis";
  table[132] = "sctp";
  table[133] = "fc";
  table[135] = "mipv6";
  table[136] = "udplite";
  table[137] = "mpls";
  table[138] = "manet";
  table[139] = "hip";
  table[140] = "shim6";
  table[143] = "ethernet";
  return table;
}();

}  // namespace

std::string_view ip_protocol_name(std::uint8_t protocol) noexcept { return names[protocol]; }

}  // namespace weir::record
