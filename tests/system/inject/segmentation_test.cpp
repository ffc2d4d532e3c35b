// Frames longer than the adapter takes, cut by the kernel: a socket gets what was in them.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "system/network.h"
#include "weir/capture/live.h"
#include "weir/inject/sender.h"
#include "weir/wire/checksum_verdict.h"
#include "weir/wire/ethernet.h"
#include "weir/wire/frame_writer.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/ipv6.h"
#include "weir/wire/layers.h"
#include "weir/wire/tcp.h"
#include "weir/wire/udp.h"

namespace weir::test {
namespace {

using capture::Live;
using inject::Refusal;
using inject::Sender;

constexpr std::size_t payload_size = 5'000;

class SegmentationTest : public LiveTest {
 protected:
  void SetUp() override {
    LiveTest::SetUp();
    if (IsSkipped()) return;
    // Else the far adapter is given the frame whole.
    run("ethtool -K near tso off gso off tx off > /dev/null 2>&1");
    for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<std::uint8_t>(i / 7);
  }
  /// Ethernet, IP and these, with the payload.
  template <class Ip, class Transport>
  [[nodiscard]] Octets frame(const Ip& ip, const Transport& transport) const {
    Octets buffer(payload.size() + 100);
    const auto built = wire::build(buffer, wire::EthernetFields{}, ip, transport, payload);
    if (!built) throw std::runtime_error{"cannot build a frame"};
    return {built->begin(), built->end()};
  }

  Octets payload = Octets(payload_size);
};

const wire::Ipv4Fields ipv4{.source = {{192, 0, 2, 1}}, .destination = {{192, 0, 2, 2}}};

TEST_F(SegmentationTest, WithoutItSuchFramesAreRefused) {
  Sender sender{"near"};
  EXPECT_EQ(sender.send(frame(ipv4, wire::TcpFields{})).refusal, Refusal::too_long);
}

template <class Ip>
void expect_segments(Sender& sender, Live& far, const Octets& sent, const Octets& payload) {
  ASSERT_TRUE(sender.send(sent));
  Octets together;
  std::uint32_t expected = 1'000;
  for (const OwnedPacket& owned : collect(far, 4)) {
    const Packet& packet = owned.packet();
    EXPECT_LE(packet.data.size(), 1'514U);
    const wire::Layers layers = wire::decode(packet);
    const auto tcp = wire::view<wire::TcpView>(packet, layers);
    ASSERT_TRUE(tcp);
    EXPECT_EQ(tcp->sequence_number(), expected);
    EXPECT_TRUE(wire::view<Ip>(packet, layers));
    const wire::ChecksumVerdicts verdicts = wire::verify_checksums(packet, layers);
    for (std::size_t i = 0; i < layers.size(); ++i) {
      EXPECT_NE(verdicts[i], wire::ChecksumVerdict::bad) << name(layers[i].protocol);
    }
    EXPECT_EQ(verdicts[layers.outer.transport], wire::ChecksumVerdict::good);
    const Bytes part = packet.data.subspan(layers.payload_offset, layers.payload_length);
    together.insert(together.end(), part.begin(), part.end());
    expected += layers.payload_length;
  }
  EXPECT_EQ(together, payload);
}

TEST_F(SegmentationTest, TcpOverIpv4BecomesSegments) {
  Sender sender{"near", {.segment = true}};
  Live far{"far", {.traffic = capture::Traffic::in}};
  expect_segments<wire::Ipv4View>(sender, far,
                                  frame(ipv4, wire::TcpFields{.sequence_number = 1'000}), payload);
  EXPECT_EQ(sender.counts().sent, 1U);
}

TEST_F(SegmentationTest, TcpOverIpv6BecomesSegments) {
  Sender sender{"near", {.segment = true}};
  Live far{"far", {.traffic = capture::Traffic::in}};
  expect_segments<wire::Ipv6View>(
      sender, far, frame(wire::Ipv6Fields{}, wire::TcpFields{.sequence_number = 1'000}), payload);
}

TEST_F(SegmentationTest, AUdpDatagramBecomesFragments) {
  // Not a multiple of 8, as all fragments but the last are.
  ip("link set near mtu 1497");
  Sender sender{"near", {.segment = true}};
  Live far{"far", {.traffic = capture::Traffic::in}};
  const Octets sent = frame(ipv4, wire::UdpFields{.source_port = 7, .destination_port = 9});
  ASSERT_TRUE(sender.send(sent));
  Octets together;
  for (const OwnedPacket& owned : collect(far, 4)) {
    const wire::Layers layers = wire::decode(owned.packet(), wire::Depth::transport);
    const auto header = wire::view<wire::Ipv4View>(owned.packet(), layers);
    ASSERT_TRUE(header);
    EXPECT_EQ(header->fragment_offset(), together.size());
    const Bytes part = header->payload();
    together.insert(together.end(), part.begin(), part.end());
  }
  const Octets datagram{sent.begin() + 34, sent.end()};
  EXPECT_EQ(together, datagram);
}

TEST_F(SegmentationTest, HeadersThatLeaveNoRoomForPayloadAreRefused) {
  ip("link set near mtu 87");
  const Octets options(40, 1);
  const Octets segment = frame(ipv4, wire::TcpFields{.options = options});
  EXPECT_EQ(Sender("near", {.segment = true}).send(segment).refusal, Refusal::too_long);
  ip("link set near mtu 88");
  EXPECT_TRUE(Sender("near", {.segment = true}).send(segment));
}

TEST_F(SegmentationTest, WhatFitsLeavesAsItIs) {
  Sender sender{"near", {.segment = true}};
  Live far{"far", {.traffic = capture::Traffic::in}};
  EXPECT_TRUE(sender.send(numbered_frame(1)));
  const std::vector<OwnedPacket> packets = collect(far, 1);
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_EQ(octets(packets[0].packet()), numbered_frame(1));
}

TEST_F(SegmentationTest, WhatIsNeitherTcpNorUdpIsRefused) {
  Sender sender{"near", {.segment = true}};
  Octets long_frame = numbered_frame(1);
  long_frame.resize(3'000);
  EXPECT_EQ(sender.send(long_frame).refusal, Refusal::too_long);
  EXPECT_EQ(sender.counts().refused(), 1U);
}

TEST_F(SegmentationTest, OnlyWhatIsNothingButADatagramIsCut) {
  Sender sender{"near", {.segment = true}};
  const Octets plain = frame(ipv4, wire::TcpFields{});
  Octets padded = plain;
  padded.resize(plain.size() + 4);
  EXPECT_EQ(sender.send(padded).refusal, Refusal::too_long);
  Octets labelled = plain;
  const Octets label{0x88, 0x47, 0, 0, 0x11, 64};
  labelled.erase(labelled.begin() + 12, labelled.begin() + 14);
  labelled.insert(labelled.begin() + 12, label.begin(), label.end());
  EXPECT_EQ(sender.send(labelled).refusal, Refusal::too_long);
  EXPECT_TRUE(sender.send(tagged(plain, 5)));
  EXPECT_TRUE(sender.send(tagged(tagged(plain, 5), 7, 0x88a8)));
}

}  // namespace
}  // namespace weir::test
