// What nl80211 says, made by hand: machines that run tests have no radio.
#include "capture/adapter/monitor_support.h"

#include <gtest/gtest.h>
#include <linux/genetlink.h>
#include <linux/nl80211.h>

#include "support/netlink_bytes.h"

namespace weir::capture {
namespace {

using test::NetlinkBody;

NetlinkBody radio_with(std::initializer_list<std::uint16_t> modes) {
  NetlinkBody list;
  for (const std::uint16_t mode : modes) list.add(mode, Bytes{});
  NetlinkBody body{genlmsghdr{}};
  body.number(NL80211_ATTR_WIPHY, std::uint32_t{3}).add(NL80211_ATTR_SUPPORTED_IFTYPES, list);
  return body;
}

TEST(MonitorSupport, IsReadFromTheModesOfARadio) {
  auto radio =
      parse_wifi_radio(radio_with({NL80211_IFTYPE_STATION, NL80211_IFTYPE_MONITOR}).bytes());
  ASSERT_TRUE(radio);
  EXPECT_EQ(radio->radio, 3u);
  EXPECT_TRUE(radio->monitor);
  radio = parse_wifi_radio(radio_with({NL80211_IFTYPE_STATION, NL80211_IFTYPE_AP}).bytes());
  ASSERT_TRUE(radio);
  EXPECT_FALSE(radio->monitor);
}

TEST(MonitorSupport, MessagesWithoutModesSayNothing) {
  NetlinkBody body{genlmsghdr{}};
  body.number(NL80211_ATTR_WIPHY, std::uint32_t{3});
  EXPECT_FALSE(parse_wifi_radio(body.bytes()));
}

TEST(MonitorSupport, AnAdapterNamesItsRadio) {
  NetlinkBody body{genlmsghdr{}};
  body.number(NL80211_ATTR_IFINDEX, std::uint32_t{7}).number(NL80211_ATTR_WIPHY, std::uint32_t{3});
  const auto adapter = parse_wifi_adapter(body.bytes());
  ASSERT_TRUE(adapter);
  EXPECT_EQ(adapter->id, 7u);
  EXPECT_EQ(adapter->radio, 3u);
}

TEST(MonitorSupport, RefusesWhatIsCutShort) {
  NetlinkBody adapter{genlmsghdr{}};
  adapter.number(NL80211_ATTR_IFINDEX, std::uint32_t{7})
      .number(NL80211_ATTR_WIPHY, std::uint32_t{3});
  const auto radio = radio_with({NL80211_IFTYPE_MONITOR});
  for (std::size_t size = 0; size < adapter.bytes().size(); ++size) {
    EXPECT_FALSE(parse_wifi_adapter(Bytes{adapter.bytes()}.first(size))) << size;
  }
  for (std::size_t size = 0; size < radio.bytes().size(); ++size) {
    EXPECT_FALSE(parse_wifi_radio(Bytes{radio.bytes()}.first(size))) << size;
  }
}

TEST(MonitorSupport, AsksThisMachineWithoutFailing) { EXPECT_NO_THROW(monitor_support()); }

}  // namespace
}  // namespace weir::capture
