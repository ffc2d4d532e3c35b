// The table of hardware types (linux/if_arp.h, IANA ifType-MIB, libpcap's link types).
#include "capture/adapter/adapter_types.h"

#include <linux/if_arp.h>

#include <algorithm>
#include <iterator>

namespace weir::capture {
namespace {

struct Hardware {
  std::uint16_t number;
  AdapterType type;
};

constexpr auto ip_over_firewire = static_cast<LinkType>(138);
constexpr auto netlink = static_cast<LinkType>(253);

constexpr Hardware hardware[] = {
    {ARPHRD_ETHER, {if_type::ethernet, LinkType::ethernet}},
    {ARPHRD_LOOPBACK, {24, LinkType::ethernet}},
    {ARPHRD_METRICOM, {if_type::other, LinkType::ethernet}},
    {ARPHRD_IEEE802, {9, LinkType::token_ring}},
    {ARPHRD_IEEE802_TR, {9, LinkType::token_ring}},
    {ARPHRD_ARCNET, {35, LinkType::arcnet_linux}},
    {ARPHRD_FDDI, {15, LinkType::fddi}},
    {ARPHRD_ATM, {37, LinkType::linux_sll}},
    {ARPHRD_IEEE80211, {if_type::ieee80211, LinkType::ieee802_11}},
    {ARPHRD_IEEE80211_PRISM, {if_type::ieee80211, LinkType::ieee802_11_prism}},
    {ARPHRD_IEEE80211_RADIOTAP, {if_type::ieee80211, LinkType::ieee802_11_radiotap}},
    {ARPHRD_IEEE802154, {259, LinkType::ieee802_15_4_no_fcs}},
    {ARPHRD_IEEE1394, {144, ip_over_firewire}},
    {ARPHRD_INFINIBAND, {199, LinkType::linux_sll}},
    {ARPHRD_PPP, {23, LinkType::linux_sll}},
    {ARPHRD_CISCO, {118, LinkType::c_hdlc}},
    {ARPHRD_RAWHDLC, {118, LinkType::raw}},
    {ARPHRD_DLCI, {32, LinkType::raw}},
    {ARPHRD_FRAD, {32, LinkType::frame_relay}},
    {ARPHRD_SLIP, {28, LinkType::raw}},
    {ARPHRD_CSLIP, {28, LinkType::raw}},
    {ARPHRD_SLIP6, {28, LinkType::raw}},
    {ARPHRD_CSLIP6, {28, LinkType::raw}},
    {ARPHRD_ADAPT, {28, LinkType::raw}},
    {ARPHRD_TUNNEL, {if_type::tunnel, LinkType::raw}},
    {ARPHRD_TUNNEL6, {if_type::tunnel, LinkType::raw}},
    {ARPHRD_SIT, {if_type::tunnel, LinkType::raw}},
    {ARPHRD_IPGRE, {if_type::tunnel, LinkType::linux_sll}},
    {ARPHRD_IP6GRE, {if_type::tunnel, LinkType::linux_sll}},
    {ARPHRD_NONE, {if_type::tunnel, LinkType::raw}},
    {ARPHRD_RAWIP, {53, LinkType::raw}},
    {ARPHRD_NETLINK, {if_type::other, netlink}},
};

struct Kind {
  std::string_view name;
  std::uint32_t number;
};

/// Software adapters that look like Ethernet.
constexpr Kind kinds[] = {{"bridge", 209}, {"vlan", 135}, {"bond", 161}, {"team", 161}};

}  // namespace

AdapterType adapter_type(std::uint16_t hardware_type, std::string_view kind) noexcept {
  const auto* row = std::ranges::find(hardware, hardware_type, &Hardware::number);
  AdapterType type = row != std::end(hardware) ? row->type : AdapterType{};
  const auto* software = std::ranges::find(kinds, kind, &Kind::name);
  if (software != std::end(kinds)) type.number = software->number;
  return type;
}

}  // namespace weir::capture
