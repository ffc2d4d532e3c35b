// What the events of packets say: on_packet of those that are held, on_notify_packet of copies.
#include <gtest/gtest.h>

#include <chrono>
#include <mutex>
#include <optional>

#include "system/compat/net_filter/filtering.h"
#include "system/gate/truth/tunnel_pair.h"
#include "system/tunnel.h"

namespace weir::test {
namespace {

using namespace std::chrono_literals;

constexpr const char* own_frames = "ether src 00:00:5e:00:53:02";

/// Either event, and its bytes.
struct ToldPacket {
  int adapter_id = 0;
  Timestamp timestamp{};
  int timestamp_ns = 0;
  int packet_type = 0;
  int direction = 0;
  int packet_size = 0;
  int ip_offset = 0;
  int ip_size = 0;
  Octets bytes{};
};

template <class Event>
ToldPacket told_of(const Event& event, const std::uint8_t* bytes) {
  return {event.adapter_id,  event.timestamp, event.timestamp_ns,
          event.packet_type, event.direction, event.packet_size,
          event.ip_offset,   event.ip_size,   Octets(bytes, bytes + event.data_size)};
}

class NetFilterPackets : public OneNetFilterTest, public ::testing::WithParamInterface<bool> {
 protected:
  void SetUp() override {
    OneNetFilterTest::SetUp();
    if (IsSkipped()) return;
    filter().on_packet = [this](const PacketEvent& event) {
      EXPECT_FALSE(is_notified());
      const std::lock_guard lock{busy_};
      told_.add(told_of(event, event.buffer));
    };
    filter().on_notify_packet = [this](const NoticeEvent& event) {
      EXPECT_TRUE(is_notified());
      const std::lock_guard lock{busy_};
      told_.add(told_of(event, event.data));
    };
  }
  /// Whether packets go on at once, and a copy is told of.
  [[nodiscard]] static bool is_notified() { return GetParam(); }
  void start(const std::string& rule) {
    EXPECT_TRUE(filter().add_filter_rule(
        1, -1, Filter::PACKET_DIRECTION_ANY, -1, -1, rule,
        is_notified() ? Filter::RULE_ACTION_NOTIFY : Filter::RULE_ACTION_CAPTURE))
        << filter().get_last_error();
    filter().start_filter(0);
  }
  /// Of one frame that leaves; it arrives as it was sent.
  ToldPacket told_of_frame(const Octets& frame) {
    const std::size_t before = told_.count();
    FrameWatch watch{there()};
    FrameSender{"edge"}.send(frame);
    EXPECT_EQ(watch.frames(1), Frames{frame});
    const auto told = told_.wait(before + 1);
    if (told.size() != before + 1) {
      ADD_FAILURE() << told.size() - before << " told";
      return {};
    }
    EXPECT_EQ(told.back().bytes, frame);
    EXPECT_EQ(told.back().packet_size, static_cast<int>(frame.size()));
    return told.back();
  }

