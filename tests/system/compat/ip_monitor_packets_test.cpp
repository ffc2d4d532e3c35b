// IPMonitor in capture mode, on real adapters.
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

#include "system/compat/monitored.h"

namespace weir::test {
namespace {

using compat::IPMonitor;
using compat::IPMonitorPacketEventParams;
using namespace std::chrono_literals;
using IpMonitorPackets = LiveTest;

std::vector<Octets> datagrams(std::uint16_t first_port, std::uint16_t count) {
  std::vector<Octets> frames;
  for (std::uint16_t i = 0; i < count; ++i) {
    frames.push_back(datagram_of(static_cast<std::uint16_t>(first_port + i)));
  }
  return frames;
}

TEST_F(IpMonitorPackets, ListedChosenActivatedPumpedAndDeactivated) {
  // A-1 A-4 A-8 A-9 A-11 A-22 A-23 A-30
  Monitored far;
  far.monitor.list_adapters();
  std::string name;
  for (int i = 0; i < far.monitor.get_adapter_count(); ++i) {
    if (far.monitor.get_adapter_name(i) == "far") name = far.monitor.get_adapter_name(i);
  }
  far.activate(name);
  EXPECT_TRUE(far.monitor.get_active());
  send("near", datagrams(1, 3));
  EXPECT_EQ(far.packets(3), datagrams(1, 3));
  far.monitor.deactivate();
  EXPECT_FALSE(far.monitor.get_active());
  send("near", datagrams(4, 3));
  far.monitor.do_events();
  EXPECT_EQ(far.told.size(), 3U);
}

TEST_F(IpMonitorPackets, AreToldInTheirOrderAndOnlyFromDoEvents) {
  // A-2 A-5 A-6 A-20 A-24 A-34 A-37 A-38
  Monitored far;
  far.activate();
  const auto thread = std::this_thread::get_id();
  far.monitor.on_packet = [&](const IPMonitorPacketEventParams& event) {
    EXPECT_EQ(std::this_thread::get_id(), thread);
    far.told.emplace_back(event.data, event.data + event.data_size);
  };
  far.monitor.on_statistics = [](const auto&) { ADD_FAILURE() << "totals in capture mode"; };
  const auto frames = datagrams(100, 500);
  send("near", frames);
  std::this_thread::sleep_for(100ms);
  EXPECT_TRUE(far.told.empty());
  EXPECT_EQ(far.packets(frames.size()), frames);
}

TEST_F(IpMonitorPackets, HaveTheTimeTheyCame) {
  //
  Monitored far;
  far.activate();
  std::vector<Timestamp> times;
  far.monitor.on_packet = [&](const auto& event) { times.push_back(event.time_stamp); };
  const Timestamp before = wall_clock();
  send("near", datagrams(1, 2));
  std::this_thread::sleep_for(200ms);
  const Timestamp told = wall_clock();
  ASSERT_TRUE(far.pump([&] { return times.size() == 2; }));
  EXPECT_LE(before, times[0]);
  EXPECT_LE(times[0], times[1]);
  EXPECT_LT(times[1], told) << "not when it is told";
}

TEST_F(IpMonitorPackets, AreCutToMaxPacketSizeAndKeepTheirSize) {
  // A-36 A-38 A-45
  Monitored far{"MaxPacketSize=100"};
  far.activate();
  std::uint32_t size = 0;
  far.monitor.on_packet = [&](const IPMonitorPacketEventParams& event) {
    size = event.packet_size;
    far.told.emplace_back(event.data, event.data + event.data_size);
  };
  Octets frame = datagram_of(1, 1000);
  send("near", {frame});
  ASSERT_EQ(far.packets(1).size(), 1U);
  frame.resize(100);
  EXPECT_EQ(far.told[0], frame);
  EXPECT_EQ(size, 1000U);
}

TEST_F(IpMonitorPackets, AreWaitedForAsLongAsPacketTimeout) {
  // A-25 A-46
  Monitored far{"PacketTimeout=300"};
  far.activate();
  auto before = std::chrono::steady_clock::now();
  far.monitor.do_events();
  EXPECT_GE(std::chrono::steady_clock::now() - before, 290ms);
  EXPECT_LT(std::chrono::steady_clock::now() - before, 900ms);
  EXPECT_TRUE(far.told.empty());
  static_cast<void>(far.monitor.do_events_within(1ms));
  send("near", datagrams(1, 1));
  Monitored patient{"PacketTimeout=60000"};
  patient.activate();
  send("near", datagrams(2, 1));
  before = std::chrono::steady_clock::now();
  patient.monitor.do_events();
  EXPECT_LT(std::chrono::steady_clock::now() - before, 30s) << "a packet was there";
  EXPECT_EQ(patient.told.size(), 1U);
}

TEST_F(IpMonitorPackets, GoTheWayOfTheDirection) {
  // A-12 A-17 A-18 A-19
  const auto in = datagrams(1, 3);
  const auto out = datagrams(50, 2);
  for (const int direction : {IPMonitor::PACKET_DIRECTION_ANY, IPMonitor::PACKET_DIRECTION_INCOMING,
                              IPMonitor::PACKET_DIRECTION_OUTGOING}) {
    Monitored far;
    far.monitor.set_direction(direction);
    far.activate();
    send("near", in);
    send("far", out);
    std::vector<Octets> expected;
    if (direction != IPMonitor::PACKET_DIRECTION_OUTGOING) expected = in;
    if (direction != IPMonitor::PACKET_DIRECTION_INCOMING)
      expected.insert(expected.end(), out.begin(), out.end());
    EXPECT_EQ(far.packets(expected.size()), expected) << direction;
  }
}

TEST_F(IpMonitorPackets, AreJudgedByTheFilterThatHoldsWhenTheyAreTold) {
  // A-13 A-14
  Monitored far;
  far.monitor.set_filter("udp port 3");
  far.activate();
  send("near", datagrams(1, 5));
  EXPECT_EQ(far.packets(1), datagrams(3, 1));
  far.monitor.set_filter("");
  send("near", datagrams(1, 5));
  far.monitor.set_filter("udp port 4");
  far.told.clear();
  EXPECT_EQ(far.packets(1), datagrams(4, 1));
  EXPECT_THROW(far.monitor.set_filter("udp prot 4"), FilterError);
  EXPECT_THROW(far.monitor.set_filter("ifindex 1"), FilterError) << "not for this adapter";
  send("near", datagrams(1, 5));
  EXPECT_EQ(far.packets(2).size(), 2U) << "the filter before holds";
}

TEST_F(IpMonitorPackets, AreCountedSinceActivate) {
  // A-7 A-26 A-27 A-29
  Monitored far;
  far.activate();
  send("near", datagrams(1, 5));
  static_cast<void>(far.packets(5));
  const std::vector<std::int64_t> five{5, 0, 0};
  EXPECT_EQ(statistics_of(far.monitor), five);
  EXPECT_EQ(statistics_of(far.monitor), five) << "reading sets nothing back";
  far.monitor.deactivate();
  EXPECT_EQ(statistics_of(far.monitor), std::vector<std::int64_t>(3, 0));
  far.activate();
  EXPECT_EQ(statistics_of(far.monitor), std::vector<std::int64_t>(3, 0));
}

TEST_F(IpMonitorPackets, AreDroppedAndCountedWhereTheBufferIsTooSmall) {
  // A-28 A-44
  Monitored small{"BufferSize=1"};
  Monitored large{"BufferSize=33554432"};
  small.activate();
  large.activate();
  const Octets frame = datagram_of(1, 1400);
  const FrameSender sender{"near"};
  constexpr std::size_t sent = 2000;
  for (std::size_t i = 0; i < sent; ++i) sender.send(frame);
  EXPECT_EQ(large.packets(sent).size(), sent);
  EXPECT_EQ(statistics_of(large.monitor)[1], 0);
  small.pump([&] {
    const auto counts = statistics_of(small.monitor);
    return static_cast<std::int64_t>(small.told.size()) + counts[1] == sent;
  });
  const auto counts = statistics_of(small.monitor);
  EXPECT_EQ(counts[0], std::int64_t{sent});
  EXPECT_GT(counts[1], 0);
  EXPECT_EQ(counts[0], static_cast<std::int64_t>(small.told.size()) + counts[1]);
}

TEST_F(IpMonitorPackets, ComeToAPromiscuousAdapterWhileItIsMonitored) {
  //
  for (const int mode : {IPMonitor::PCAP_MODE_CAPT, IPMonitor::PCAP_MODE_STAT}) {
    Monitored far{"PromiscuousMode=Yes"};
    far.monitor.set_operation_mode(mode);
    EXPECT_EQ(promiscuity("far"), 0);
    far.activate();
    EXPECT_EQ(promiscuity("far"), 1);
    far.monitor.deactivate();
    EXPECT_EQ(promiscuity("far"), 0);
  }
}

TEST_F(IpMonitorPackets, InMonitorModeAreOfWiFiAlone) {
  //
  for (const int mode : {IPMonitor::PCAP_MODE_CAPT, IPMonitor::PCAP_MODE_STAT}) {
    Monitored far{"WiFiMonitorMode=True"};
    far.monitor.set_operation_mode(mode);
    EXPECT_THROW(far.activate(), Error);
    EXPECT_FALSE(far.monitor.get_active());
  }
}

TEST_F(IpMonitorPackets, SettingsStayWhileActive) {
  // A-44 A-45 A-46 A-47 A-48
  Monitored far;
  far.activate();
  for (const char* const setting : {"BufferSize=1", "MaxPacketSize=1", "PacketTimeout=1",
                                    "PromiscuousMode=1", "WiFiMonitorMode=1"}) {
    EXPECT_THROW(static_cast<void>(far.monitor.config(setting)), Error) << setting;
  }
  EXPECT_EQ(far.monitor.config("PacketTimeout"), "100");
}

TEST_F(IpMonitorPackets, EndWithTheirAdapter) {
  // A-8 A-22 A-60
  Monitored far;
  far.activate();
  send("near", datagrams(1, 3));
  run("ip link del far");
  EXPECT_THROW(far.pump([] { return false; }), SystemError);
  EXPECT_EQ(far.told, datagrams(1, 3)) << "what it had comes first";
  EXPECT_FALSE(far.monitor.get_active());
  far.monitor.do_events();
}

TEST_F(IpMonitorPackets, NeedTheRightToCapture) {
  //
  const auto try_without = [] {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    __user_cap_data_struct rights[2] = {};
    if (::syscall(SYS_capset, &header, rights) != 0) std::_Exit(2);
    IPMonitor monitor;
    try {
      monitor.activate("far");
    } catch (const SystemError& error) {
      std::_Exit(error.code() == ErrorCode::permission_denied && !monitor.get_active() ? 0 : 1);
    }
    std::_Exit(3);
  };
  EXPECT_EXIT(try_without(), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace weir::test
