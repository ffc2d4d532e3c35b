// LinkRules for Ethernet, for IP without anything before it, and for others as they are.
#include "inject/link_rules.h"

#include "weir/wire/ether_type.h"

namespace weir::inject {
namespace {

constexpr std::size_t ethernet_header = 14;
constexpr std::size_t ipv4_header = 20;
constexpr std::size_t ipv6_header = 40;
// An IP datagram of 65,535 bytes behind an Ethernet header with two VLAN tags.
constexpr std::size_t longest_frame = 65'535 + ethernet_header + 8;

}  // namespace

bool LinkRules::takes(LinkType packets) const noexcept {
  if (packets == adapter_) return true;
  return adapter_ == LinkType::raw && (packets == LinkType::ipv4 || packets == LinkType::ipv6);
}

Refusal LinkRules::check_length(std::size_t length) noexcept {
  return length > longest_frame ? Refusal::too_long : Refusal::none;
}

Refusal LinkRules::check(Bytes frame) const noexcept {
  if (const Refusal refusal = check_length(frame.size()); refusal != Refusal::none) return refusal;
  std::size_t shortest = 1;
  if (adapter_ == LinkType::ethernet) shortest = ethernet_header;
  if (adapter_ == LinkType::raw) shortest = ipv4_header;
  if (frame.size() < shortest) return Refusal::too_short;
  if (adapter_ != LinkType::raw) return Refusal::none;
  const std::uint16_t protocol = protocol_of(frame);
  if (protocol == 0) return Refusal::link_type;
  if (protocol == wire::ether_type::ipv6 && frame.size() < ipv6_header) return Refusal::too_short;
  return Refusal::none;
}

std::uint16_t LinkRules::protocol_of(Bytes frame) const noexcept {
  if (adapter_ != LinkType::raw || frame.empty()) return 0;
  switch (frame[0] >> 4U) {
    case 4:
      return wire::ether_type::ipv4;
    case 6:
      return wire::ether_type::ipv6;
    default:
      return 0;
  }
}

}  // namespace weir::inject
