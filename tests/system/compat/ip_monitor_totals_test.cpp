// IPMonitor in statistical mode, on real adapters.
#include <gtest/gtest.h>

#include "system/compat/monitored.h"
#include "system/tunnel.h"

namespace weir::test {
namespace {

using compat::IPMonitor;
using IpMonitorTotals = LiveTest;

TEST_F(IpMonitorTotals, AreToldOnceACallSinceTheLast) {
  // A-2 A-5 A-21 A-24 A-39 A-41 A-42
  Monitored far;
  far.totals();
  far.activate();
  send("near", {datagram_of(1), datagram_of(2, 500)});
  EXPECT_TRUE(far.statistics.empty());
  far.monitor.do_events();
  far.monitor.do_events();
  send("near", {datagram_of(1, 90)});
  far.monitor.do_events();
  ASSERT_EQ(far.statistics.size(), 3U);
  EXPECT_EQ(far.statistics[0].captured_packets, 2U);
  EXPECT_EQ(far.statistics[0].captured_bytes, 560U);
  EXPECT_EQ(far.statistics[1].captured_packets, 0U) << "in silence, too";
  EXPECT_EQ(far.statistics[2].captured_packets, 1U);
  EXPECT_EQ(far.statistics[2].captured_bytes, 90U);
  EXPECT_TRUE(far.told.empty());
}

TEST_F(IpMonitorTotals, HaveTheTimeTheyWereCounted) {
  //
  Monitored far;
  far.totals();
  far.activate();
  const Timestamp before = wall_clock();
  far.monitor.do_events();
  far.monitor.do_events();
  ASSERT_EQ(far.statistics.size(), 2U);
  EXPECT_LE(before, far.statistics[0].time_stamp);
  EXPECT_LE(far.statistics[0].time_stamp, far.statistics[1].time_stamp);
  EXPECT_LE(far.statistics[1].time_stamp, wall_clock());
}

TEST_F(IpMonitorTotals, ChangeWhatTheyCountWithoutAGap) {
  // A-12 A-14 A-41
  Monitored far;
  far.totals();
  far.activate();
  constexpr std::uint64_t count = 200'000;
  Stream stream{"near", count};
  std::size_t changes = 0;
  while (stream.sent() < count * 3 / 4) {
    // Each of these lets through what comes.
    far.monitor.set_direction(changes % 2 == 0 ? IPMonitor::PACKET_DIRECTION_INCOMING
                                               : IPMonitor::PACKET_DIRECTION_ANY);
    far.monitor.set_filter(changes++ % 3 == 0 ? "ether proto 0x88b5" : "");
    far.monitor.do_events();
  }
  ASSERT_EQ(stream.finish(), count);
  EXPECT_EQ(far.counted(count), count);
  EXPECT_GE(changes, 2U) << "there and back";
  EXPECT_EQ(statistics_of(far.monitor), (std::vector<std::int64_t>{count, 0, 0}));
}

TEST_F(IpMonitorTotals, TakeFiltersTheKernelCannotCountBy) {
  //
  Monitored any;
  any.totals();
  any.activate("any");
  any.monitor.do_events();
  any.monitor.set_filter("udp port 2");
  any.statistics.clear();
  send("near", {datagram_of(1), datagram_of(2)});
  EXPECT_EQ(any.counted(2), 2U) << "going out of one adapter and coming in at the other";
}

TEST_F(IpMonitorTotals, OfWhatWaitsWhenTheModeChanges) {
  // A-7 A-15 A-20 A-21
  Monitored far;
  far.activate();
  send("near", {datagram_of(1), datagram_of(2)});
  far.totals();
  EXPECT_EQ(far.counted(2), 2U);
  send("near", {datagram_of(3)});
  EXPECT_EQ(far.counted(3), 3U);
  far.monitor.set_operation_mode(IPMonitor::PCAP_MODE_CAPT);
  send("near", {datagram_of(4)});
  EXPECT_EQ(far.packets(1), std::vector<Octets>{datagram_of(4)});
  EXPECT_EQ(statistics_of(far.monitor), (std::vector<std::int64_t>{4, 0, 0}));
}

TEST_F(IpMonitorTotals, AreNotLostWhereTheModeChangesBack) {
  //
  Monitored far;
  far.activate();
  send("near", {datagram_of(1), datagram_of(2)});
  far.totals();
  far.monitor.set_operation_mode(IPMonitor::PCAP_MODE_CAPT);
  EXPECT_EQ(far.packets(2).size(), 2U);
}

TEST_F(IpMonitorTotals, TellOfPacketsTheAdapterDropped) {
  //
  if (!Tunnel::is_offered()) GTEST_SKIP() << "no tun adapters here";
  const Tunnel tunnel{"tunnel"};
  tunnel.drop(5);
  for (const int mode : {IPMonitor::PCAP_MODE_CAPT, IPMonitor::PCAP_MODE_STAT}) {
    Monitored monitored;
    monitored.monitor.set_operation_mode(mode);
    monitored.activate("tunnel");
    tunnel.drop(3);
    EXPECT_EQ(statistics_of(monitored.monitor)[2], 3) << "since activate()";
  }
}

TEST_F(IpMonitorTotals, EndWithTheirAdapter) {
  // A-8 A-39
  Monitored far;
  far.totals();
  far.activate();
  send("near", {datagram_of(1)});
  run("ip link del far");
  EXPECT_THROW(far.pump([] { return false; }), SystemError);
  EXPECT_EQ(far.counted(1), 1U) << "what it had comes first";
  EXPECT_FALSE(far.monitor.get_active());
}

}  // namespace
}  // namespace weir::test
