// What handlers set of fields that are not theirs to set.
#include <gtest/gtest.h>

#include "system/compat/net_filter/filtering.h"

namespace weir::test {
namespace {

using NetFilterHandlerFields = NetFilterTest;

TEST_F(NetFilterHandlerFields, MeanNothingButForThreeOfThem) {
  // B-110 B-117: drops are counted where, and as long as, the packet was
  const auto filter = initialized();
  capture_datagrams(*filter);
  filter->on_packet = [](PacketEvent& event) {
    event.adapter_id = -1;
    event.packet_size = -1;
    event.direction = Filter::PACKET_DIRECTION_INCOMING;
    event.buffer_size = 1 << 30;
    event.action = Filter::PACKET_ACTION_DROP;
  };
  Told<StatisticsEvent> statistics;
  filter->on_statistics = [&](const StatisticsEvent& event) { statistics.add(event); };
  filter->start_filter(0);
  send_there(Octets(10));
  EXPECT_EQ(arrived_there(briefly), Octets{});
  filter->get_statistics(id_of("edge"));
  const auto told = statistics.wait(2);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_TRUE(told[1].filter_specific);
  EXPECT_EQ(told[1].packets_dropped_outbound, 1);
  EXPECT_EQ(told[1].bytes_dropped_outbound, 14 + 20 + 8 + 10);
  EXPECT_EQ(told[1].packets_dropped_inbound, 0);
}

}  // namespace
}  // namespace weir::test
