// Packets of the application's own: sent, buffered, inserted.
#include <gtest/gtest.h>

#include <string>

#include "support/checked_frames.h"
#include "system/compat/net_filter/filtering.h"

namespace weir::test {
namespace {

class NetFilterSending : public OneNetFilterTest, public ::testing::WithParamInterface<bool> {
 protected:
  void SetUp() override {
    OneNetFilterTest::SetUp();
    if (IsSkipped()) return;
    capture_datagrams(filter());
    filter().on_packet = [this](PacketEvent& event) {
      seen_.add(event.direction);
      event.action = Filter::PACKET_ACTION_DROP;
    };
    if (GetParam()) filter().start_filter(0);
  }
  /// To a socket of this host, with the addresses it is known by.
  [[nodiscard]] static Octets to_here(std::uint8_t octet) {
    const std::string link = output_of_ip("-o link show edge");
    const std::string mac = link.substr(link.find("link/ether ") + 11, 17);
    wire::EthernetFields ethernet = eth(0x0800);
    for (std::size_t i = 0; i < 6; ++i) {
      ethernet.destination.octets[i] =
          static_cast<std::uint8_t>(std::stoi(mac.substr(3 * i, 2), nullptr, 16));
    }
    wire::Ipv4Fields ip = ip4(17);
    ip.source = {{10, 0, 1, 1}};
    ip.destination = {{10, 0, 1, 254}};
    return sealed(ethernet, ip, udp(port), Octets{octet});
  }

