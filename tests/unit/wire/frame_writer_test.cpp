// build() and FrameWriter: what is filled in, what stands as told, and what cannot be written.
#include "weir/wire/frame_writer.h"

#include <gtest/gtest.h>

#include <array>

#include "support/allocations.h"
#include "support/hex.h"
#include "weir/packet.h"
#include "weir/wire/checksum_verdict.h"
#include "weir/wire/cisco_metadata.h"
#include "weir/wire/e_tag.h"
#include "weir/wire/hsr.h"
#include "weir/wire/icmp.h"
#include "weir/wire/icmpv6.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/ipv6.h"
#include "weir/wire/ipv6_extension.h"
#include "weir/wire/layers.h"
#include "weir/wire/llc.h"
#include "weir/wire/macsec.h"
#include "weir/wire/mpls.h"
#include "weir/wire/r_tag.h"
#include "weir/wire/tcp.h"
#include "weir/wire/udp.h"
#include "weir/wire/vlan.h"
#include "weir/wire/vn_tag.h"
#include "weir/wire/vxlan.h"

namespace weir::wire {
namespace {

using test::hex;
using Buffer = std::array<std::uint8_t, 2048>;

const EthernetFields ethernet{.destination = {{2, 0, 0, 0, 0, 1}}, .source = {{2, 0, 0, 0, 0, 2}}};
const Ipv4Fields ipv4{.source = {{192, 0, 2, 1}}, .destination = {{198, 51, 100, 2}}};
const Ipv6Fields ipv6{.source = {{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}},
                      .destination = {{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}}};
const UdpFields udp{.source_port = 50'000, .destination_port = 7777};
const TcpFields tcp{.source_port = 50'000, .destination_port = 7777, .flags = tcp_flags::syn};
const auto text = hex("68 65 6c 6c 6f");  // odd on purpose

Packet packet_of(Bytes frame) {
  return {.data = frame, .wire_length = static_cast<std::uint32_t>(frame.size())};
}

std::string protocols_of(Bytes frame) {
  std::string names;
  for (const Layer& layer : decode(packet_of(frame))) {
    names += (names.empty() ? "" : " ") + std::string{name(layer.protocol)};
  }
  return names;
}

/// No checksum of the frame is anything but good, and there are `count`.
void expect_good_checksums(Bytes frame, int count) {
  const Packet packet = packet_of(frame);
  const Layers layers = decode(packet);
  const ChecksumVerdicts verdicts = verify_checksums(packet, layers);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (verdicts[i] == ChecksumVerdict::none) continue;
    EXPECT_EQ(verdicts[i], ChecksumVerdict::good) << name(layers[i].protocol);
    --count;
  }
  EXPECT_EQ(count, 0);
}

template <class V>
V header(Bytes frame) {
  const Packet packet = packet_of(frame);
  return view<V>(packet, decode(packet)).value();
}

TEST(Build, WritesTheLengthWhereLlcFollows) {
  Buffer buffer;
  const auto frame = build(buffer, ethernet, LlcFields{}, SnapFields{}, ipv4, udp, text).value();
  EXPECT_EQ(protocols_of(frame), "eth llc snap ip udp");
  EXPECT_EQ(header<EthernetView>(frame).type_or_length(), 3 + 5 + 20 + 8 + 5);
  EXPECT_EQ(frame.size(), 60U);
  const auto tagged = build(buffer, ethernet, VlanFields{}, LlcFields{}, ipv4, udp, text).value();
  EXPECT_EQ(protocols_of(tagged), "eth vlan llc ip udp");
  EXPECT_EQ(header<VlanView>(tagged).type_or_length(), 3 + 20 + 8 + 5);
  const auto bridged = build(buffer, ethernet, LlcFields{}, SnapFields{.oui = SnapView::oui_802_1},
                             ethernet, ipv4, udp, text);
  EXPECT_EQ(protocols_of(bridged.value()), "eth llc snap eth ip udp");
  const std::array<std::uint8_t, 1498> much{};
  EXPECT_EQ(build(buffer, ethernet, LlcFields{}, much).error(), WriteError::too_long);
  EXPECT_TRUE(build(buffer, ethernet, LlcFields{}, Bytes{much}.first(1497)));
}

template <class V, class F>
void expect_length_before_llc(const F& tag, std::size_t check_value = 0) {
  const std::vector<std::uint8_t> behind(check_value);
  Buffer buffer;
  const auto frame = build(buffer, ethernet, tag, LlcFields{}, ipv4, udp, text, behind).value();
  EXPECT_EQ(header<V>(frame).type_or_length(), 3 + 20 + 8 + 5);
  EXPECT_NE(protocols_of(frame).find(" llc ip udp"), std::string::npos) << protocols_of(frame);
  std::vector<std::uint8_t> large(4000);
  const std::vector<std::uint8_t> much(1498 + check_value);
  EXPECT_EQ(build(large, ethernet, tag, LlcFields{}, much).error(), WriteError::too_long);
  EXPECT_TRUE(build(large, ethernet, tag, LlcFields{}, Bytes{much}.first(1497 + check_value)));
}

TEST(Build, WritesTheLengthWhereLlcFollowsATag) {
  expect_length_before_llc<VlanView>(VlanFields{});
  expect_length_before_llc<RTagView>(RTagFields{});
  expect_length_before_llc<HsrView>(HsrFields{});
  expect_length_before_llc<ETagView>(ETagFields{});
  expect_length_before_llc<VnTagView>(VnTagFields{});
  expect_length_before_llc<CiscoMetadataView>(CiscoMetadataFields{});
  expect_length_before_llc<MacsecView>(MacsecFields{}, MacsecView::check_value_length);
}

TEST(Build, FillsInWhatFollowsLengthsAndChecksums) {
  Buffer buffer;
  buffer.fill(0xee);
  const auto frame = build(buffer, ethernet, ipv4, udp, text);
  ASSERT_TRUE(frame);
  EXPECT_EQ(std::vector(frame->begin(), frame->end()),
            hex("02 00 00 00 00 01 02 00 00 00 00 02 08 00"
                "45 00 00 21 00 00 00 00 40 11 8e 95 c0 00 02 01 c6 33 64 02"
                "c3 50 1e 61 00 0d ee 18  68 65 6c 6c 6f"
                "00 00 00 00 00 00 00 00 00 00 00 00 00"));
  expect_good_checksums(*frame, 2);
}

TEST(Build, NamesWhatFollowsThroughTagsLabelsAndTunnels) {
  Buffer buffer;
  const auto stacked = build(
      buffer, ethernet, VlanFields{.tag_protocol = ether_type::provider_vlan, .identifier = 7},
      VlanFields{.identifier = 8}, MplsFields{.label = 16}, MplsFields{.label = 17}, ipv6, tcp);
  ASSERT_TRUE(stacked);
  EXPECT_EQ(protocols_of(*stacked), "eth ieee8021ad vlan mpls mpls ipv6 tcp");
  expect_good_checksums(*stacked, 1);

  const auto tunnel = build(buffer, ethernet, ipv6, UdpFields{.source_port = 49'152},
                            VxlanFields{.identifier = 5}, ethernet, ipv4, tcp, text);
  ASSERT_TRUE(tunnel);
  EXPECT_EQ(protocols_of(*tunnel), "eth ipv6 udp vxlan eth ip tcp");
  expect_good_checksums(*tunnel, 3);
  const auto gpe = build(buffer, ethernet, ipv4, UdpFields{},
                         VxlanFields{.has_next_protocol = true}, ipv6, IcmpFields{});
  ASSERT_TRUE(gpe);
  EXPECT_EQ(protocols_of(*gpe), "eth ip udp vxlan ipv6 icmp");
}

TEST(Build, SealsWithTheFinalDestination) {
  Buffer buffer;
  const auto route =
      hex("04 02 00 00 00 00"
          "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 09"
          "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 0a");
  auto body = route;
  body[0] = 0;  // type 0, two segments left
  body[1] = 2;
  const auto routed =
      build(buffer, ethernet, ipv6,
            Ipv6ExtensionFields{.protocol = ip_protocol::ipv6_routing, .body = body},
            Ipv6ExtensionFields{}, Icmpv6Fields{}, text);
  ASSERT_TRUE(routed);
  EXPECT_EQ(protocols_of(*routed), "eth ipv6 ipv6.routing ipv6.dstopts icmpv6");
  expect_good_checksums(*routed, 1);

  Ipv4Fields source_routed = ipv4;
  const auto options = hex("83 07 04 c0 00 02 63");
  source_routed.options = options;
  const auto loose = build(buffer, ethernet, source_routed, udp, text);
  ASSERT_TRUE(loose);
  expect_good_checksums(*loose, 2);
}

TEST(Build, WritesWhatItIsToldEvenWhereItIsWrong) {
  Buffer buffer;
  EthernetFields mistyped = ethernet;
  mistyped.type_or_length = 0x1234;
  EXPECT_EQ(header<EthernetView>(*build(buffer, mistyped, ipv4)).type_or_length(), 0x1234);

  Ipv4Fields wrong = ipv4;
  wrong.total_length = 99;
  wrong.header_checksum = 0xbad0;
  wrong.protocol = 200;
  const auto frame = build(buffer, ethernet, wrong, udp, text);
  ASSERT_TRUE(frame);
  EXPECT_EQ(load_be<std::uint16_t>(frame->data() + 16), 99);
  EXPECT_EQ(load_be<std::uint16_t>(frame->data() + 24), 0xbad0);
  EXPECT_EQ((*frame)[23], 200);

  UdpFields sealed = udp;
  sealed.checksum = 0;
  sealed.length = 4;
  const auto unsealed = build(buffer, ethernet, ipv4, sealed, text);
  EXPECT_EQ(load_be<std::uint32_t>(unsealed->data() + 38), 0x00040000U);

  TcpFields own = tcp;
  own.pseudo_header = WordSum::of(0x1111);
  const auto other = build(buffer, ethernet, ipv4, own, text);
  const Bytes segment = Bytes{*other}.subspan(34, 25);
  EXPECT_EQ((word_sum(segment) + WordSum::of(0x1111)).folded(), 0xffff);
}

TEST(Build, SendsAUdpSumOfZeroAsAllOnes) {
  Buffer buffer;
  Ipv4Fields none = ipv4;
  none.source = none.destination = {};
  UdpFields fields{.source_port = 0xffff - 17 - 8 - 8};
  const auto frame = build(buffer, none, fields);
  ASSERT_TRUE(frame);
  EXPECT_EQ(load_be<std::uint16_t>(frame->data() + 26), 0xffff);
}

TEST(Build, PadsTheOutermostFrameAndPutsItsCheckSequenceBehind) {
  Buffer buffer;
  buffer.fill(0xee);
  EthernetFields bare = ethernet;
  bare.trailer.padded_to = 0;
  EXPECT_EQ(build(buffer, bare, ipv4)->size(), 34U);
  EXPECT_EQ(build(buffer, ethernet, ipv4)->size(), 60U);
  EXPECT_EQ(build(buffer, ipv4, udp, VxlanFields{}, ethernet, ipv4)->size(), 20U + 8 + 8 + 34);

  // 802.3 wants 64 bytes with the sequence; its value is that of zlib's crc32 over the first 60.
  EthernetFields checked = ethernet;
  checked.trailer.has_frame_check_sequence = true;
  const auto frame = build(buffer, checked, ipv4, udp, text);
  ASSERT_EQ(frame->size(), 64U);
  EXPECT_EQ(load_le<std::uint32_t>(frame->data() + 60), 0xe0720d06U);
  checked.trailer.frame_check_sequence = 0x12345678;
  EXPECT_EQ(load_le<std::uint32_t>(build(buffer, checked, ipv4, udp, text)->data() + 60),
            0x12345678U);
}

TEST(Build, RefusesWhatDoesNotFit) {
  std::vector<std::uint8_t> exact(60, 0xa5);
  ASSERT_TRUE(build(exact, ethernet, ipv4, udp, text));
  for (std::size_t size = 0; size < exact.size(); ++size) {
    std::vector<std::uint8_t> small(size, 0xa5);
    EXPECT_EQ(build(small, ethernet, ipv4, udp, text).error(), WriteError::no_room);
    EXPECT_EQ(small, std::vector<std::uint8_t>(size, 0xa5));
  }
  std::vector<std::uint8_t> large(70'000);
  const std::vector<std::uint8_t> payload(65'536);
  EXPECT_EQ(build(large, ethernet, ipv4, udp, payload).error(), WriteError::too_long);
  EXPECT_TRUE(build(large, ethernet, ipv4, udp, Bytes{payload}.first(65'507)));
  EXPECT_EQ(build(large, ethernet, ipv4, udp, Bytes{payload}.first(65'508)).error(),
            WriteError::too_long);
  EXPECT_EQ(build(large, VlanFields{.identifier = 4096}).error(), WriteError::bad_value);
}

TEST(FrameWriter, WritesOutwardsToTheEndOfItsBuffer) {
  Buffer buffer;
  FrameWriter writer{buffer};
  ASSERT_EQ(writer.add(text), 5U);
  ASSERT_EQ(writer.add(udp), 8U);
  ASSERT_EQ(writer.add(ipv6), 40U);
  const std::vector<std::uint8_t> before(writer.frame().begin(), writer.frame().end());
  EXPECT_EQ(writer.add(VlanFields{.priority = 8}).error(), WriteError::bad_value);
  EXPECT_EQ(std::vector(writer.frame().begin(), writer.frame().end()), before);
  ASSERT_EQ(writer.add(ethernet), 14U);
  EXPECT_EQ(writer.frame().data() + writer.frame().size(), buffer.data() + buffer.size());
  EXPECT_EQ(protocols_of(writer.frame()), "eth ipv6 udp");
  expect_good_checksums(writer.frame(), 1);
}

TEST(FrameWriter, AllocatesNothing) {
  Buffer buffer;
  const std::size_t before = test::allocation_count();
  const auto frame = build(buffer, ethernet, ipv4, tcp, text);
  EXPECT_EQ(test::allocation_count(), before);
  EXPECT_TRUE(frame);
}

}  // namespace
}  // namespace weir::wire
