// Hardware types as IANA and libpcap number them.
#include "capture/adapter/adapter_types.h"

#include <gtest/gtest.h>
#include <linux/if_arp.h>

namespace weir::capture {
namespace {

void expect(std::uint16_t hardware, const char* kind, std::uint32_t number, LinkType link_type) {
  const AdapterType type = adapter_type(hardware, kind);
  EXPECT_EQ(type.number, number) << hardware << kind;
  EXPECT_EQ(type.link_type, link_type) << hardware << kind;
}

TEST(AdapterTypes, OfCommonHardware) {
  expect(ARPHRD_ETHER, "", 6, LinkType::ethernet);
  expect(ARPHRD_LOOPBACK, "", 24, LinkType::ethernet);
  expect(ARPHRD_NONE, "tun", 131, LinkType::raw);
  expect(ARPHRD_SIT, "sit", 131, LinkType::raw);
  expect(ARPHRD_PPP, "ppp", 23, LinkType::linux_sll);
  expect(ARPHRD_IEEE80211_RADIOTAP, "", 71, LinkType::ieee802_11_radiotap);
}

TEST(AdapterTypes, OfSoftwareThatLooksLikeEthernet) {
  expect(ARPHRD_ETHER, "veth", 6, LinkType::ethernet);
  expect(ARPHRD_ETHER, "bridge", 209, LinkType::ethernet);
  expect(ARPHRD_ETHER, "vlan", 135, LinkType::ethernet);
  expect(ARPHRD_ETHER, "bond", 161, LinkType::ethernet);
}

TEST(AdapterTypes, UnknownHardwareIsCooked) { expect(54321, "", 1, LinkType::linux_sll); }

}  // namespace
}  // namespace weir::capture
