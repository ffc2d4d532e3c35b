// The table.
#include "capture/link_layer.h"

#include <linux/if_arp.h>

namespace weir::capture {

std::optional<LinkLayer> link_layer(std::uint16_t hardware_type) noexcept {
  using Kind = sys::PacketSocket::Kind;
  switch (hardware_type) {
    case ARPHRD_ETHER:
    case ARPHRD_METRICOM:
    case ARPHRD_LOOPBACK:
      return LinkLayer{LinkType::ethernet, Kind::raw};
    case ARPHRD_IEEE80211:
      return LinkLayer{LinkType::ieee802_11, Kind::raw};
    case ARPHRD_IEEE80211_PRISM:
      return LinkLayer{LinkType::ieee802_11_prism, Kind::raw};
    case ARPHRD_IEEE80211_RADIOTAP:
      return LinkLayer{LinkType::ieee802_11_radiotap, Kind::raw};
    // IP packets and nothing before them.
    case ARPHRD_NONE:
    case ARPHRD_RAWIP:
    case ARPHRD_TUNNEL:
    case ARPHRD_TUNNEL6:
    case ARPHRD_SIT:
      return LinkLayer{LinkType::raw, Kind::raw};
    case ARPHRD_CAN:
    case ARPHRD_NETLINK:
    case ARPHRD_VSOCKMON:
      return std::nullopt;
    default:
      return LinkLayer{};
  }
}

}  // namespace weir::capture
