// Names of protocols (tshark's filter names) and of the reasons decode() stops.
#include "weir/wire/protocol.h"

#include <array>

#include "weir/wire/layers.h"

namespace weir::wire {
namespace {

// In the order of the enumeration: the assertion below counts them.
constexpr auto protocol_names = std::to_array<std::string_view>({
    "eth",          "llc",          "snap",       "sll",          "null",
    "raw",          "ppp",          "chdlc",      "fr",           "nflog",
    "ppi",          "radiotap",     "prism",      "wlan",         "tr",
    "fddi",         "arcnet",       "slip",       "mtp2",         "wpan",
    "pktap",        "ipoib",        "vlan",       "ieee8021ad",   "ieee8021ah",
    "vntag",        "etag",         "ieee8021cb", "hsr",          "hsr_prp_supervision",
    "macsec",       "cmd",          "trill",      "mpls",         "pppoed",
    "pppoes",       "nsh",          "arp",        "eapol",        "stp",
    "lldp",         "ip",           "ipv6",       "ipv6.hopopts", "ipv6.routing",
    "ipv6.fraghdr", "ipv6.dstopts", "mipv6",      "shim6",        "ah",
    "esp",          "ipcomp",       "tcp",        "udp",          "udplite",
    "sctp",         "dccp",         "icmp",       "icmpv6",       "igmp",
    "ospf",         "pim",          "vrrp",       "eigrp",        "gre",
    "erspan",       "vxlan",        "geneve",     "gtp",          "teredo",
    "l2tp",         "etherip",      "dns",        "tls",
});
static_assert(protocol_names.size() == protocol_count);

}  // namespace

std::string_view name(Protocol protocol) noexcept {
  const auto index = static_cast<std::size_t>(protocol);
  return index < protocol_names.size() ? protocol_names[index] : std::string_view{};
}

std::optional<Protocol> protocol_by_name(std::string_view text) noexcept {
  for (std::size_t index = 0; index < protocol_names.size(); ++index) {
    if (protocol_names[index] == text) return static_cast<Protocol>(index);
  }
  return std::nullopt;
}

const char* name(StopReason reason) noexcept {
  switch (reason) {
    case StopReason::payload:
      return "payload";
    case StopReason::unknown_link_type:
      return "unknown_link_type";
    case StopReason::unknown_protocol:
      return "unknown_protocol";
    case StopReason::later_fragment:
      return "later_fragment";
    case StopReason::snapped:
      return "snapped";
    case StopReason::truncated:
      return "truncated";
    case StopReason::bad_version:
      return "bad_version";
    case StopReason::bad_header_length:
      return "bad_header_length";
    case StopReason::bad_length:
      return "bad_length";
    case StopReason::bad_field:
      return "bad_field";
    case StopReason::encrypted:
      return "encrypted";
    case StopReason::nesting_limit:
      return "nesting_limit";
  }
  return "";
}

}  // namespace weir::wire
