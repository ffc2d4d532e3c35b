// view<V>(): the headers decode() found, each as far as its datagram reaches.
#include <gtest/gtest.h>

#include <algorithm>

#include "decode_samples.h"
#include "support/view_checks.h"
#include "weir/wire/avs.h"
#include "weir/wire/gre.h"
#include "weir/wire/ieee80211.h"
#include "weir/wire/ipv6_extension.h"
#include "weir/wire/linux_sll.h"
#include "weir/wire/linux_sll2.h"
#include "weir/wire/prism.h"
#include "weir/wire/udp_lite.h"
#include "weir/wire/vlan.h"
#include "weir/wire/vxlan.h"

namespace weir::test {
namespace {

using wire::IpDatagram;
using wire::Ipv4View;
using wire::Ipv6View;
using wire::Layer;
using wire::Layers;
using wire::TcpView;
using wire::UdpView;
using wire::view;

/// Captured up to `size`, if that is less.
Packet packet_of(const Octets& bytes, std::size_t size = SIZE_MAX) {
  return {.data = Bytes{bytes}.first(std::min(size, bytes.size())),
          .wire_length = static_cast<std::uint32_t>(bytes.size())};
}

template <class V>
std::size_t payload_size(const Packet& packet) {
  const auto header = view<V>(packet, wire::decode(packet));
  if (!header) throw std::invalid_argument{"no such header"};
  return header->payload().size();
}

void expect_datagram(const IpDatagram& ip, std::uint32_t payload_offset, std::uint32_t length) {
  EXPECT_EQ(ip.payload_offset, payload_offset);
  EXPECT_EQ(ip.length, length);
}

TEST(View, OfAPaddedAcknowledgementHasNoPayload) {
  const auto ack = padded(frame(eth(0x0800), ip4(6), tcp()), 6);
  const Packet packet = packet_of(ack);
  EXPECT_EQ(payload_size<TcpView>(packet), 0U);
  EXPECT_EQ(payload_size<Ipv4View>(packet), 20U);
  expect_datagram(wire::decode(packet).outer, 34, 40);

  const auto ack6 = padded(frame(eth(0x86dd), ip6(6), tcp()), 6);
  EXPECT_EQ(payload_size<TcpView>(packet_of(ack6)), 0U);
  expect_datagram(wire::decode(packet_of(ack6)).outer, 54, 60);

  const auto tagged = padded(frame(eth(0x8100), Octets{0, 5, 0x08, 0}, ip4(6), tcp()), 2);
  EXPECT_EQ(payload_size<TcpView>(packet_of(tagged)), 0U);
}

TEST(View, OfASnappedSegmentHoldsWhatWasCaptured) {
  wire::TcpFields fields = tcp();
  const Octets options = rest(12, 1);
  fields.options = options;
  const auto whole = padded(frame(eth(0x0800), ip4(6), fields, rest(1000)), 3);
  const Packet packet = packet_of(whole, 96);
  EXPECT_EQ(payload_size<TcpView>(packet), 30U);
  expect_datagram(wire::decode(packet).outer, 34, 1052);

  const Packet in_options = packet_of(whole, 60);
  const auto header = view<TcpView>(in_options, wire::decode(in_options));
  ASSERT_TRUE(header);
  EXPECT_EQ(header->header_length(), 32U);
  EXPECT_EQ(header->options().bytes().size(), 6U);
  EXPECT_TRUE(header->payload().empty());

  const Packet in_header = packet_of(whole, 50);
  EXPECT_FALSE(view<TcpView>(in_header, wire::decode(in_header)));
}

TEST(View, OfAHeaderLongerThanItsDatagramIsNone) {
  const auto bytes = padded(changed(frame(eth(0x0800), ip4(6), tcp()), 46, 0xf0), 60);
  const Packet packet = packet_of(bytes);
  EXPECT_FALSE(view<TcpView>(packet, wire::decode(packet)));
}

TEST(View, WhereTheLengthIsLeftToTheAdapterReachesToTheEndOfTheFrame) {
  auto offloaded = frame(eth(0x0800), ip4(6), tcp(), rest(100));
  offloaded[16] = offloaded[17] = 0;
  EXPECT_EQ(payload_size<TcpView>(packet_of(offloaded)), 100U);
  expect_datagram(wire::decode(packet_of(offloaded)).outer, 34, 140);
  expect_datagram(wire::decode(packet_of(offloaded, 80)).outer, 34, 140);
  EXPECT_EQ(payload_size<TcpView>(packet_of(offloaded, 80)), 26U);
}

TEST(View, OfAJumbogramReachesToTheEndOfTheFrame) {
  constexpr std::uint32_t carried = 8 + 8 + 70'000;
  const Octets jumbo{17, 0, 0xc2, 4, 0, 1, 0x11, 0x80};  // RFC 2675 2: payload length 70,016
  auto bytes = frame(eth(0x86dd), ip6(0), jumbo, udp(), rest(70'000));
  bytes[18] = bytes[19] = 0;
  bytes[66] = bytes[67] = 0;
  const Packet packet = packet_of(bytes);
  EXPECT_EQ(payload_size<UdpView>(packet), 70'000U);
  expect_datagram(wire::decode(packet).inner, 62, 40 + carried);
  EXPECT_EQ(payload_size<UdpView>(packet_of(bytes, 128)), 58U);
}

TEST(View, OfNothingBehindIpv6IsEmpty) {
  const auto bytes = padded(frame(eth(0x86dd), ip6(59)), 6);
  EXPECT_EQ(payload_size<Ipv6View>(packet_of(bytes)), 0U);
  expect_datagram(wire::decode(packet_of(bytes)).outer, 54, 40);
}

TEST(View, OfALengthBeyondTheFrameEndsWithTheFrame) {
  auto bytes = frame(eth(0x0800), ip4(6), tcp(), rest(10));
  bytes[16] = 0xff;
  expect_datagram(wire::decode(packet_of(bytes)).outer, 34, 50);
  EXPECT_EQ(payload_size<TcpView>(packet_of(bytes)), 10U);
}

TEST(View, WithoutTheFrameCheckSequence) {
  auto bytes = padded(frame(eth(0x0800), ip4(6), tcp(), rest(10)), 4);
  bytes[16] = bytes[17] = 0;
  Packet packet = packet_of(bytes);
  packet.flags = PacketFlags::has_fcs;
  EXPECT_EQ(payload_size<TcpView>(packet), 10U);
  expect_datagram(wire::decode(packet).outer, 34, 50);
}

TEST(View, OfTunnelsEndsWithTheDatagramAroundIt) {
  // Three IPv4 headers, each with three more bytes than the next one's total length.
  const Octets innermost = frame(ip4(17), udp(), rest(4));
  const Octets middle = frame(ip4(4), padded(innermost, 3));
  const Octets bytes = padded(frame(eth(0x0800), ip4(4), padded(middle, 3)), 7);
  const Packet packet = packet_of(bytes);
  const Layers layers = wire::decode(packet);
  ASSERT_EQ(layers.size(), 5U);
  expect_datagram(layers.outer, 34, 20 + 20 + 32 + 3 + 3);
  expect_datagram(layers.inner, 74, 32);
  EXPECT_EQ(view<Ipv4View>(packet, layers)->payload().size(), 58U);
  EXPECT_EQ(view<Ipv4View>(packet, layers, layers[2])->payload().size(), 35U);
  EXPECT_EQ(view<Ipv4View>(packet, layers, layers[3])->payload().size(), 12U);
  EXPECT_EQ(wire::extent_of(packet, layers, layers[3]).captured.size(), 32U);
  EXPECT_EQ(view<UdpView>(packet, layers)->payload().size(), 4U);
}

TEST(View, OfBothSegmentsOfATunnel) {
  const Octets inner = frame(eth(0x86dd), ip6(6), tcp(), rest(9));
  const auto bytes = padded(frame(eth(0x0800), ip4(17), udp(4789), wire::VxlanFields{}, inner), 5);
  const Packet packet = packet_of(bytes);
  const Layers layers = wire::decode(packet);
  const auto outer = view<UdpView>(packet, layers);
  ASSERT_TRUE(outer);
  EXPECT_EQ(outer->payload().size(), 8 + inner.size());
  EXPECT_EQ(view<TcpView>(packet, layers)->payload().size(), 9U);
  expect_datagram(layers.outer, 34, static_cast<std::uint32_t>(bytes.size() - 5 - 14));
  expect_datagram(layers.inner, 14 + 20 + 8 + 8 + 14 + 40, 69);
}

TEST(View, OfFragments) {
  wire::Ipv4Fields fields = ip4(6);
  fields.more_fragments = true;
  const auto first = padded(frame(eth(0x0800), fields, tcp(), rest(4)), 2);
  EXPECT_EQ(payload_size<TcpView>(packet_of(first)), 4U);
  fields.fragment_offset = 24;
  const auto later = padded(frame(eth(0x0800), fields, rest(24)), 2);
  const Packet packet = packet_of(later);
  const Layers layers = wire::decode(packet);
  EXPECT_FALSE(view<TcpView>(packet, layers));
  expect_datagram(layers.outer, 34, 44);
  EXPECT_EQ(view<Ipv4View>(packet, layers)->payload().size(), 24U);

  const wire::Ipv6FragmentFields piece{.next_header = 17, .fragment_offset = 8};
  const auto later6 = padded(frame(eth(0x86dd), ip6(44), piece, rest(16)), 2);
  expect_datagram(wire::decode(packet_of(later6)).outer, 62, 64);
}

TEST(View, IsOfTheFormatThatWasRead) {
  const Octets sll2 = frame(wire::Sll2Fields{.protocol = 0x0800}, datagram());
  Packet packet = packet_of(sll2);
  packet.link_type = LinkType::linux_sll2;
  const Layers layers = wire::decode(packet);
  EXPECT_TRUE(view<wire::Sll2View>(packet, layers));
  EXPECT_FALSE(view<wire::SllView>(packet, layers));
  EXPECT_FALSE(view<UdpView>(packet, layers, layers[0]));
}

/// What holds for every view of every header of any packet.
template <class V>
void expect_sound(const Sample& sample, const Packet& packet, const Layers& layers) {
  for (const Layer& layer : layers) {
    const auto header = view<V>(packet, layers, layer);
    if (!header) continue;
    EXPECT_EQ(header->bytes().data(), packet.data.data() + layer.offset) << sample.name;
    EXPECT_LE(layer.offset + header->bytes().size(), packet.data.size()) << sample.name;
    EXPECT_GE(header->bytes().size(), layer.header_length) << sample.name;
  }
}

TEST(View, LiesWithinThePacketWhereverThatIsCut) {
  for (const Sample& sample : all_samples()) {
    for (std::size_t size = 0; size <= std::min<std::size_t>(sample.bytes.size(), 200); ++size) {
      const auto bytes = exactly(Bytes{sample.bytes}.first(size));
      Packet packet = sample.packet();
      packet.data = bytes;
      const Layers layers = wire::decode(packet);
      for (const Layer& layer : layers) {
        const auto extent = wire::extent_of(packet, layers, layer);
        ASSERT_GE(extent.captured.size(), layer.header_length) << sample.name << ' ' << size;
        ASSERT_GE(extent.wire_length, extent.captured.size()) << sample.name << ' ' << size;
      }
      expect_sound<Ipv4View>(sample, packet, layers);
      expect_sound<Ipv6View>(sample, packet, layers);
      expect_sound<wire::Ipv6OptionsView>(sample, packet, layers);
      expect_sound<TcpView>(sample, packet, layers);
      expect_sound<UdpView>(sample, packet, layers);
      expect_sound<wire::GreView>(sample, packet, layers);
      expect_sound<wire::VlanView>(sample, packet, layers);
      expect_sound<wire::WlanView>(sample, packet, layers);
      expect_sound<wire::PrismView>(sample, packet, layers);
      expect_sound<wire::AvsView>(sample, packet, layers);
    }
  }
}

}  // namespace
}  // namespace weir::test
