// Flows of packets that are decoded with the user's own numbers and headers.
#include <gtest/gtest.h>

#include "frames.h"
#include "weir/wire/gre.h"
#include "weir/wire/vxlan.h"

namespace weir::flow::test {
namespace {

using weir::test::datagram;
using weir::test::eth;
using weir::test::frame;
using weir::test::ip4;
using weir::test::Octets;

EndedFlow only_flow(const Octets& bytes, const TrackerOptions& options) {
  Recorder recorder;
  Tracker tracker{recorder, options};
  tracker.add(Packet{.data = bytes, .wire_length = static_cast<std::uint32_t>(bytes.size())});
  tracker.finish();
  EXPECT_EQ(recorder.ended.size(), 1U);
  return recorder.ended.at(0);
}

TEST(TrackerDecoders, InnerFlowsOfTunnelsOnOtherPorts) {
  const Octets bytes = frame(eth(0x0800), ip4(udp), weir::test::udp(4000), wire::VxlanFields{},
                             eth(0x0800), ip4(tcp), weir::test::tcp(8080));
  EXPECT_EQ(only_flow(bytes, {.inner = true}).flow().protocol(), udp);
  const auto decoders = wire::Decoders::parse("udp.port==4000,vxlan");
  EXPECT_EQ(only_flow(bytes, {.inner = true, .decoders = decoders}).flow().protocol(), tcp);
  EXPECT_EQ(only_flow(bytes, {.decoders = decoders}).flow().protocol(), udp);
}

TEST(TrackerDecoders, OwnHeadersBetweenIpAndTransport) {
  wire::Decoders decoders;
  decoders.add({.name = "shim",
                .decode =
                    [](Bytes, std::size_t, void*) noexcept {
                      return std::optional{
                          wire::DecodedHeader{4, {wire::NumberSpace::ip_protocol, tcp}}};
                    },
                .ip_protocols = {200}});
  const Octets bytes =
      frame(eth(0x0800), ip4(200), Octets{1, 2, 3, 4}, weir::test::tcp(8080), Octets(10));
  EXPECT_EQ(only_flow(bytes, {}).flow().protocol(), 200);
  const EndedFlow ended = only_flow(bytes, {.decoders = decoders});
  const Flow& flow = ended.flow();
  EXPECT_EQ(flow.protocol(), tcp);
  EXPECT_EQ(flow.responder().port, 8080);
  EXPECT_EQ(flow.from_originator().payload_bytes, 10U);
}

TEST(TrackerDecoders, NumbersOfPlainDatagrams) {
  const Octets bytes = frame(eth(0x0800), datagram());
  const auto none = wire::Decoders::parse("ethertype==0x0800,none");
  Recorder recorder;
  Tracker tracker{recorder, {.decoders = none}};
  tracker.add(Packet{.data = bytes, .wire_length = static_cast<std::uint32_t>(bytes.size())});
  tracker.finish();
  EXPECT_EQ(tracker.counts().without_ip, 1U);
}

}  // namespace
}  // namespace weir::flow::test
