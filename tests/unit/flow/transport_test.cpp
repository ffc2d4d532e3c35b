// What transport headers add to a flow: ports, the length of the payload, ICMP's type and code.
#include <gtest/gtest.h>

#include "frames.h"

namespace weir::flow::test {
namespace {

constexpr std::size_t headers = 14 + 20;

/// A flow of one datagram with this behind the IP header.
struct OneDatagram : Feed {
  OneDatagram(std::uint8_t protocol, const std::vector<std::uint8_t>& body) {
    auto frame = make_frame({.protocol = protocol, .payload = body.size()});
    frame.resize(headers);
    frame.insert(frame.end(), body.begin(), body.end());
    store_be(frame.data() + 14 + 2, static_cast<std::uint16_t>(20 + body.size()));
    tracker.add(packet_of(frame, at(0s)));
    tracker.finish();
  }
  [[nodiscard]] const Flow& flow() const { return recorder.ended.at(0).flow(); }
  [[nodiscard]] std::uint64_t payload() const { return flow().from_originator().payload_bytes; }
};

/// Ports 1000 and 2000, then `rest`, then zeros up to `size`.
std::vector<std::uint8_t> with_ports(std::initializer_list<std::uint8_t> rest, std::size_t size) {
  std::vector<std::uint8_t> body{0x03, 0xe8, 0x07, 0xd0};
  body.insert(body.end(), rest);
  body.resize(size);
  return body;
}

TEST(TransportPorts, AreThoseOfEveryProtocolThatHasThem) {
  for (unsigned number = 0; number < 256; ++number) {
    const auto protocol = static_cast<std::uint8_t>(number);
    if (wire::ip_protocol::is_extension(protocol)) continue;
    OneDatagram datagram{protocol, with_ports({0, 40, 0, 0, 0, 0, 0, 0, 0x50}, 40)};
    const bool has = number == 6 || number == 17 || number == 33 || number == 132 || number == 136;
    EXPECT_EQ(datagram.flow().originator().port, has ? 1000 : 0) << number;
    EXPECT_EQ(datagram.flow().responder().port, has ? 2000 : 0) << number;
  }
}

TEST(TransportLength, OfUdpBoundsThePayload) {
  EXPECT_EQ(OneDatagram(udp, with_ports({0, 12}, 20)).payload(), 4U);
  EXPECT_EQ(OneDatagram(udp, with_ports({0, 8}, 12)).payload(), 0U);  // all of it surplus
  EXPECT_EQ(OneDatagram(udp, with_ports({0, 9}, 9)).payload(), 1U);
  EXPECT_EQ(OneDatagram(udp, with_ports({0, 200}, 20)).payload(), 12U) << "no more than there is";
  EXPECT_EQ(OneDatagram(udp, with_ports({0, 0}, 20)).payload(), 12U) << "a jumbogram";
  EXPECT_EQ(OneDatagram(udp, with_ports({0, 7}, 20)).payload(), 12U) << "too small to be true";
  EXPECT_EQ(OneDatagram(udp, with_ports({}, 5)).payload(), 0U);
}

TEST(TransportLength, OfUdpLiteIsNoLength) {
  EXPECT_EQ(OneDatagram(136, with_ports({0, 8}, 30)).payload(), 22U);
  EXPECT_EQ(OneDatagram(136, with_ports({0, 0}, 30)).payload(), 22U);
}

TEST(TransportLength, OfDccpIsItsDataOffset) {
  EXPECT_EQ(OneDatagram(33, with_ports({4}, 50)).payload(), 34U);
  EXPECT_EQ(OneDatagram(33, with_ports({7}, 50)).payload(), 22U);
  EXPECT_EQ(OneDatagram(33, with_ports({255}, 50)).payload(), 0U);
}

TEST(TransportLength, OfUdpHoldsForACutFrame) {
  auto frame = make_frame({.protocol = udp, .payload = 100});
  store_be(frame.data() + headers + 4, std::uint16_t{8 + 60});
  for (const std::size_t captured : {headers + 6, headers + 8, headers + 20}) {
    Packet packet = packet_of(frame, at(0s));
    packet.data = packet.data.first(captured);
    Feed feed;
    feed.tracker.add(packet);
    EXPECT_EQ(feed.only_flow().from_originator().payload_bytes, 60U) << captured;
  }
}

TEST(IcmpMessages, AreTheFirstOfEachSide) {
  Feed feed;
  const auto send = [&](bool reversed, std::uint8_t type, std::uint8_t code) {
    const FrameFields fields{.protocol = icmp, .payload = 8};
    auto frame = make_frame(reversed ? fields.reversed() : fields);
    frame[headers] = type;
    frame[headers + 1] = code;
    feed.tracker.add(packet_of(frame, at(0s)));
  };
  send(false, 8, 0);
  send(true, 3, 10);
  send(false, 13, 1);
  send(true, 0, 0);
  const Flow& flow = feed.only_flow();
  EXPECT_EQ(flow.originator_icmp(), (IcmpMessage{8, 0}));
  EXPECT_EQ(flow.responder_icmp(), (IcmpMessage{3, 10}));
  EXPECT_EQ(flow.from_originator().packets, 2U);
}

TEST(IcmpMessages, AreAbsentWhereNoneWasSeen) {
  OneDatagram echo{icmp, {8, 0, 0, 0}};
  EXPECT_EQ(echo.flow().originator_icmp(), (IcmpMessage{8, 0}));
  EXPECT_FALSE(echo.flow().responder_icmp());
  EXPECT_FALSE(OneDatagram(icmp, {8}).flow().originator_icmp());
  EXPECT_FALSE(OneDatagram(udp, with_ports({0, 8}, 8)).flow().originator_icmp());

  Feed neighbor;
  auto frame = make_frame({.source = ip("2001:db8::1"),
                           .destination = ip("2001:db8::2"),
                           .protocol = wire::ip_protocol::icmpv6,
                           .payload = 24});
  frame[14 + 40] = 135;
  neighbor.tracker.add(packet_of(frame, at(0s)));
  EXPECT_EQ(neighbor.only_flow().originator_icmp(), (IcmpMessage{135, 0}));
}

}  // namespace
}  // namespace weir::flow::test
