// What IPMonitor tells, drops and counts as received adds up, in either mode and between them.
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "system/child.h"
#include "system/compat/monitored.h"

namespace weir::test {
namespace {

using compat::IPMonitor;
using namespace std::chrono_literals;
using IpMonitorAccounts = LiveTest;

/// Of all that were told as totals.
std::int64_t sum_of(const Monitored& monitored) {
  std::uint64_t sum = 0;
  for (const auto& event : monitored.statistics) sum += event.captured_packets;
  return static_cast<std::int64_t>(sum);
}

TEST_F(IpMonitorAccounts, AddUpHoweverOftenTheModeChanges) {
  // A-7 A-15 A-27
  Monitored far{"BufferSize=33554432"};
  std::int64_t told = 0;
  far.monitor.on_packet = [&](const auto&) { ++told; };
  far.activate();
  constexpr std::uint64_t count = 300'000;
  Stream stream{"near", count};
  int changes = 0;
  for (; stream.sent() < count; ++changes) {
    far.totals();
    far.monitor.do_events();
    far.monitor.set_operation_mode(IPMonitor::PCAP_MODE_CAPT);
    far.monitor.do_events();
  }
  ASSERT_EQ(stream.finish(), count);
  while (far.monitor.do_events_within(100ms)) continue;
  far.totals();
  far.monitor.do_events();
  const auto counts = statistics_of(far.monitor);
  EXPECT_GT(told, 0);
  EXPECT_GT(sum_of(far), 0);
  EXPECT_EQ(counts[0], told + sum_of(far) + counts[1]) << changes << " changes";
}

TEST_F(IpMonitorAccounts, HaveWhatARingCountedBeforeTheModeChanged) {
  // A-7 A-15 A-20
  Monitored any;
  any.totals();
  any.monitor.set_filter("udp port 2");
  any.activate("any");
  send("near", {datagram_of(1), datagram_of(2), datagram_of(2)});
  any.monitor.set_operation_mode(IPMonitor::PCAP_MODE_CAPT);
  EXPECT_EQ(statistics_of(any.monitor)[0], 4) << "each goes out of one and comes in at the other";
  any.totals();
  EXPECT_EQ(any.counted(4), 4U);
}

TEST_F(IpMonitorAccounts, LeaveOutWhatWasRefused) {
  // A-14 A-27
  Monitored any;
  any.monitor.set_filter("udp port 2");
  any.activate("any");
  const std::vector<Octets> frames{datagram_of(1), datagram_of(2), datagram_of(1), datagram_of(2)};
  send("near", frames);
  EXPECT_EQ(any.packets(4).size(), 4U);
  EXPECT_EQ(statistics_of(any.monitor), (std::vector<std::int64_t>{4, 0, 0}));
  bool is_first = true;
  any.monitor.on_packet = [&](const auto&) {
    if (std::exchange(is_first, false)) any.monitor.set_filter("udp port 3");
  };
  send("near", frames);
  any.pump([&] { return !is_first; });
  send("near", {datagram_of(3)});
  while (any.monitor.do_events_within(100ms)) continue;
  EXPECT_EQ(statistics_of(any.monitor), (std::vector<std::int64_t>{4 + 1 + 2, 0, 0}))
      << "one by the filter before, two by the one that holds";
}

TEST_F(IpMonitorAccounts, CountWhatATooSmallRingOfTotalsDropped) {
  // A-28 A-44
  Monitored any{"BufferSize=1"};
  any.totals();
  any.monitor.set_filter("udp port 1");
  any.activate("any");
  send("near", std::vector<Octets>(1000, datagram_of(1, 1400)));
  any.pump([&] { return sum_of(any) + statistics_of(any.monitor)[1] == 2000; });
  const auto counts = statistics_of(any.monitor);
  EXPECT_GT(counts[1], 0);
  EXPECT_EQ(counts[0], 2000);
  EXPECT_EQ(counts[0], sum_of(any) + counts[1]);
}

TEST_F(IpMonitorAccounts, GoOnWhereRightsAreGivenUp) {
  // A-3 A-15: counted packet by packet
  Monitored far;
  far.activate();
  in_child([&] {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    __user_cap_data_struct rights[2] = {};
    const FrameSender sender{"near"};
    ASSERT_EQ(::syscall(SYS_capset, &header, rights), 0);
    far.totals();
    far.monitor.do_events();
    sender.send(datagram_of(1));
    sender.send(datagram_of(2));
    EXPECT_EQ(far.counted(2), 2U);
    far.monitor.set_operation_mode(IPMonitor::PCAP_MODE_CAPT);
    sender.send(datagram_of(3));
    EXPECT_EQ(far.packets(1), std::vector<Octets>{datagram_of(3)});
    EXPECT_EQ(statistics_of(far.monitor), (std::vector<std::int64_t>{3, 0, 0}));
  });
}

TEST_F(IpMonitorAccounts, OfOneCallAreAllThatWereThereBeyondABlock) {
  //
  Monitored far;
  far.activate();
  send("near", std::vector<Octets>(500, datagram_of(1, 1400)));
  std::this_thread::sleep_for(200ms);
  far.monitor.do_events();
  EXPECT_EQ(far.told.size(), 500U);
}

TEST_F(IpMonitorAccounts, OfOneCallAreNotThoseThatComeMeanwhile) {
  // whether or not others that were there are refused in user space
  for (const char* const adapter : {"far", "any"}) {
    Monitored monitored;
    monitored.monitor.set_filter("udp port 2");
    monitored.activate(adapter);
    int told = 0;
    const auto send_and_wait = [](std::uint16_t port, std::size_t count) {
      send("near", std::vector<Octets>(count, datagram_of(port)));
      std::this_thread::sleep_for(60ms);
    };
    constexpr int endless = 30;
    monitored.monitor.on_packet = [&](const auto&) {
      if (++told < endless) send_and_wait(2, 1);
    };
    send_and_wait(2, 1);
    send_and_wait(1, 300);
    monitored.monitor.do_events();
    EXPECT_GT(told, 0) << adapter;
    EXPECT_LT(told, endless) << adapter;
  }
}

}  // namespace
}  // namespace weir::test
