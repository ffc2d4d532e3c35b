// IPMonitor where nothing is monitored: properties, their ranges, the list of adapters.
#include "weir/compat/ip_monitor.h"

#include <gtest/gtest.h>

#include <set>

#include "weir/capture/adapter.h"

namespace weir::compat {
namespace {

TEST(IpMonitor, StartsWithItsDefaults) {
  // A-8 A-12 A-13 A-15 A-16
  IPMonitor monitor;
  EXPECT_FALSE(monitor.get_active());
  EXPECT_EQ(monitor.get_direction(), IPMonitor::PACKET_DIRECTION_ANY);
  EXPECT_EQ(monitor.get_filter(), "");
  EXPECT_EQ(monitor.get_operation_mode(), IPMonitor::PCAP_MODE_CAPT);
  EXPECT_EQ(monitor.get_tag(), 0);
  EXPECT_FALSE(monitor.on_packet || monitor.on_statistics || monitor.on_error);
  monitor.do_events();
  monitor.deactivate();
}

TEST(IpMonitor, KeepsWhatIsSet) {
  // A-12 A-13 A-15 A-16
  IPMonitor monitor;
  monitor.set_direction(IPMonitor::PACKET_DIRECTION_OUTGOING);
  monitor.set_filter("udp port 53");
  monitor.set_operation_mode(IPMonitor::PCAP_MODE_STAT);
  monitor.set_tag(std::int64_t{1} << 40);
  EXPECT_EQ(monitor.get_direction(), IPMonitor::PACKET_DIRECTION_OUTGOING);
  EXPECT_EQ(monitor.get_filter(), "udp port 53");
  EXPECT_EQ(monitor.get_operation_mode(), IPMonitor::PCAP_MODE_STAT);
  EXPECT_EQ(monitor.get_tag(), std::int64_t{1} << 40);
}

TEST(IpMonitor, RefusesWhatIsOutOfRangeAndKeepsWhatWas) {
  // A-12 A-13 A-15 A-60
  IPMonitor monitor;
  for (const int direction : {-1, 3}) EXPECT_THROW(monitor.set_direction(direction), Error);
  for (const int mode : {-1, 2}) EXPECT_THROW(monitor.set_operation_mode(mode), Error);
  monitor.set_filter("tcp");
  EXPECT_THROW(monitor.set_filter("no such words"), FilterError);
  EXPECT_EQ(monitor.get_direction(), 0);
  EXPECT_EQ(monitor.get_operation_mode(), 0);
  EXPECT_EQ(monitor.get_filter(), "tcp");
}

TEST(IpMonitor, ListsAdaptersWithoutRights) {
  // A-9 A-10 A-11 A-30
  IPMonitor monitor;
  EXPECT_EQ(monitor.get_adapter_count(), 0);
  monitor.list_adapters();
  const auto known = capture::adapters();
  ASSERT_EQ(static_cast<std::size_t>(monitor.get_adapter_count()), known.size());
  std::multiset<std::string> expected;
  std::multiset<std::string> listed;
  for (int i = 0; i < monitor.get_adapter_count(); ++i) {
    const capture::Adapter& adapter = known[static_cast<std::size_t>(i)];
    expected.insert(adapter.name + " " + adapter.description);
    listed.insert(monitor.get_adapter_name(i) + " " + monitor.get_adapter_description(i));
  }
  EXPECT_EQ(listed, expected);
  for (const int beyond : {-1, monitor.get_adapter_count()}) {
    EXPECT_EQ(monitor.get_adapter_name(beyond), "");
    EXPECT_EQ(monitor.get_adapter_description(beyond), "");
  }
}

TEST(IpMonitor, CountsNothingWhileNotActive) {
  IPMonitor monitor;
  std::int64_t counts[] = {7, 7, 7};
  monitor.get_statistics(counts[0], counts[1], counts[2]);
  for (const std::int64_t count : counts) EXPECT_EQ(count, 0);
}

TEST(IpMonitor, SettingsRefuseWhatHasNoMeaning) {
  // A-44 A-45 A-46 A-47 A-48
  IPMonitor monitor;
  for (const char* const wrong : {"BufferSize=-1", "MaxPacketSize=262145", "PacketTimeout=0",
                                  "PacketTimeout=-5", "PromiscuousMode=2", "WiFiMonitorMode=on"}) {
    EXPECT_THROW(static_cast<void>(monitor.config(wrong)), Error) << wrong;
  }
}

TEST(IpMonitor, RefusesABufferBeyondMemoryByItsName) {
  // A-44 A-60
  IPMonitor monitor;
  static_cast<void>(monitor.config("BufferSize=1099511627776"));
  for (const int mode : {IPMonitor::PCAP_MODE_CAPT, IPMonitor::PCAP_MODE_STAT}) {
    monitor.set_operation_mode(mode);
    try {
      monitor.activate("lo");
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
      EXPECT_TRUE(std::string{error.what()}.starts_with("BufferSize 1099511627776: 0 to "));
    }
  }
}

TEST(IpMonitor, CannotActivateWhatIsNot) {
  // A-22 A-60
  IPMonitor monitor;
  for (const char* const name : {"", "nowhere"}) {
    try {
      monitor.activate(name);
      FAIL() << name;
    } catch (const SystemError& error) {
      EXPECT_TRUE(error.code() == ErrorCode::not_found ||
                  error.code() == ErrorCode::permission_denied);
    }
    EXPECT_FALSE(monitor.get_active());
  }
}

}  // namespace
}  // namespace weir::compat
