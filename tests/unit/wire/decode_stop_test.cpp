// Where decode() stops and why: malformed headers, cut packets, too many headers, its depth.
#include <set>
#include <string>

#include "decode_samples.h"
#include "support/layers_text.h"
#include "weir/wire/ah.h"
#include "weir/wire/gre.h"
#include "weir/wire/mpls.h"
#include "weir/wire/ppp.h"
#include "weir/wire/vlan.h"
#include "weir/wire/vxlan.h"

namespace weir::test {
namespace {

constexpr auto link = LinkType::ethernet;

using wire::StopReason;

std::vector<Sample> malformed_headers() {
  const auto tcp_frame = frame(eth(0x0800), ip4(6), tcp(), rest(8));
  const auto udp_frame = frame(eth(0x0800), datagram());
  const auto etherip = frame(eth(0x0800), ip4(97), Octets{0x30, 0x01}, rest(20));
  const auto gre = frame(eth(0x0800), ip4(47), Octets{0, 2, 8, 0}, rest(20));
  return {
      {"Ipv4VersionFive", link, changed(tcp_frame, 14, 0x55),
       "eth@0+14 ip@14+20 | - | 34+28 bad_version"},
      {"RawVersionFive", LinkType::raw, changed(datagram(), 0, 0x55),
       "raw@0+0 | - | 0+32 bad_version"},
      {"Ipv4HeaderOfFourWords", link, changed(tcp_frame, 14, 0x44),
       "eth@0+14 ip@14+20 | - | 34+28 bad_header_length"},
      {"Ipv4ShorterThanItsHeader", link, changed(tcp_frame, 17, 19),
       "eth@0+14 ip@14+20 | - | 34+28 bad_length"},
      {"Ipv4HeaderBeyondThePacket", link, changed(padded(frame(eth(0x0800), ip4(6)), 2), 14, 0x4f),
       "eth@0+14 ip@14+20 | - | 34+2 bad_length"},
      {"Ipv6VersionFour", link, changed(frame(eth(0x86dd), datagram6()), 14, 0x45),
       "eth@0+14 ipv6@14+40 | - | 54+12 bad_version"},
      {"TcpHeaderOfFourWords", link, changed(tcp_frame, 46, 0x40),
       "eth@0+14 ip@14+20 tcp@34+20 | 1=6 | 54+8 bad_header_length"},
      {"TcpHeaderBeyondTheDatagram", link, changed(tcp_frame, 46, 0xf0),
       "eth@0+14 ip@14+20 tcp@34+20 | 1=6 | 54+8 truncated"},
      {"UdpShorterThanItsHeader", link, changed(udp_frame, 39, 7),
       "eth@0+14 ip@14+20 udp@34+8 | 1=17 | 42+4 bad_length"},
      {"UdpLongerThanItsDatagram", link, changed(udp_frame, 38, 1),
       "eth@0+14 ip@14+20 udp@34+8 | 1>2=17 | 42+4 payload"},
      {"UdpBeyondTheDatagram", link, padded(frame(eth(0x0800), ip4(17), rest(4)), 40),
       "eth@0+14 ip@14+20 udp@34+4 | 1=17 | 38+0 truncated"},
      {"EtherIpWithReservedBits", link, etherip,
       "eth@0+14 ip@14+20 etherip@34+2 | 1=97 | 36+20 bad_field"},
      {"GreVersionTwo", link, gre, "eth@0+14 ip@14+20 gre@34+4 | 1=47 | 38+20 bad_version"},
      {"EthernetTooShort", link, rest(13), "eth@0+13 | - | 13+0 truncated"},
      {"EthernetAlone", link, frame(eth(0x0800)), "eth@0+14 | - | 14+0 truncated"},
      {"NothingAtAll", link, {}, "| - | 0+0 truncated"},
      {"FcsLongerThanTheFrame", link, rest(3), "| - | 0+0 truncated", PacketFlags::has_fcs},
  };
}

class DecodeRefused : public testing::TestWithParam<Sample> {};

TEST_P(DecodeRefused, FindsExactlyTheseHeaders) {
  EXPECT_EQ(text_of(wire::decode(GetParam().packet())), GetParam().found);
}
INSTANTIATE_TEST_SUITE_P(, DecodeRefused, testing::ValuesIn(refused_samples()), name_of);

std::string decoded(Bytes bytes, std::size_t wire_length) {
  return text_of(wire::decode(
      {.data = bytes, .wire_length = static_cast<std::uint32_t>(wire_length), .link_type = link}));
}

TEST(DecodeStop, TellsSnappedFromTruncatedByTheWireLength) {
  const auto whole = frame(eth(0x0800), ip4(6), tcp(), rest(100));
  const Bytes captured = Bytes{whole}.first(40);
  EXPECT_EQ(decoded(captured, whole.size()), "eth@0+14 ip@14+20 tcp@34+6 | 1=6 | 40+0 snapped");
  EXPECT_EQ(decoded(captured, 40), "eth@0+14 ip@14+20 tcp@34+6 | 1=6 | 40+0 truncated");
  // A wire length below what is there, as damaged files have it, counts for nothing.
  EXPECT_EQ(decoded(captured, 0), "eth@0+14 ip@14+20 tcp@34+6 | 1=6 | 40+0 truncated");
}

TEST(DecodeStop, IsTruncatedWhereTheDatagramItselfEnds) {
  // The frame was longer on the wire, but what is missing was padding.
  const auto whole = padded(frame(eth(0x0800), ip4(17), rest(4)), 22);
  EXPECT_EQ(decoded(Bytes{whole}.first(40), whole.size()),
            "eth@0+14 ip@14+20 udp@34+4 | 1=17 | 38+0 truncated");
}

TEST(DecodeStop, CutsASnappedPayloadAndGoesOn) {
  const auto whole = frame(eth(0x0800), ip4(17), udp(), rest(100));
  EXPECT_EQ(decoded(Bytes{whole}.first(50), whole.size()),
            "eth@0+14 ip@14+20 udp@34+8 | 1>2=17 | 42+8 payload");
}

TEST(DecodeStop, KnowsATransportWhoseOptionsAreSnapped) {
  const auto options = rest(20, 1);
  wire::TcpFields header = tcp();
  header.options = options;
  const auto whole = frame(eth(0x0800), ip4(6), header, rest(100));
  EXPECT_EQ(decoded(Bytes{whole}.first(60), whole.size()),
            "eth@0+14 ip@14+20 tcp@34+26 | 1>2=6 | 60+0 snapped");
}

TEST(DecodeStop, IsSnappedWhereATunnelBeginsBehindTheCapturedBytes) {
  const auto whole =
      frame(eth(0x0800), ip4(17), udp(4789), wire::VxlanFields{}, eth(0x0800), datagram());
  EXPECT_EQ(decoded(Bytes{whole}.first(42), whole.size()),
            "eth@0+14 ip@14+20 udp@34+8 | 1>2=17 | 42+0 snapped");
  EXPECT_EQ(decoded(Bytes{whole}.first(42), 42),
            "eth@0+14 ip@14+20 udp@34+8 | 1>2=17 | 42+0 payload");
}

// Ethernet, then `step` bytes of header that name themselves again, 40 times.
Octets nested(std::uint16_t type, const Octets& header) {
  Octets bytes = frame(eth(type));
  for (int i = 0; i < 40; ++i) bytes.insert(bytes.end(), header.begin(), header.end());
  return frame(bytes, datagram());
}

TEST(DecodeStop, NamesTheHeaderThatIsMissing) {
  const auto whole = frame(eth(0x0800), ip4(6), tcp(), rest(10));
  const auto missing = [&](std::size_t captured, std::size_t length) {
    return wire::decode({.data = Bytes{whole}.first(captured),
                         .wire_length = static_cast<std::uint32_t>(length),
                         .link_type = link})
        .missing;
  };
  EXPECT_EQ(missing(34, whole.size()), wire::Protocol::tcp);
  EXPECT_EQ(missing(34, 34), wire::Protocol::tcp);
  EXPECT_EQ(missing(14, whole.size()), wire::Protocol::ipv4);
  EXPECT_EQ(missing(0, whole.size()), wire::Protocol::ethernet);
  EXPECT_EQ(missing(35, whole.size()), std::nullopt);
  EXPECT_EQ(missing(whole.size(), whole.size()), std::nullopt);

  const auto tags = nested(0x8100, frame(wire::VlanFields{.type_or_length = 0x8100}));
  EXPECT_EQ(wire::decode({.data = tags, .link_type = link}).missing, wire::Protocol::vlan);
}

TEST(DecodeStop, HoldsAsManyHeadersAsThereIsRoomFor) {
  const auto tags = nested(0x8100, frame(wire::VlanFields{.type_or_length = 0x8100}));
  const auto labels = nested(0x8847, frame(wire::MplsFields{.bottom_of_stack = false}));
  for (const auto& bytes : {tags, labels}) {
    const auto layers = wire::decode({.data = bytes, .wire_length = 206, .link_type = link});
    ASSERT_EQ(layers.size(), wire::Layers::max_layers);
    EXPECT_EQ(layers.stop, StopReason::nesting_limit);
    EXPECT_EQ(layers[31].offset, 14U + 30 * 4);
    EXPECT_EQ(layers.payload_offset, 14U + 31 * 4);
    EXPECT_EQ(layers.payload_offset + layers.payload_length, bytes.size());
  }
}

TEST(DecodeStop, HoldsNestedDatagramsUpToTheLimit) {
  Octets bytes = datagram();
  for (int i = 0; i < 40; ++i) bytes = frame(ip4(4), bytes);
  const auto layers = wire::decode({.data = bytes, .link_type = LinkType::ipv4});
  ASSERT_EQ(layers.size(), wire::Layers::max_layers);
  EXPECT_EQ(layers.stop, StopReason::nesting_limit);
  EXPECT_EQ(layers.outer.network, 0);
  EXPECT_EQ(layers.inner.network, 31);
  EXPECT_EQ(layers.inner.transport, wire::IpDatagram::absent);
}

TEST(DecodeStop, PassesOneCiscoMetadataHeaderAtATime) {
  // Metadata that names a tag that names metadata, and so on: the tags are counted.
  const auto bytes = nested(0x8909, Octets{1, 1, 0, 1, 0, 5, 0x81, 0x00, 0, 5, 0x89, 0x09});
  const auto layers = wire::decode({.data = bytes, .link_type = link});
  EXPECT_EQ(layers.size(), wire::Layers::max_layers);
  EXPECT_EQ(layers.stop, StopReason::nesting_limit);
}

TEST(DecodeStop, EveryReasonIsReached) {
  std::set<std::string> reached{name(StopReason::snapped), name(StopReason::nesting_limit)};
  for (const Sample& sample : all_samples()) {
    reached.insert(name(wire::decode(sample.packet()).stop));
  }
  for (int reason = 0; reason <= static_cast<int>(StopReason::nesting_limit); ++reason) {
    EXPECT_TRUE(reached.contains(name(static_cast<StopReason>(reason)))) << reason;
  }
}

std::string shallow(const Octets& bytes) {
  return text_of(wire::decode({.data = bytes, .link_type = link}, wire::Depth::transport));
}

TEST(DecodeDepth, TransportEndsAtTheOutermostTransportHeader) {
  EXPECT_EQ(shallow(frame(eth(0x0800), ip4(17), udp(53), rest(20))),
            "eth@0+14 ip@14+20 udp@34+8 | 1>2=17 | 42+20 payload");
  EXPECT_EQ(shallow(frame(eth(0x8100), wire::VlanFields{.type_or_length = 0x0800}, ip4(17),
                          udp(4789), rest(20))),
            "eth@0+14 vlan@14+4 ip@18+20 udp@38+8 | 2>3=17 | 46+20 payload");
  EXPECT_EQ(shallow(frame(eth(0x0800), ip4(51), wire::AhFields{.next_header = 6}, tcp(443),
                          Octets{22, 3, 1, 0, 5})),
            "eth@0+14 ip@14+20 ah@34+12 tcp@46+20 | 1>3=6 | 66+5 payload");
}

TEST(DecodeDepth, TransportEndsBeforeATunnel) {
  EXPECT_EQ(shallow(frame(eth(0x0800), ip4(4), datagram())),
            "eth@0+14 ip@14+20 | 1=4 | 34+32 payload");
  EXPECT_EQ(shallow(frame(eth(0x86dd), ip6(47), wire::GreFields{.protocol = 0x0800}, datagram())),
            "eth@0+14 ipv6@14+40 | 1=47 | 54+36 payload");
}

}  // namespace

std::vector<Sample> refused_samples() { return malformed_headers(); }

}  // namespace weir::test