  Told<ToldPacket> told_{};
  /// Whoever has it keeps handlers waiting.
  std::mutex busy_{};
};

TEST_P(NetFilterPackets, AreOfTheirAdapterAndTheirDirection) {
  // B-16 B-46 B-47 B-49 B-96 B-97 B-100 B-101 B-102 B-103 B-104 B-108a B-108d B-108e B-108f
  start("udp port 4000");
  send_there({1});
  EXPECT_EQ(arrived_there(), Octets{1});
  send_here({2});
  EXPECT_EQ(arrived_here(), Octets{2});
  const auto told = told_.wait(2);
  ASSERT_EQ(told.size(), 2U);
  for (const ToldPacket& packet : told) {
    EXPECT_EQ(packet.adapter_id, id_of("edge"));
    EXPECT_EQ(packet.packet_type, Filter::DLT_EN10MB);
    EXPECT_EQ(packet.packet_size, static_cast<int>(packet.bytes.size()));
  }
  EXPECT_EQ(told[0].direction, Filter::PACKET_DIRECTION_OUTGOING);
  EXPECT_EQ(told[0].bytes.at(payload_offset), 1);
  EXPECT_EQ(told[1].direction, Filter::PACKET_DIRECTION_INCOMING);
  EXPECT_EQ(told[1].bytes.at(payload_offset), 2);
}

TEST_P(NetFilterPackets, HaveTheTimeTheyCameInTwoParts) {
  // B-98 B-99 B-108b B-108c: however late their handler is called
  filter().set_serialize_events(Filter::seOnOneWorkerThread);
  start("udp port 4000");
  const Timestamp before = wall_clock();
  Timestamp after{};
  {
    const std::lock_guard lock{busy_};
    for (std::uint8_t i = 0; i < 20; ++i) send_there({i});
    std::this_thread::sleep_for(5ms);
    after = wall_clock();
  }
  const auto told = told_.wait(20);
  ASSERT_EQ(told.size(), 20U);
  bool is_finer = false;
  Timestamp last = before;
  for (const ToldPacket& packet : told) {
    EXPECT_EQ(packet.timestamp, std::chrono::floor<std::chrono::milliseconds>(packet.timestamp));
    EXPECT_GE(packet.timestamp_ns, 0);
    EXPECT_LE(packet.timestamp_ns, 999'999);
    is_finer = is_finer || packet.timestamp_ns != 0;
    const Timestamp whole = packet.timestamp + Duration{packet.timestamp_ns};
    EXPECT_GE(whole, last);
    EXPECT_LE(whole, after);
    last = whole;
  }
  EXPECT_TRUE(is_finer);
}

TEST_P(NetFilterPackets, SayWhereTheirIpPacketIs) {
  // B-105 B-106 B-108j B-108k: behind tags, and without what pads the frame
  start(own_frames);
  const Octets plain = frame_of(1);
  ToldPacket told = told_of_frame(plain);
  EXPECT_EQ(told.ip_offset, 14);
  EXPECT_EQ(told.ip_size, 29);
  told = told_of_frame(tagged(plain, 7));
  EXPECT_EQ(told.ip_offset, 18);
  EXPECT_EQ(told.ip_size, 29);
  told = told_of_frame(tagged(tagged(plain, 7), 8, 0x88a8));
  EXPECT_EQ(told.ip_offset, 22);
  EXPECT_EQ(told.ip_size, 29);
  told = told_of_frame(frame(eth(0x86dd), ip6(17), udp(port), rest(3)));
  EXPECT_EQ(told.ip_offset, 14);
  EXPECT_EQ(told.ip_size, 51);
  told = told_of_frame(padded(plain, 17));
  EXPECT_EQ(told.ip_offset, 14);
  EXPECT_EQ(told.ip_size, 29);
}

TEST_P(NetFilterPackets, WithoutIpSayThatTheyHaveNone) {
  // B-105 B-106 B-108j B-108k: 0 for ARP, and for what is neither
  start("arp or ether proto 0x88b5");
  Octets arp = frame(eth(0x0806), Octets{0, 1, 8, 0, 6, 4, 0, 1}, rest(20));
  ToldPacket told = told_of_frame(arp);
  EXPECT_EQ(told.ip_offset, 0);
  EXPECT_EQ(told.ip_size, 0);
  told = told_of_frame(frame(eth(0x88b5), rest(40)));
  EXPECT_EQ(told.ip_offset, 0);
  EXPECT_EQ(told.ip_size, 0);
}

TEST_P(NetFilterPackets, WhoseIpHeaderIsBrokenAreToldAsTheyAre) {
  // B-106 B-108k: what it says of lengths is not believed
  start(own_frames);
  const auto within = [](const ToldPacket& told) {
    EXPECT_GE(told.ip_offset, 0);
    EXPECT_GE(told.ip_size, 0);
    EXPECT_LE(told.ip_offset + told.ip_size, static_cast<int>(told.bytes.size()));
  };
  within(told_of_frame(changed(frame_of(1), 16, 0xff)));  // total length
  within(told_of_frame(changed(frame_of(1), 14, 0x4f)));  // header length
  within(told_of_frame(changed(frame_of(1), 17, 2)));
  within(told_of_frame(frame(eth(0x0800), Octets{0x45})));
  within(told_of_frame(frame(eth(0x86dd), Octets{0x60, 0, 0})));
  within(told_of_frame(frame(eth(0x8100), Octets{0, 1, 8, 0, 0x45, 0})));
}

TEST_P(NetFilterPackets, OfAdaptersWithoutALinkLayerAreRaw) {
  // B-49 B-100 B-108d: DLT_RAW
  if (!Tunnel::is_offered()) GTEST_SKIP() << "needs /dev/net/tun";
  const TunnelPair pair{there()};
  start("udp port 4000");
  const DatagramSocket sender{4'001};
  sender.send("::ffff:10.0.3.1", port, {9});
  EXPECT_EQ(arrived_there(), Octets{9});
  sender.send("fd00:3::1", port, {8});
  EXPECT_EQ(arrived_there(), Octets{8});
  const auto told = told_.wait(2);
  ASSERT_EQ(told.size(), 2U);
  constexpr int sizes[] = {29, 49};
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(told[i].adapter_id, id_of("tun0"));
    EXPECT_EQ(told[i].packet_type, Filter::DLT_RAW);
    EXPECT_EQ(told[i].ip_offset, 0);
    EXPECT_EQ(told[i].ip_size, sizes[i]);
    EXPECT_EQ(told[i].packet_size, sizes[i]);
  }
}

INSTANTIATE_TEST_SUITE_P(Events, NetFilterPackets, ::testing::Bool(), [](const auto& tested) {
  return std::string{tested.param ? "on_notify_packet" : "on_packet"};
});

using NetFilterNotices = NetFilterTest;

TEST_F(NetFilterNotices, TellOfPacketsThatHaveGoneOn) {
  // B-42 B-96: nothing waits for the handler
  const auto filter = initialized();
  EXPECT_TRUE(filter->add_filter_rule(1, -1, Filter::PACKET_DIRECTION_ANY, -1, -1, "udp port 4000",
                                      Filter::RULE_ACTION_NOTIFY));
  std::mutex busy;
  Told<std::uint8_t> told;
  filter->on_notify_packet = [&](const NoticeEvent& event) {
    const std::lock_guard lock{busy};
    told.add(event.data[payload_offset]);
  };
  filter->start_filter(0);
  {
    const std::lock_guard lock{busy};
    for (std::uint8_t i = 0; i < 5; ++i) send_there({i});
    for (std::uint8_t i = 0; i < 5; ++i) EXPECT_EQ(arrived_there(), Octets{i});
    EXPECT_EQ(told.count(), 0U);
  }
  EXPECT_EQ(told.wait(5).size(), 5U);
}

TEST_F(NetFilterNotices, ShowNoMoreThanTheyAreToAndReportErrors) {
  // B-19 B-102 B-103 B-104 B-106 B-107: adapter_max_packet_bytes; result_code goes to on_error
  const auto filter = initialized();
  filter->set_adapter_max_packet_bytes(index_of(*filter, "edge"), 60);
  EXPECT_TRUE(filter->add_filter_rule(1, -1, Filter::PACKET_DIRECTION_ANY, -1, -1, "udp port 4000",
                                      Filter::RULE_ACTION_NOTIFY));
  Told<NoticeEvent> told;
  Told<int> codes;
  filter->on_notify_packet = [&](NoticeEvent& event) {
    EXPECT_EQ(event.result_code, 0);
    told.add(event);
    event.result_code = 87;
  };
  filter->on_error = [&](const ErrorEvent& error) { codes.add(error.error_code); };
  filter->start_filter(0);
  send_there(Octets(500, 7));
  EXPECT_EQ(arrived_there(), Octets(500, 7));
  const auto events = told.wait(1);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].packet_size, static_cast<int>(payload_offset) + 500);
  EXPECT_EQ(events[0].data_size, 60);
  EXPECT_EQ(events[0].ip_offset, 14);
  EXPECT_EQ(events[0].ip_size, 46);
  EXPECT_EQ(codes.wait(1), std::vector{87});
}

}  // namespace
}  // namespace weir::test