  Told<int> seen_{};
};

TEST_P(NetFilterSending, SendsAsOftenAsItIsToAndPastItsOwnRules) {
  // B-87 B-90
  FrameWatch watch{there()};
  filter().send_packet(id_of("edge"), frame_of(1), 1, false);
  filter().send_packet(id_of("edge"), frame_of(2), 3, false);
  EXPECT_EQ(watch.frames(4), (Frames{frame_of(1), frame_of(2), frame_of(2), frame_of(2)}));
  EXPECT_EQ(seen_.count(), 0U);
}

TEST_P(NetFilterSending, BuffersUntilItIsFlushed) {
  // B-87 B-88: in order, once
  FrameWatch watch{there()};
  filter().send_packet(id_of("edge"), frame_of(1), 2, true);
  filter().send_packet(id_of("edge"), frame_of(2), 1, true);
  EXPECT_EQ(watch.frames(0).size(), 0U);
  filter().flush_send_buffer(id_of("edge"));
  EXPECT_EQ(watch.frames(3), (Frames{frame_of(1), frame_of(1), frame_of(2)}));
  filter().flush_send_buffer(id_of("edge"));
  EXPECT_EQ(watch.frames(0).size(), 0U);
  EXPECT_EQ(seen_.count(), 0U);
}

TEST_P(NetFilterSending, FlushesAllAdaptersAtOnce) {
  // B-60 B-88: -1
  run("ip link set beyond netns " + there().process() + " name eth1");
  there().run("ip link set eth1 up");
  wait_for_carriers(2);
  FrameWatch watch{there()};
  FrameWatch other{there(), "eth1"};
  filter().send_packet(id_of("edge"), frame_of(1), 1, true);
  filter().send_packet(id_of("spare"), frame_of(2), 1, true);
  filter().flush_send_buffer(-1);
  EXPECT_EQ(watch.frames(1), Frames{frame_of(1)});
  EXPECT_EQ(other.frames(1), Frames{frame_of(2)});
}

TEST_P(NetFilterSending, InsertsWhatTheAdapterThenReceives) {
  // B-89 B-90: past its own rules
  filter().insert_incoming_packet(id_of("edge"), to_here(5));
  EXPECT_EQ(arrived_here(), Octets{5});
  filter().insert_incoming_packet(id_of("edge"), to_here(6));
  EXPECT_EQ(arrived_here(), Octets{6});
  EXPECT_EQ(seen_.count(), 0U);
}

TEST_P(NetFilterSending, RefusesWhatCannotBe) {
  // B-87 B-88 B-89
  const auto edge = id_of("edge");
  const auto code_of_send = [&](int adapter, const Octets& frame, int times, bool buffer_only) {
    return refusal_of([&] { filter().send_packet(adapter, frame, times, buffer_only); });
  };
  for (const bool buffer_only : {false, true}) {
    EXPECT_EQ(code_of_send(99'999, frame_of(1), 1, buffer_only), 1'168);
    EXPECT_EQ(code_of_send(-1, frame_of(1), 1, buffer_only), 1'168);
    EXPECT_EQ(code_of_send(edge, frame_of(1), 0, buffer_only), 87);
    EXPECT_EQ(code_of_send(edge, frame_of(1), -1, buffer_only), 87);
    EXPECT_EQ(code_of_send(edge, frame_of(1), 1 << 30, buffer_only), 87);
    EXPECT_NE(code_of_send(edge, Octets{}, 1, buffer_only), 0);
    EXPECT_NE(code_of_send(edge, Octets(20'000), 1, buffer_only), 0);
  }
  EXPECT_EQ(code_of_send(edge, Octets(9'000), 100'000, true), 122);
  EXPECT_EQ(refusal_of([&] { filter().flush_send_buffer(99'999); }), 1'168);
  EXPECT_EQ(refusal_of([&] { filter().insert_incoming_packet(99'999, to_here(1)); }), 1'168);
  EXPECT_NE(refusal_of([&] { filter().insert_incoming_packet(edge, Octets{}); }), 0);
  EXPECT_NE(refusal_of([&] { filter().insert_incoming_packet(edge, Octets(100'000)); }), 0);
  EXPECT_EQ(refusal_of([] { Filter{}.send_packet(1, frame_of(1), 1, false); }), 21);
  EXPECT_EQ(refusal_of([] { Filter{}.flush_send_buffer(-1); }), 21);
  EXPECT_EQ(refusal_of([] { Filter{}.insert_incoming_packet(1, frame_of(1)); }), 21);
}

TEST_P(NetFilterSending, SendsOnAdaptersThatComeAndGo) {
  // B-87 B-88: by their ids, whatever they are called
  ip("link add late type veth peer name later");
  run("ip link set later netns " + there().process() + " name eth1 up");
  ip("link set late up");
  there().run("ip link set eth1 up");
  wait_for_carriers(4);
  const int id = id_of("late");
  FrameWatch watch{there(), "eth1"};
  EXPECT_TRUE(wait_until(
      [&] { return refusal_of([&] { filter().send_packet(id, frame_of(1), 1, false); }) == 0; }));
  EXPECT_EQ(watch.frames(1), Frames{frame_of(1)});
  ip("link set late down");
  EXPECT_NE(refusal_of([&] { filter().send_packet(id, frame_of(1), 1, false); }), 0);
  ip("link del late");
  EXPECT_NE(refusal_of([&] { filter().send_packet(id, frame_of(1), 1, false); }), 0);
}

TEST_P(NetFilterSending, IsSeenByNetFiltersFurtherOn) {
  // B-7 B-87 B-89: by those of a lower altitude what leaves, of a higher one what comes
  const bool is_active = GetParam();
  Told<std::pair<int, int>> seen;
  std::vector<std::unique_ptr<Filter>> others;
  for (const int altitude : {10, -10}) {
    others.push_back(initialized(altitude > 0 ? 2 : 3, altitude));
    capture_datagrams(*others.back());
    others.back()->on_packet = [&, altitude](const PacketEvent& event) {
      seen.add({altitude, event.direction});
    };
    others.back()->start_filter(0);
  }
  FrameWatch watch{there()};
  filter().send_packet(id_of("edge"), frame_of(1), 1, false);
  EXPECT_EQ(watch.frames(1), Frames{frame_of(1)});
  filter().insert_incoming_packet(id_of("edge"), to_here(5));
  EXPECT_EQ(arrived_here(), Octets{5});
  using Events = std::vector<std::pair<int, int>>;
  constexpr int out = Filter::PACKET_DIRECTION_OUTGOING;
  constexpr int in = Filter::PACKET_DIRECTION_INCOMING;
  EXPECT_EQ(seen.wait(2), is_active ? (Events{{-10, out}, {10, in}})
                                    : (Events{{10, out}, {-10, out}, {-10, in}, {10, in}}));
}

INSTANTIATE_TEST_SUITE_P(While, NetFilterSending, ::testing::Bool(), [](const auto& tested) {
  return std::string{tested.param ? "active" : "inactive"};
});

}  // namespace
}  // namespace weir::test
